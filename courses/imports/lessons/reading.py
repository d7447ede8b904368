"""What a file of a lesson says: a title, blocks, pictures, and what could not be kept."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from courses.imports.pictures import PictureRefused, picture_extension
from courses.imports.remarks import WARNING, ImportRefused, Remark

MAX_PICTURES, MAX_PICTURES_BYTES, MAX_REMARKS = 60, 60_000_000, 500


@dataclass(frozen=True)
class Picture:
    """A picture found in a file, checked."""

    name: str
    data: bytes


@dataclass
class LessonReading:
    """What a file says. `blocks`: [{"type", "value"}] as raw StreamField values, but that the value of an image block is
    {"picture": rank in `pictures`, "alt_text"}."""

    title: str = ""
    blocks: list[dict] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def warn(self, where: str, message: str) -> None:
        """Say once that something is not kept."""
        remark = Remark(WARNING, where, message)
        if remark not in self.remarks and len(self.remarks) < MAX_REMARKS:
            self.remarks.append(remark)

    def add_picture(self, data: bytes, label: str) -> int | None:
        """The rank of a picture, the same for the same bytes; None, and a remark, when it cannot be taken."""
        for rank, known in enumerate(self.pictures):
            if known.data == data:
                return rank
        try:
            extension = picture_extension(data)
            held = sum(len(picture.data) for picture in self.pictures)
            if len(self.pictures) >= MAX_PICTURES or held + len(data) > MAX_PICTURES_BYTES:
                raise PictureRefused(_("la leçon a trop d’images"))
        except PictureRefused as refusal:
            self.warn(label, _("Image non reprise : %(why)s.") % {"why": refusal})
            return None
        self.pictures.append(Picture(f"{label}.{extension}", data))
        return len(self.pictures) - 1


class LessonFileRefused(ImportRefused):
    """A file of a lesson cannot be read; the message says why, in French."""

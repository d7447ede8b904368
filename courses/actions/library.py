"""Files put in the library of images and documents by an import: none stays when the import fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.db.models import FileField
from wagtail.images import get_image_model
from wagtail.models import Collection

from courses.imports.lessons.reading import Picture
from courses.models.banks import reach_of
from lms.people.models import User


@contextmanager
def files_kept_if_done() -> Iterator[list]:
    """Delete the files listed while inside if anything goes wrong; rows are the transaction's matter."""
    files: list = []
    is_done = False
    try:
        yield files
        is_done = True
    finally:
        if not is_done:
            for file in files:
                file.storage.delete(file.name)


def add_pictures(pictures: list[Picture], collection: Collection, user: User, files: list[FileField]) -> list:
    """The images of the library that hold these pictures, made in this collection where its branch shows none of `user`'s of
    the same content."""
    Image, images = get_image_model(), []
    for picture in pictures:
        image = Image(title=picture.name.rpartition(".")[0][:255], uploaded_by_user=user, collection=collection)
        image.file = ContentFile(picture.data, picture.name)
        image._set_image_file_metadata()
        within = Image.objects.filter(collection__in=reach_of(collection))
        mine = within.filter(file_hash=image.file_hash, uploaded_by_user=user)
        if same := mine.order_by("pk").first():
            images.append(same)
            continue
        image.save()
        files.append(image.file)
        images.append(image)
    return images

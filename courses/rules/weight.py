"""What a lesson may weigh on a phone, and the sums that say so. Bytes everywhere."""

from dataclasses import dataclass

# docs of the project, rule 12: a first view holds in 60 kB, compressed, media aside
FIRST_VIEW_BUDGET = 60_000
# Sheets, script and frame of a lesson page, compressed, before its first word; a test weighs them.
FRAME_BYTES = 31_000
# Ours: about a minute of 3G at 40 kB/s is the most that the pictures of one lesson may ask for.
PICTURES_BUDGET = 600_000

SHOWN, ASKED = "shown", "asked"


@dataclass(frozen=True)
class MediaPiece:
    """A file of a lesson: fetched while it is read (`shown`), or when someone asks for it (`asked`)."""

    label: str
    size_bytes: int
    when: str


@dataclass(frozen=True)
class LessonWeight:
    """The text of a lesson, compressed, and its files."""

    text_bytes: int
    pieces: tuple[MediaPiece, ...] = ()

    @property
    def first_view_bytes(self) -> int:
        return FRAME_BYTES + self.text_bytes

    @property
    def shown(self) -> list[MediaPiece]:
        return [piece for piece in self.pieces if piece.when == SHOWN]

    @property
    def asked(self) -> list[MediaPiece]:
        return [piece for piece in self.pieces if piece.when == ASKED]

    @property
    def shown_bytes(self) -> int:
        return sum(piece.size_bytes for piece in self.shown)

    @property
    def asked_bytes(self) -> int:
        return sum(piece.size_bytes for piece in self.asked)

    @property
    def is_text_too_heavy(self) -> bool:
        return self.first_view_bytes > FIRST_VIEW_BUDGET

    @property
    def are_pictures_too_heavy(self) -> bool:
        return self.shown_bytes > PICTURES_BUDGET

    @property
    def is_within_budget(self) -> bool:
        return not (self.is_text_too_heavy or self.are_pictures_too_heavy)

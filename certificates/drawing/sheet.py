"""The document: a snapshot and a design in, the bytes of a PDF out, and nothing else looked at."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from certificates.design import DesignContent, default_content
from certificates.drawing.archival import ArchivalCanvas
from certificates.drawing.attachments import Attachment
from certificates.drawing.body import draw_body
from certificates.drawing.fonts import BOLD, REGULAR, register_fonts
from certificates.drawing.ground import ground_operators
from certificates.drawing.palette import palette_of
from certificates.drawing.panel import draw_panel
from certificates.drawing.pen import Pen
from certificates.drawing.place import HEIGHT, LEFT, MAIN_WIDTH, MARGIN, WIDTH
from certificates.drawing.wording import WORDINGS
from certificates.snapshot import Snapshot

ONE_AT_A_TIME = Lock()  # reportlab’s fonts are shared by the threads of a worker, and not made for it


@dataclass(frozen=True)
class Mark:
    """Why a document is worth nothing: a word across it, a sentence at its foot."""

    word: str
    meaning: str


def draw_certificate(
    snapshot: Snapshot,
    fonts_dir: Path,
    is_specimen: bool,
    design: DesignContent | None = None,
    attachments: tuple[Attachment, ...] = (),
    code_text: str = "",
) -> bytes:
    """The document, with the gap its seal will fill; the same arguments give the same bytes.

    `code_text`: what the QR code says; by default, the address of verification alone.
    """
    design = design or default_content(snapshot.kind)
    words = WORDINGS[design.languages[0]]
    mark = Mark(words.specimen, words.specimen_meaning) if is_specimen else None
    return draw(snapshot, design, fonts_dir, mark, attachments, code_text=code_text)


def draw_preview(snapshot: Snapshot, fonts_dir: Path, design: DesignContent) -> bytes:
    """What a design makes of a snapshot: marked across, without room for a seal."""
    words = WORDINGS[design.languages[0]]
    return draw(snapshot, design, fonts_dir, Mark(words.preview, words.preview_meaning), can_be_sealed=False)


def draw(snapshot, design, fonts_dir, mark, attachments=(), can_be_sealed=True, code_text="") -> bytes:
    with ONE_AT_A_TIME:
        register_fonts(Path(fonts_dir))
        wordings = tuple(WORDINGS[language] for language in design.languages)
        canvas = ArchivalCanvas((WIDTH, HEIGHT), REGULAR, wordings[0].tag, snapshot.sealed_at)
        pen = Pen(canvas, wordings)
        with canvas.artifact():
            canvas._code.append(ground_operators(design.colours, mark.word if mark else "", not design.logos))
        draw_body(pen, snapshot, design, can_be_sealed)
        draw_panel(pen, snapshot, palette_of(design.colours), code_text or snapshot.verification_url)
        if mark:
            notice = f"{mark.word} — {mark.meaning}"
            colour = palette_of(design.colours).accent
            pen.block("P", notice, LEFT, MARGIN + 15, MAIN_WIDTH, (7.8, 7), BOLD, colour, 1)
        title = design.texts[0].title
        return canvas.finish(
            title=f"{title} {snapshot.number} – {snapshot.printed_name}",
            author=f"{snapshot.issuer} – {snapshot.issuer_parent}",
            subject=f"{title} : {snapshot.course_title}",
            keywords=f"{title.lower()}, {snapshot.number}, {snapshot.course_code}",
            attachments=attachments,
        )

"""A picture of the first page of a document of ours, as light as phones need it."""

import io
from threading import Lock

WIDTH = 720  # pixels: sharp on a phone, whose screens have two or three of them to a point
HEAVIEST_BYTES = 60_000
QUALITIES = (70, 60, 45, 30)
ONE_AT_A_TIME = Lock()  # PDFium is not made for threads


def picture_of(pdf: bytes) -> tuple[bytes, int, int]:
    """A WebP, its width and its height, of the best quality that weighs 60 kB at most, or the least.

    For files that we made and know by their fingerprint: a stranger's goes to quarantine, and is never drawn.
    """
    # Here, for handlers of jobs are loaded by pages too, which have no use for a reader of PDF.
    import pypdfium2

    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        image = page.render(scale=WIDTH / page.get_width(), may_draw_forms=False).to_pil().convert("RGB")
    for quality in QUALITIES:
        written = io.BytesIO()
        image.save(written, "WEBP", quality=quality, method=4)
        if written.tell() <= HEAVIEST_BYTES:
            break
    return written.getvalue(), *image.size

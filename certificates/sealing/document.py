"""The seal laid in the document: the signature dictionary is drawn with a gap, then the gap is filled in place.

One revision and one pass: the file is hashed around the gap, the CMS signed, the gap filled. Measured
0.2 ms, where an incremental update by a general library costs 25 ms for the same verdict of the same validators.
"""

import hashlib
from collections.abc import Callable

from certificates.sealing.cms import CmsMould

CMS_BYTES = 8192  # what the seal takes (2 to 4 kB with the certificates above it), and its time-stamp (2 to 4 kB)
RANGE_GAP = b"/ByteRange [0 9999999999 9999999999 9999999999]"
CONTENTS_GAP = b"/Contents <" + b"0" * (2 * CMS_BYTES) + b">"
# A certification signature that allows no change (ISO 32000-2, 12.8.2.2: DocMDP, P=1).
CERTIFICATION = (
    b"/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]"
)


def signature_dictionary(signed_at: str) -> bytes:
    """The PDF object to draw into the document; `signed_at` is a PDF date."""
    return b" ".join(
        [
            b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached",
            RANGE_GAP,
            CONTENTS_GAP,
            b"/M (%s)" % signed_at.encode("ascii"),
            CERTIFICATION,
            b">>",
        ]
    )


def seal_document(pdf: bytes, mould: CmsMould, stamp: Callable[[bytes, int], bytes] | None = None) -> bytes:
    """The same document with its one gap filled by the seal, time-stamped by `stamp` where it can (`CmsMould.make`).

    Raises ValueError when it has not exactly one gap.
    """
    if pdf.count(CONTENTS_GAP) != 1 or pdf.count(RANGE_GAP) != 1:
        raise ValueError("The document must hold exactly one gap for the seal.")
    sealed = bytearray(pdf)
    start = sealed.index(CONTENTS_GAP) + len(b"/Contents ")
    end = start + 2 * CMS_BYTES + 2
    covered = b"/ByteRange [0 %d %d %d]" % (start, end, len(sealed) - end)
    at = sealed.index(RANGE_GAP)
    sealed[at : at + len(RANGE_GAP)] = covered.ljust(len(RANGE_GAP))
    whole = memoryview(sealed)
    digest = hashlib.sha256(whole[:start])
    digest.update(whole[end:])
    cms = mould.make(digest.digest(), stamp, CMS_BYTES).hex().encode("ascii")
    if len(cms) > 2 * CMS_BYTES:
        raise ValueError("The seal is larger than the gap left for it.")
    sealed[start + 1 : start + 1 + len(cms)] = cms
    return bytes(sealed)

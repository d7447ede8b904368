"""Checking a PDF someone brings: exact file known, seal intact, altered, or not ours.

The verdict rests on an independent reader (pyHanko) with our own roots, never on what the file says of itself.
"""

import io
import re
from collections.abc import Iterable
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from certificates.verdicts import Check, Verdict

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+\d{1,9}\s+(\d{1,9})\s+(\d{1,9})\s*\]")
# What a reader may stumble on in a file that is not a PDF, or a hostile one: all of it means "not readable".
UNREADABLE = (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError,
              NotImplementedError)  # fmt: skip


def certificates_in(file: Path) -> list[x509.Certificate]:
    """All those of a PEM file."""
    return [x509.Certificate.load(content) for _, _, content in pem.unarmor(file.read_bytes(), multiple=True)]


def goes_beyond_its_seal(content: bytes) -> bool:
    """Whether a sealed file has bytes after those its last seal covers, which most readers would not mind."""
    ranges = BYTE_RANGE.findall(content)
    return bool(ranges) and max(int(start) + int(length) for start, length in ranges) != len(content)


def check_pdf(content: bytes, root_files: Iterable[Path]) -> Check:
    """Read the file and validate its one seal: whole file covered, nothing added since, chain up to the roots in these files."""
    roots = [root for file in root_files for root in certificates_in(file)]
    if goes_beyond_its_seal(content):
        return Check(Verdict.ALTERED)
    try:
        seals = PdfFileReader(io.BytesIO(content)).embedded_signatures
        if len(seals) != 1:
            return Check(Verdict.UNSEALED)
        seal = seals[0]
        sealed_by = seal.signer_cert.subject.native.get("common_name", "")
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(seal, signer_validation_context=context)
    except (SignatureValidationError, SuspiciousModification):
        return Check(Verdict.ALTERED)
    except (ValidationError, PathError, *UNREADABLE):
        return Check(Verdict.UNREADABLE)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and status.docmdp_ok is not False
    if not (status.intact and status.valid and whole):
        return Check(Verdict.ALTERED, sealed_by)
    return Check(Verdict.INTACT if status.trusted else Verdict.FOREIGN, sealed_by)

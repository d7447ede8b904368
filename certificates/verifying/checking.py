"""Checking a PDF someone brings: exact file known, seal intact, altered, or not ours.

The verdict rests on an independent reader (pyHanko) with our own roots, never on what the file says of itself. An archive
(PAdES B-LTA) is followed back in time, from its last time-stamp to the seal: each vouches for what it covers as it was
on its day, so that a seal whose certificate has since expired is still proven good.
"""

import io
import re
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import parser, pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from certificates.verifying.verdicts import Check, Verdict

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+\d{1,9}\s+(\d{1,9})\s+(\d{1,9})\s*\]")
# What a reader may stumble on in a file that is not a PDF, or a hostile one: all of it means "not readable".
UNREADABLE = (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError,
              NotImplementedError, zlib.error)  # fmt: skip
REVOKED = (AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE)
MOST_SIGNATURES = 40  # a seal stamped again every few years, for longer than anyone keeps a certificate


class Tampered(Exception):
    """A signature or a time-stamp of the file does not hold."""


def certificates_in(files: Iterable[Path]) -> list[x509.Certificate]:
    """All those of these PEM files."""
    return [
        x509.Certificate.load(content)
        for file in files
        for _, _, content in pem.unarmor(Path(file).read_bytes(), multiple=True)
    ]


def goes_beyond_its_seal(content: bytes) -> bool:
    """Whether a sealed file has bytes after those its last seal covers, which most readers would not mind."""
    ranges = BYTE_RANGE.findall(content)
    return bool(ranges) and max(int(start) + int(length) for start, length in ranges) != len(content)


def check_pdf(
    content: bytes, root_files: Iterable[Path], time_root_files: Iterable[Path] = (), now: datetime | None = None
) -> Check:
    """Read the file and validate its one seal: nothing changed since but time-stamps added, chain up to the roots in
    `root_files`, and time-stamps up to those in `time_root_files`."""
    if goes_beyond_its_seal(content):
        return Check(Verdict.ALTERED)
    try:
        return Examination(content, certificates_in(root_files), certificates_in(time_root_files), now).check()
    except (SignatureValidationError, SuspiciousModification, Tampered):
        return Check(Verdict.ALTERED)
    except (ValidationError, PathError, *UNREADABLE):
        return Check(Verdict.UNREADABLE)


class Examination:
    """One file under examination, with the proofs it carries."""

    def __init__(self, content: bytes, roots: list, time_roots: list, now: datetime | None):
        self.roots, self.time_roots = roots, time_roots
        self.now = now or datetime.now(UTC)
        reader = PdfFileReader(io.BytesIO(content))
        self.signatures: list[EmbeddedPdfSignature] = reader.embedded_signatures
        self.proofs = proofs_in(reader)

    def check(self) -> Check:
        if not self.signatures or self.signatures[0].sig_object_type != "/Sig":
            return Check(Verdict.UNSEALED)
        seal, *stamps = self.signatures
        if any(stamp.sig_object_type != "/DocTimeStamp" for stamp in stamps) or len(stamps) > MOST_SIGNATURES:
            return Check(Verdict.UNSEALED)
        if any(hides_something(signature) for signature in self.signatures):
            raise Tampered
        verdict, since = self.verdict(seal, self.proven_since(stamps))
        return Check(
            verdict,
            seal.signer_cert.subject.native.get("common_name", ""),
            seal.signer_cert.sha256.hex(),
            since if since < self.now else None,
        )

    def proven_since(self, stamps: list[EmbeddedPdfSignature]) -> datetime:
        """Since when what the oldest time-stamp covers is proven to exist; now, when none proves anything.

        Raises Tampered when one does not hold, whoever made it.
        """
        at = self.now
        for stamp in reversed(stamps):
            status = validate_pdf_timestamp(stamp, self.context(self.time_roots, at))
            if not (status.intact and status.valid) or goes_too_far(status):
                raise Tampered
            if not status.trusted:
                break  # not by someone we believe, or no longer: what is older is proven by nobody
            at = status.timestamp
        return at

    def verdict(self, seal: EmbeddedPdfSignature, since: datetime) -> tuple[Verdict, datetime]:
        """What the seal is worth, and since when it is proven to be there; `since` is what the time-stamps over it say."""
        time_context = self.context(self.time_roots, since)
        status = validate_pdf_signature(seal, self.context(self.roots, self.now), time_context)
        if not (status.intact and status.valid) or status.docmdp_ok is False or goes_too_far(status):
            raise Tampered
        if self.signatures[-1].evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
            raise Tampered
        if status.timestamp_validity is not None:
            if not (status.timestamp_validity.intact and status.timestamp_validity.valid):
                raise Tampered
            if status.timestamp_validity.trusted:
                since = min(since, status.timestamp_validity.timestamp)
        return self.trust_in(seal, since), since

    def trust_in(self, seal: EmbeddedPdfSignature, at: datetime) -> Verdict:
        """Whether the seal was good when it is proven to have been there. One that has expired since must carry the proof
        that it was not revoked in the meantime."""
        certificate = seal.signer_cert
        has_expired = certificate.not_valid_after < self.now
        context = self.context(self.roots, at, must_prove=has_expired)
        status = validate_pdf_signature(seal, context, skip_diff=True)
        if status.trusted:
            return Verdict.INTACT
        if status.trust_problem_indic in REVOKED:
            return Verdict.REVOKED
        in_its_life = ValidationContext(
            trust_roots=self.roots, other_certs=self.proofs["other_certs"], moment=certificate.not_valid_before,
            allow_fetching=False,
        )  # fmt: skip
        ours = validate_pdf_signature(seal, in_its_life, skip_diff=True).trusted
        return Verdict.EXPIRED if ours else Verdict.FOREIGN

    def context(self, roots: list, at: datetime, must_prove: bool = False) -> ValidationContext:
        """What pyHanko is to believe at that moment. Of a proven past, the answers in the file tell, later ones too;
        of today they cannot, and the register of certificates does."""
        answers = {key: self.proofs[key] if at < self.now else [] for key in ("ocsps", "crls")}
        return ValidationContext(
            trust_roots=roots,
            other_certs=self.proofs["other_certs"],
            moment=at,
            allow_fetching=False,
            retroactive_revinfo=True,
            revocation_mode="require" if must_prove else "soft-fail",
            **answers,
        )


def hides_something(signature: EmbeddedPdfSignature) -> bool:
    """Whether what is left of the gap of a signature, which nothing signs, holds anything but zeros."""
    content = signature.pkcs7_content
    return any(content[parser.peek(content) :])


def goes_too_far(status) -> bool:
    """Whether something else than proofs and time-stamps was added after a signature."""
    level = status.modification_level
    return level is None or level > ModificationLevel.LTA_UPDATES


def proofs_in(reader: PdfFileReader) -> dict[str, list]:
    """The certificates and revocation data of the file's security store; checked like everything else in it."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return {"other_certs": [], "ocsps": [], "crls": []}
    context = store.as_validation_context({"allow_fetching": False, "trust_roots": []})
    return {"other_certs": list(store.load_certs()), "ocsps": context.ocsps, "crls": context.crls}

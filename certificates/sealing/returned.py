"""What a platform gives back must be our bytes, then one seal of the right key over all of them, and nothing else."""

import hashlib
import io
from collections.abc import Iterable

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    ModificationLevel,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.diff_analysis.rules_api import Context, ReferenceUpdate, WhitelistRule
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from certificates.sealing.port import SealerRefused

UNREADABLE = (PdfError, SignatureValidationError, ValidationError, PathError, ValueError, KeyError, TypeError,
              AttributeError, IndexError)  # fmt: skip
TAGS = ("/Root", "/StructTreeRoot")


class TagOfTheField(WhitelistRule):
    """The tag of the field of the seal leads to it as well as the form does, where what changes in it is judged."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        count = len(old.root["/AcroForm"]["/Fields"])
        fields = {old.root["/AcroForm"]["/Fields"].raw_get(place).reference for place in range(count)}
        old._load_reverse_xref_cache()
        for field in fields & set(new.explicit_refs_in_revision()):
            for path in old._get_usages_of_ref(field):
                if path.path[:2] == TAGS:
                    yield ReferenceUpdate(field, context_checked=Context.from_absolute(old, path))


# What a seal may add to a document that has none: as what may follow a seal, and the permission that a certification adds.
SEALING = StandardDiffPolicy(
    [
        CatalogModificationRule(ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"}),
        TagOfTheField().as_qualified(ModificationLevel.FORM_FILLING),
        *DEFAULT_DIFF_POLICY.global_rules[1:],
    ],
    DEFAULT_DIFF_POLICY.form_rule,
)
SUB_FILTER = "/ETSI.CAdES.detached"


def check_returned(returned: bytes, sent: bytes, certificate: bytes) -> None:
    """Raises SealerRefused, saying what is wrong with the document."""
    if not returned.startswith(sent):
        raise refused("ce ne sont plus nos octets")
    try:
        seal = only_seal(PdfFileReader(io.BytesIO(returned)), certificate)
        check_seal(seal)
    except SuspiciousModification as error:
        raise refused(f"autre chose qu’un cachet y fut ajouté ({error})") from error
    except UNREADABLE as error:
        raise refused(f"il ne se lit pas ({type(error).__name__})") from error


def only_seal(reader: PdfFileReader, certificate: bytes) -> EmbeddedPdfSignature:
    """The one signature, in our field, by our certificate, after nothing else was changed."""
    signatures = reader.embedded_signatures
    if len(signatures) != 1 or signatures[0].sig_object_type != "/Sig":
        raise refused(f"il porte {len(signatures)} signatures, et non une")
    (seal,) = signatures
    if hashlib.sha256(seal.signer_cert.dump()).digest() != hashlib.sha256(certificate).digest():
        raise refused("le cachet est celui d’un autre certificat que celui du registre")
    changes = SEALING.review_file(reader, base_revision=0)
    if isinstance(changes, SuspiciousModification):
        raise changes
    if changes.modification_level > ModificationLevel.FORM_FILLING or changes.changed_form_fields - {seal.field_name}:
        raise refused("autre chose qu’un cachet y fut ajouté")
    return seal


def check_seal(seal: EmbeddedPdfSignature) -> None:
    """It holds over the whole file, as a PAdES certification that allows no change."""
    status = validate_pdf_signature(seal, ValidationContext(trust_roots=[], allow_fetching=False), skip_diff=True)
    if not (status.intact and status.valid):
        raise refused("la signature ne se vérifie pas")
    if seal.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        raise refused("le cachet ne couvre pas tout le fichier")
    if seal.sig_object.get("/SubFilter") != SUB_FILTER or seal.docmdp_level != MDPPerm.NO_CHANGES:
        raise refused("le cachet doit être une certification PAdES qui n’admet aucun changement (DocMDP 1)")


def refused(why: str) -> SealerRefused:
    return SealerRefused(f"Le document rendu par la plateforme de signature est refusé : {why}.")

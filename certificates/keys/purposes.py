"""What keys are for. One key serves one purpose: what one signs can never pass for what another does."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """One use of a key, and the only one."""

    PDF = "pdf", _("cachet des documents")
    CREDENTIAL_ES256 = "credential-es256", _("badge, forme JWT (ES256)")
    CREDENTIAL_ED25519 = "credential-ed25519", _("badge, preuve intégrée (Ed25519)")
    QR_ES256 = "qr-es256", _("code QR (ES256)")
    STATUS = "status", _("liste publique des états (ES256)")


class Algorithm(TextChoices):
    """How a key signs."""

    ES256 = "ES256", _("ECDSA P-256 avec SHA-256")
    EDDSA = "EdDSA", _("Ed25519")


# What one signature is made of: a SHA-256 digest; or two, one after the other, as the proofs of credentials have it
# (Data Integrity EdDSA Cryptosuites v1.0, 3.2.4). Longer or shorter is no digest and is not signed.
SIGNED_BYTES = {Algorithm.ES256: 32, Algorithm.EDDSA: 64}


def algorithm_of(purpose: str) -> Algorithm:
    return Algorithm.EDDSA if purpose == Purpose.CREDENTIAL_ED25519 else Algorithm.ES256

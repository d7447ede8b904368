"""What a stranger is shown of the name on a certificate, by its holder's choice; and names confirmed when typed."""

from certificates.keys.register import register_key
from certificates.models import Certificate
from certificates.rules.names import is_name_sealed


def name_is_shown(certificate: Certificate, is_confirmed: bool) -> bool:
    """Whether the printed name is written on the page; one that was erased never is."""
    if certificate.erased_at:
        return False
    return is_confirmed or certificate.visibility != Certificate.Visibility.MASKED


def typed_name_is_right(certificate: Certificate, typed: str) -> bool:
    return is_name_sealed(register_key(), certificate.public_code, typed, certificate.name_seal)

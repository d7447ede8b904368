"""Who may do what to certificates."""

from certificates.models import Certificate
from lms.people.models import User

VIEW = "certificates.view_certificate"
REVOKE = "certificates.revoke_certificate"


def can_revoke_certificate(user: User, certificate: Certificate) -> bool:
    """Whether a role of `user` over the holder's unit lets them revoke, their own certificate excepted.

    Being the holder's manager shows the certificate, and gives no right over it.
    """
    if certificate.person_id == user.pk:
        return False
    return User.objects.in_scope_of(user, REVOKE).filter(pk=certificate.person_id).exists()

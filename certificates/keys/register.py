"""The key of the hashes the register keeps of printed names."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def register_key() -> bytes:
    """LMS_REGISTER_KEY, or one drawn from SECRET_KEY. Once certificates are issued it must not change."""
    secret = settings.LMS_REGISTER_KEY or settings.SECRET_KEY
    return salted_hmac("certificates.register", "names", secret=secret, algorithm="sha256").digest()

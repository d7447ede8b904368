"""What certificates announce; sent inside the transaction that makes the certificate valid."""

from django.dispatch import Signal

certificate_issued = Signal()  # sender=Certificate class; kwargs: certificate (Certificate)
certificate_revoked = Signal()  # sender=Certificate class; kwargs: certificate (Certificate)

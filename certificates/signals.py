"""What certificates announce, inside the transaction of the fact."""

from django.dispatch import Signal

certificates_issued = Signal()  # sender=Certificate class; kwargs: certificates (list[Certificate])
# One that was issued is suspended, given back, replaced or revoked; its state says which.
certificate_state_changed = Signal()  # sender=Certificate class; kwargs: certificate (Certificate)

"""What HR does when a certificate is issued or its state changes; inside the transaction of that fact."""

from django.dispatch import receiver
from django.utils import timezone

from certificates.signals import certificate_state_changed, certificates_issued
from lms.hr.actions import lock_people, rebuild_held_levels, record_certificates


@receiver(certificates_issued, dispatch_uid="hr.record_certificates")
def record_issued_certificates(sender, certificates, **kwargs):
    """The levels that certificates attest become evidence."""
    record_certificates(certificates, timezone.localdate())


@receiver(certificate_state_changed, dispatch_uid="hr.follow_certificate")
def follow_certificate(sender, certificate, **kwargs):
    """The evidence stays, and counts while the certificate stands: levels are derived again with or without it."""
    lock_people([certificate.person_id])
    rebuild_held_levels([certificate.person_id], timezone.localdate())

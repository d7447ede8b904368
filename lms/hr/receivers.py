"""What HR does when a certificate is issued or its state changes; inside the transaction of that fact."""

from django.dispatch import receiver
from django.utils import timezone

from certificates.signals import certificate_issued, certificate_state_changed
from lms.hr.actions import lock_person, rebuild_held_levels, record_certificate


@receiver(certificate_issued, dispatch_uid="hr.record_certificate")
def record_issued_certificate(sender, certificate, **kwargs):
    """The levels the certificate attests become evidence."""
    record_certificate(certificate, timezone.localdate())


@receiver(certificate_state_changed, dispatch_uid="hr.follow_certificate")
def follow_certificate(sender, certificate, **kwargs):
    """The evidence stays, and counts while the certificate stands: levels are derived again with or without it."""
    person = certificate.person
    lock_person(person)
    rebuild_held_levels([person.pk], timezone.localdate())

"""What HR does when a certificate is issued or revoked; inside the transaction of that fact."""

from django.dispatch import receiver
from django.utils import timezone

from certificates.signals import certificate_issued, certificate_revoked
from lms.hr.actions import lock_person, rebuild_held_levels, record_certificate


@receiver(certificate_issued, dispatch_uid="hr.record_certificate")
def record_issued_certificate(sender, certificate, **kwargs):
    """The levels the certificate attests become evidence."""
    record_certificate(certificate, timezone.localdate())


@receiver(certificate_revoked, dispatch_uid="hr.forget_certificate")
def forget_revoked_certificate(sender, certificate, **kwargs):
    """The evidence stays, but no longer counts: levels are derived again without it."""
    person = certificate.person
    lock_person(person)
    rebuild_held_levels([person.pk], timezone.localdate())

"""What pages below say of the certificate of a completed course."""

from django import template

from certificates.models import Recertification
from certificates.waiting import wait_of

register = template.Library()


@register.simple_tag
def certificate_wait(enrolment):
    """Why the certificate of a completed course is not there yet (`certificates.waiting.Wait`), or None."""
    return wait_of(enrolment)


@register.simple_tag
def certificate_update(enrolment_pk):
    """The update asked of who completed a course that changed since, or None; one query."""
    return (
        Recertification.objects.open()
        .select_related("version", "enrolment__course")
        .filter(enrolment=enrolment_pk)
        .first()
    )

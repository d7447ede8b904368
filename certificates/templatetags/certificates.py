"""What pages below say of the certificate of a completed course."""

from django import template

from certificates.waiting import wait_of

register = template.Library()


@register.simple_tag
def certificate_wait(enrolment):
    """Why the certificate of a completed course is not there yet (`certificates.waiting.Wait`), or None."""
    return wait_of(enrolment)

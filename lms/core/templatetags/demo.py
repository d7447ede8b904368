"""What only a demonstration site shows: its accounts, beside the sign-in form."""

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("account/demo_accounts.html")
def demo_accounts():
    """The demonstration accounts and their password; nothing anywhere else."""
    if not settings.LMS_DEMO:
        return {}
    return {"accounts": settings.LMS_DEMO_ACCOUNTS, "password": settings.LMS_DEMO_PASSWORD}

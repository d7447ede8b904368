"""A letter: an e-mail of plain text that leads to a page of the platform. Sent by jobs, outside any transaction."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from lms.core.identity import identity


def send_letter(to: str, template: str, subject: str, path: str, **context) -> None:
    """Write to one address what `template` says, with the address of the page at `path` (`url`) and `site_name`."""
    context = {"url": f"{settings.LMS_PUBLIC_URL}{path}", "site_name": identity().name, **context}
    EmailMessage(subject, render_to_string(template, context), to=[to]).send()

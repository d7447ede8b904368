"""What the HR templates need of Python: a look-up, and the way back to the team."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def at(mapping, key):
    """The value of `mapping` at `key`, or None."""
    return mapping.get(key)


@register.simple_tag
def people_crumbs(person):
    """The way to one person of the team."""
    return [(_("Équipe"), reverse("hr:people")), (str(person), None)]

"""What templates need of HR: a look-up, the way back to the team, the levels held against those a course asks for."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.hr.models import HeldLevel

register = template.Library()


@register.filter
def at(mapping, key):
    """The value of `mapping` at `key`, or None."""
    return mapping.get(key)


@register.simple_tag
def levels_against(required, user, held=None):
    """Each level required (rows with a competence and a level), the one that `user` holds today, and whether it is enough.

    `held`, level by competence id, spares asking; nothing is asked of the anonymous (`is_met` is None) nor when nothing
    is required, one query otherwise.
    """
    if held is None and required and user.is_authenticated:
        rows = HeldLevel.objects.filter(person=user, competence__in=[row.competence_id for row in required])
        held = dict(rows.in_force(timezone.localdate()).values_list("competence_id", "level"))
    return [
        {
            "competence": row.competence.name,
            "level": row.level,
            "held": held.get(row.competence_id, 0) if held is not None else None,
            "is_met": held.get(row.competence_id, 0) >= row.level if held is not None else None,
        }
        for row in required
    ]


@register.simple_tag
def people_crumbs(person):
    """The way to one person of the team."""
    return [(_("Équipe"), reverse("hr:people")), (str(person), None)]

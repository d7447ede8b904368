"""Wagtail's content checker, beside its accessibility rules: a lesson above its budget.

The preview writes on the lesson's body whether it keeps within the budget (templates/learning/lesson.html); an axe rule
of ours reads that, with one of axe's own evaluations, so that no script of ours runs in the back office.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import AccessibilityItem, ContentCheckerItem

RULE, CHECK = "lesson-weight", "lesson-within-budget"


class LessonChecker(ContentCheckerItem):
    """Wagtail's checks and the budget of a lesson."""

    axe_run_only = [*ContentCheckerItem.axe_run_only, RULE]
    axe_custom_rules = [
        *ContentCheckerItem.axe_custom_rules,
        {
            "id": RULE,
            "impact": "serious",
            "selector": "[data-within-budget]",
            "tags": ["best-practice"],
            "any": [CHECK],
            "enabled": True,
        },
    ]
    axe_custom_checks = [
        *ContentCheckerItem.axe_custom_checks,
        {
            "id": CHECK,
            "evaluate": "attr-non-space-content-evaluate",
            "options": {"attribute": "data-within-budget"},
        },
    ]
    axe_messages = ContentCheckerItem.axe_messages | {
        RULE: {
            "error_name": _("Leçon trop lourde pour un téléphone"),
            "help_text": _("Partagez-la, ou retirez des images : le panneau « Poids de la leçon » dit ce qui pèse."),
        }
    }


def with_lesson_checks(request, items, page):
    """Our checker in the place of Wagtail's, in the editor as in previews (hook construct_wagtail_userbar)."""
    for index, item in enumerate(items):
        if isinstance(item, (AccessibilityItem, ContentCheckerItem)):
            items[index] = LessonChecker(in_editor=item.in_editor)

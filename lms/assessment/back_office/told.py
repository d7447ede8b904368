"""Columns and exports of lists of attempts, from what may be told of them (`AttemptQuerySet.as_told`)."""

import django_filters
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn

OUTCOME = [
    Column(
        "told_score_percent",
        label=gettext_lazy("Note (%)"),
        accessor=lambda row: row.withheld_label or row.told_score_percent,
        sort_key="told_score_percent",
    ),
    BooleanColumn("told_is_passed", label=gettext_lazy("Réussie"), sort_key="told_is_passed"),
]
STARTED = DateColumn("told_started_at", label=gettext_lazy("Commencée"), sort_key="told_started_at")
SUBMITTED = DateColumn("told_submitted_at", label=gettext_lazy("Remise"), sort_key="told_submitted_at")
EXPORTED_OUTCOME = ["told_score_percent", "told_is_passed", "withheld_label"]
EXPORTED_TIMES = ["told_started_at", "told_submitted_at"]
HEADINGS = {
    "told_score_percent": gettext_lazy("Note (%)"),
    "told_is_passed": gettext_lazy("Réussie"),
    "withheld_label": gettext_lazy("Résultat"),
    "told_started_at": gettext_lazy("Commencée le"),
    "told_submitted_at": gettext_lazy("Remise le"),
}


def passed_filter() -> django_filters.BooleanFilter:
    """Passed or failed, among those whose outcome may be told."""
    return django_filters.BooleanFilter(label=gettext_lazy("Réussie"), field_name="told_is_passed")


class InTurn:
    """For index views of attempts, before theirs: what sorts alike comes in a turn that tells nothing."""

    def order_queryset(self, queryset):
        """As sorted, then by turn: never by the order in which rows were written."""
        queryset = super().order_queryset(queryset)
        return queryset.order_by(*queryset.query.order_by, "turn")

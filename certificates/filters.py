"""Filters of the lists of certificates."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from certificates.models import Certificate, SealKey
from courses.models import CoursePage


def course_filter(field_name: str) -> django_filters.ModelChoiceFilter:
    """By course, as all lists of certificates have it."""
    courses = CoursePage.objects.order_by("title", "pk")
    return django_filters.ModelChoiceFilter(label=_("Formation"), field_name=field_name, queryset=courses)


class CertificateFilterSet(WagtailFilterSet):
    course = course_filter("enrolment__course")
    issued_on = django_filters.DateFromToRangeFilter(label=_("Date imprimée"))
    seal = django_filters.ChoiceFilter(
        label=_("Cachet"),
        choices=[("doubtful", _("douteux : clé compromise, et rien ne date le document d’avant"))],
        method="sealed_by",
    )

    class Meta:
        model = Certificate
        fields = ["state", "course", "series", "year", "issued_on", "seal"]

    def sealed_by(self, rows, name, value):
        """Those to be issued again after a key was compromised."""
        return rows.filter(pk__in=SealKey.objects.certificates_in_doubt().values("pk"))

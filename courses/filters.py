"""The filters of the catalogue."""

import django_filters
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, ProgrammePage
from lms.skills.models import JobProfile, Strand


class CatalogueFilter(django_filters.FilterSet):
    """By words, by strand, by audience; a value that names nothing filters nothing."""

    q = django_filters.CharFilter(label=_("Mots à chercher"), method="filter_words")
    axe = django_filters.ModelChoiceFilter(
        label=_("Axe"), field_name="strands", queryset=Strand.objects.all(), to_field_name="code"
    )
    public = django_filters.ModelChoiceFilter(
        label=_("Public"), field_name="audience", queryset=JobProfile.objects.all(), to_field_name="code"
    )

    class Meta:
        model = CoursePage
        fields: list[str] = []

    def filter_words(self, queryset, name, value):
        return queryset.matching(value)


class ProgrammeFilter(CatalogueFilter):
    """The same, of programmes: their strands are those of their courses."""

    axe = django_filters.ModelChoiceFilter(
        field_name="parts__course__strands", queryset=Strand.objects.all(), to_field_name="code"
    )

    class Meta:
        model = ProgrammePage
        fields: list[str] = []

"""Filters of the register."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from certificates.models import Certificate


class CertificateFilterSet(WagtailFilterSet):
    issued_on = django_filters.DateFromToRangeFilter(label=_("Date imprimée"))

    class Meta:
        model = Certificate
        fields = ["state", "series", "year"]

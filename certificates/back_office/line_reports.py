"""What became of each line of a batch, to read or to download (CSV, XLSX)."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView

from certificates.models import ActBatch, ActLine, BatchLine, IssueBatch
from certificates.permissions import VIEW_ACTS, VIEW_BATCH
from lms.core.spreadsheets import SafeExportMixin


class LinesReport(SafeExportMixin, ReportView):
    """Line by line; `room` is the name of the viewset, `batches` and `permission` say whose batches one may read."""

    page_title = gettext_lazy("Rapport du lot")
    header_icon = "list-ul"
    any_permission_required = None
    default_ordering = "pk"
    room = ""
    permission = ""
    batches = None
    related: tuple[str, ...] = ()

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.batch = get_object_or_404(self.batches.objects.visible_to(request.user, self.permission), pk=kwargs["pk"])

    def get_base_queryset(self):
        return self.model.objects.with_outcome(self.batch).select_related(*self.related)

    def get_index_url(self):
        return reverse(f"{self.room}:report", args=[self.batch.pk])

    def get_index_results_url(self):
        return reverse(f"{self.room}:report_results", args=[self.batch.pk])

    def get_page_subtitle(self):
        return str(self.batch)

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse(f"{self.room}:index"), "label": self.batches._meta.verbose_name_plural.capitalize()},
            {"url": reverse(f"{self.room}:batch", args=[self.batch.pk]), "label": str(self.batch)},
            {"url": "", "label": str(self.page_title)},
        ]

    def export_subject(self):
        return self.batch


class BatchReport(LinesReport):
    model = BatchLine
    batches = IssueBatch
    permission = VIEW_BATCH
    room = "certificate_batches"
    index_url_name = "certificate_batches:report"
    related = ("enrolment__person",)
    columns = [
        Column("enrolment.person", label=gettext_lazy("Personne")),
        Column("outcome", label=gettext_lazy("Résultat")),
        Column("number", label=gettext_lazy("Numéro")),
        Column("detail", label=gettext_lazy("Précision")),
    ]
    list_export = ["enrolment.person.last_name", "enrolment.person.first_name", "outcome", "number", "detail"]
    export_headings = {
        "enrolment.person.last_name": gettext_lazy("Nom"),
        "enrolment.person.first_name": gettext_lazy("Prénom"),
        "outcome": gettext_lazy("Résultat"),
        "number": gettext_lazy("Numéro"),
        "detail": gettext_lazy("Précision"),
    }

    def get_filename(self):
        return f"lot-{self.batch.pk}"


class ActReport(LinesReport):
    model = ActLine
    batches = ActBatch
    permission = VIEW_ACTS
    room = "certificate_acts"
    index_url_name = "certificate_acts:report"
    related = ("certificate",)
    columns = [
        Column("certificate.printed_number", label=gettext_lazy("Certificat")),
        Column("certificate.printed_name", label=gettext_lazy("Nom imprimé")),
        Column("outcome", label=gettext_lazy("Résultat")),
        Column("new_number", label=gettext_lazy("Nouveau numéro")),
        Column("detail", label=gettext_lazy("Précision")),
    ]
    list_export = [
        *("certificate.printed_number", "certificate.printed_name", "certificate.course_title"),
        *("outcome", "new_number", "detail", "settled_at"),
    ]
    export_headings = {
        "certificate.printed_number": gettext_lazy("Certificat"),
        "certificate.printed_name": gettext_lazy("Nom imprimé"),
        "certificate.course_title": gettext_lazy("Formation"),
        "outcome": gettext_lazy("Résultat"),
        "new_number": gettext_lazy("Nouveau numéro"),
        "detail": gettext_lazy("Précision"),
        "settled_at": gettext_lazy("Traité le"),
    }

    def get_filename(self):
        return f"lot-d-actes-{self.batch.pk}"

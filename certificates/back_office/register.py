"""The register: list, search, export, one certificate with its acts and what may be done to it."""

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from certificates.back_office.acts import acts_open_to, do_act
from certificates.facts import printed_facts, standing_of
from certificates.filters import CertificateFilterSet
from certificates.models import Certificate
from certificates.permissions import REISSUE, REVOKE, SUSPEND, VIEW
from lms.core.spreadsheets import SafeExportMixin


class CertificateIndexView(SafeExportMixin, IndexView):
    """The certificates of the people in the officer's scope, to tick for those who may act on several."""

    template_name = "certificates/office/register.html"
    results_template_name = "certificates/office/register_results.html"

    def get_base_queryset(self):
        return Certificate.objects.visible_to(self.request.user, VIEW)

    @cached_property
    def may_act_on_many(self):
        return any(self.request.user.has_perm(permission) for permission in (SUSPEND, REISSUE, REVOKE))

    @cached_property
    def columns(self):
        ticks = [BulkActionsCheckboxColumn("bulk_actions", obj_type="certificate")] if self.may_act_on_many else []
        return [*ticks, *super().columns]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.may_act_on_many and context["object_list"]:
            query = self.request.GET.copy()
            for name in ("p", "_w_filter_fragment", "id", "next"):
                query.pop(name, None)
            here = f"{self.index_url}?{query.urlencode()}" if query else self.index_url
            query["id"], query["next"] = "all", here
            context["all_query"] = query.urlencode()
        return context


class CertificateInspectView(InspectView):
    template_name = "certificates/office/inspect.html"

    def get_object(self, queryset=None):
        rows = Certificate.objects.visible_to(self.request.user, VIEW).select_related("person", "former")
        return get_object_or_404(rows, pk=self.pk)

    @property
    def header_more_buttons(self):
        buttons = [HeaderButton(_("Page de vérification"), url=self.object.printed.verification_url, icon_name="view")]
        if self.object.is_issued:
            url = reverse("certificates:download", args=[self.object.pk])
            buttons.append(HeaderButton(_("Télécharger le PDF"), url=url, icon_name="download"))
        for act in acts_open_to(self.request.user, self.object):
            url = reverse("certificate_register:act", args=[act.slug, self.object.pk])
            buttons.append(HeaderButton(act.label, url=url, icon_name=act.icon))
        return buttons

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["facts"] = printed_facts(self.object.printed)
        context["standing"] = standing_of(self.object, timezone.localdate()) if self.object.is_issued else None
        context["acts"] = self.object.acts.select_related("actor")
        context["files"] = self.object.files.all()
        context["successor"] = self.object.successor()
        return context


class CertificateViewSet(ModelViewSet):
    """Read and revoke; nothing is added, changed or deleted by hand."""

    model = Certificate
    name = "certificate_register"
    url_prefix = "certificats"
    menu_label = gettext_lazy("Registre")
    icon = "success"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = CertificateIndexView
    index_template_name = CertificateIndexView.template_name
    index_results_template_name = CertificateIndexView.results_template_name
    inspect_view_class = CertificateInspectView
    inspect_template_name = CertificateInspectView.template_name
    form_fields = []
    filterset_class = CertificateFilterSet
    ordering = ["-year", "-number", "series"]
    list_display = [
        TitleColumn(
            "printed_number",
            label=gettext_lazy("Numéro"),
            get_url=lambda row: reverse("certificate_register:inspect", args=[row.pk]),
            get_title_id=lambda row: f"certificate_{row.pk}_title",  # what the ticks are described by
        ),
        "printed_name",
        "course_title",
        "issued_on",
        Column("state_in_words", label=gettext_lazy("État"), sort_key="state"),
    ]
    search_fields = ["printed_name", "course_title", "public_code"]
    export_filename = "certificats"
    list_export = [
        "printed_number", "printed_code", "printed_name", "course_title", "issued_on", "expires_on",
        "state_in_words", "state_changed_at", "state_reason", "get_origin_display",
    ]  # fmt: skip
    export_headings = {
        "printed_number": gettext_lazy("Numéro"),
        "printed_code": gettext_lazy("Code"),
        "state_in_words": gettext_lazy("État"),
        "get_origin_display": gettext_lazy("Origine"),
    }

    def get_common_view_kwargs(self, **kwargs):
        closed = ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        return super().get_common_view_kwargs(**{**dict.fromkeys(closed), **kwargs})

    def get_urlpatterns(self):
        kept = {"index", "index_results", "inspect"}
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]
        return [*patterns, path("<slug:slug>/<int:pk>/", do_act, name="act")]

    def register_admin_url_finder(self):
        """Nothing of the back office links to an edit page there is none of."""

"""The register in the back office: list, search, export, one certificate with its acts, revocation."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from certificates.actions import NotRevocable, revoke_certificate
from certificates.archive_report import archive_report
from certificates.facts import printed_facts, standing_of
from certificates.filters import CertificateFilterSet
from certificates.forms import RevokeForm
from certificates.models import Certificate
from certificates.permissions import REVOKE, VIEW, can_revoke_certificate
from lms.core.permissions import can_operate_jobs
from lms.core.spreadsheets import SafeExportMixin
from lms.people.rules import Role


class CertificateIndexView(SafeExportMixin, IndexView):
    """The certificates of the people in the officer's scope."""

    def get_base_queryset(self):
        return Certificate.objects.visible_to(self.request.user, VIEW)


class CertificateInspectView(InspectView):
    template_name = "certificates/office/inspect.html"

    def get_object(self, queryset=None):
        rows = Certificate.objects.visible_to(self.request.user, VIEW).select_related("person")
        return get_object_or_404(rows, pk=self.pk)

    @property
    def header_more_buttons(self):
        buttons = [HeaderButton(_("Page de vérification"), url=self.object.printed.verification_url, icon_name="view")]
        if self.object.is_issued:
            url = reverse("certificates:download", args=[self.object.pk])
            buttons.append(HeaderButton(_("Télécharger le PDF"), url=url, icon_name="download"))
        if self.object.state == Certificate.State.VALID and can_revoke_certificate(self.request.user, self.object):
            url = reverse("certificate_register:revoke", args=[self.object.pk])
            buttons.append(HeaderButton(_("Révoquer"), url=url, icon_name="cross"))
        return buttons

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["facts"] = printed_facts(self.object.printed)
        context["standing"] = standing_of(self.object, timezone.localdate()) if self.object.is_issued else None
        context["acts"] = self.object.acts.select_related("actor")
        context["files"] = self.object.files.all()
        return context


def revoke(request, pk):
    """Ask why and whether it is meant, then revoke."""
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user, VIEW), pk=pk)
    if not can_revoke_certificate(request.user, certificate):
        raise PermissionDenied
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_certificate(certificate, request.user, form.cleaned_data["reason"], timezone.now())
        except NotRevocable:
            messages.error(request, _("Ce certificat n’est pas valide : il ne peut pas être révoqué."))
        else:
            messages.success(request, _("Certificat %(number)s révoqué.") % {"number": certificate.printed_number})
        return redirect("certificate_register:inspect", pk)
    return render(request, "certificates/office/revoke.html", {"certificate": certificate, "form": form})


class CertificateViewSet(ModelViewSet):
    """Read and revoke; nothing is added, changed or deleted by hand."""

    model = Certificate
    name = "certificate_register"
    url_prefix = "certificats"
    menu_label = gettext_lazy("Certificats")
    menu_order = 260
    icon = "success"
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = CertificateIndexView
    inspect_view_class = CertificateInspectView
    inspect_template_name = CertificateInspectView.template_name
    form_fields = []
    filterset_class = CertificateFilterSet
    ordering = ["-year", "-number", "series"]
    list_display = [
        "printed_number",
        "printed_name",
        "course_title",
        "issued_on",
        Column("get_state_display", label=gettext_lazy("État")),
    ]
    search_fields = ["printed_name", "course_title", "public_code"]
    export_filename = "certificats"
    list_export = [
        "printed_number", "printed_code", "printed_name", "course_title", "issued_on", "expires_on",
        "get_state_display", "state_changed_at", "state_reason",
    ]  # fmt: skip
    export_headings = {
        "printed_number": gettext_lazy("Numéro"),
        "printed_code": gettext_lazy("Code"),
        "get_state_display": gettext_lazy("État"),
    }

    def get_common_view_kwargs(self, **kwargs):
        closed = ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        return super().get_common_view_kwargs(**{**dict.fromkeys(closed), **kwargs})

    def get_urlpatterns(self):
        kept = {"index", "index_results", "inspect"}
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]
        return [*patterns, path("revoquer/<int:pk>/", revoke, name="revoke")]

    def register_admin_url_finder(self):
        """Nothing of the back office links to an edit page there is none of."""


@hooks.register("register_admin_viewset")
def certificate_register():
    return CertificateViewSet()


@hooks.register("register_role_permissions")
def role_permissions():
    return {Role.CERTIFICATION: [VIEW, REVOKE], Role.ADMINISTRATOR: [VIEW], Role.HR: [VIEW]}


class OperatorsItem(MenuItem):
    """Shown to those who operate the platform."""

    def is_shown(self, request):
        return can_operate_jobs(request.user)


@hooks.register("register_admin_urls")
def archive_urls():
    return [path("certificats/archives/", archive_report, name="certificate_archives")]


@hooks.register("register_reports_menu_item")
def archives_item():
    label, url = gettext_lazy("Archives des certificats"), reverse("certificate_archives")
    return OperatorsItem(label, url, icon_name="lock", order=700)

"""Names to correct: the list, the oldest first, the check by HR, the decision of an officer."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from certificates.actions.corrections import (
    CorrectionRefused,
    approve_correction,
    check_correction,
    refuse_correction,
)
from certificates.forms import DecisionForm
from certificates.models import NameCorrection
from certificates.permissions import CHECK_NAME, DECIDE_NAME, VIEW_NAME, can_act_on
from lms.core import audit
from lms.learning.register import RegisterViewSet
from lms.people.actions import MatriculeTaken

State = NameCorrection.State
ACTS = {
    "check": (check_correction, CHECK_NAME),
    "approve": (approve_correction, DECIDE_NAME),
    "refuse": (refuse_correction, DECIDE_NAME),
}


class NameCorrectionFilterSet(WagtailFilterSet):
    class Meta:
        model = NameCorrection
        fields = ["state"]


class NameCorrectionViewSet(RegisterViewSet):
    model = NameCorrection
    name = "certificate_corrections"
    url_prefix = "delivrance/noms"
    icon = "edit"
    add_to_admin_menu = False  # in its group
    menu_label = gettext_lazy("Corrections de nom")
    view_permission = VIEW_NAME
    related = ["certificate__person", "checked_by", "decided_by"]
    filterset_class = NameCorrectionFilterSet
    ordering = ["decided_at", "asked_at", "pk"]
    search_fields = ["first_name", "last_name", "certificate__printed_name"]
    list_display = [
        TitleColumn(
            "new_name",
            label=gettext_lazy("Nom demandé"),
            get_url=lambda row: reverse("certificate_corrections:decide", args=[row.pk]),
        ),
        Column("certificate.printed_name", label=gettext_lazy("Nom imprimé")),
        Column("certificate.printed_number", label=gettext_lazy("Certificat")),
        DateColumn("asked_at", label=gettext_lazy("Demandée"), sort_key="asked_at"),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
    ]
    export_filename = "corrections-de-nom"
    list_export = ["new_name", "certificate.printed_name", "certificate.printed_number", "asked_at", "state", "reason"]
    export_headings = {"new_name": gettext_lazy("Nom demandé")}

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", decide, name="decide"),
            path("<int:pk>/justificatif/", proof, name="proof"),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """What is asked and its proof; HR checks, an officer decides."""
    found = get_object_or_404(_rows(request.user), pk=pk)
    person = found.certificate.person
    may = {act: can_act_on(request.user, person, right) for act, (_run, right) in ACTS.items()}
    form = DecisionForm(request.POST or None, is_told=may["refuse"])
    if request.method == "POST":
        act = request.POST.get("act", "")
        if not may.get(act):
            raise PermissionDenied
        if form.is_valid() and _do(request, act, found, form.cleaned_data["reason"]):
            return redirect("certificate_corrections:decide", pk)
    context = {
        "correction": found,
        "form": form,
        "may_check": may["check"] and found.state == State.ASKED,
        "may_approve": may["approve"] and found.state == State.CHECKED and found.checked_by_id != request.user.pk,
        "may_refuse": may["refuse"] and found.state in (State.ASKED, State.CHECKED),
    }
    return render(request, "certificates/office/correction.html", context)


@require_safe
@never_cache
def proof(request, pk):
    """The proof, to be saved, never shown by the browser; leaves a trace."""
    found = get_object_or_404(_rows(request.user).filter(erased_at__isnull=True), pk=pk)
    audit.record("certificate.read_proof", request.user, found)
    return FileResponse(
        found.proof.open("rb"),
        as_attachment=True,
        filename=found.proof_name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"},
    )


def _rows(user):
    rows = NameCorrection.objects.visible_to(user, VIEW_NAME)
    return rows.select_related("certificate__person", "checked_by", "decided_by")


def _do(request, act, correction, reason) -> bool:
    run, _right = ACTS[act]
    try:
        run(correction, request.user, reason, timezone.now())
    except CorrectionRefused:
        messages.warning(
            request, _("Rien n’a été fait : quelqu’un d’autre s’en est chargé, ou ce n’est pas à vous de décider.")
        )
    except MatriculeTaken:
        messages.error(request, _("Le matricule de cette personne est aussi celui d’une autre : réglez-le d’abord."))
    else:
        messages.success(request, _("C’est enregistré."))
    return True

"""Acts on many certificates in the back office: the list, the decision of another person, the pause, the report."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from certificates.actions.act_batches import (
    approve_acts,
    may_decide,
    may_pause,
    pause_acts,
    refusal_of,
    reject_acts,
    resume_acts,
)
from certificates.actions.proposals import BatchRefused
from certificates.back_office.line_reports import ActReport
from certificates.back_office.progress import progress_of_acts
from certificates.back_office.stopping import warn_of_stop
from certificates.forms import DecisionForm
from certificates.models import ActBatch, ActLine
from certificates.permissions import VIEW_ACTS
from lms.learning.register import RegisterViewSet

SHOWN = 500  # lines on the page; all are in the report
DONE = {
    "approve": gettext_lazy("Lot approuvé : les actes se font, un par un."),
    "reject": gettext_lazy("Lot rejeté : rien n’est fait."),
    "pause": gettext_lazy("Lot interrompu. Ce qui est fait reste fait."),
    "resume": gettext_lazy("Le lot reprend."),
}


class ActBatchFilterSet(WagtailFilterSet):
    class Meta:
        model = ActBatch
        fields = ["state", "act"]


class ActBatchViewSet(RegisterViewSet):
    model = ActBatch
    name = "certificate_acts"
    url_prefix = "delivrance/actes"
    icon = "tasks"
    add_to_admin_menu = False  # in its group
    menu_label = gettext_lazy("Actes en nombre")
    view_permission = VIEW_ACTS
    related = ["proposed_by", "decided_by"]
    filterset_class = ActBatchFilterSet
    ordering = ["-proposed_at", "-pk"]
    list_display = [
        TitleColumn(
            "pk",
            label=gettext_lazy("Lot"),
            accessor=str,
            get_url=lambda batch: reverse("certificate_acts:batch", args=[batch.pk]),
        ),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        Column("proposed_by", label=gettext_lazy("Proposé par")),
        DateColumn("proposed_at", label=gettext_lazy("Proposé"), sort_key="proposed_at"),
        Column("decided_by", label=gettext_lazy("Décidé par")),
    ]
    export_filename = "actes-en-nombre"
    list_export = [
        *("pk", "get_act_display", "motive", "get_state_display", "proposed_by", "proposed_at"),
        *("decided_by", "decided_at", "reason"),
    ]
    export_headings = {
        "pk": gettext_lazy("Lot"),
        "get_act_display": gettext_lazy("Acte"),
        "get_state_display": gettext_lazy("État"),
    }

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", batch, name="batch"),
            path("<int:pk>/rapport/", ActReport.as_view(), name="report"),
            path("<int:pk>/rapport/resultats/", ActReport.as_view(results_only=True), name="report_results"),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request, pk):
    """What is proposed, or how far it is; the decision, then the pause, for who may take them."""
    rows = ActBatch.objects.visible_to(request.user, VIEW_ACTS).select_related("proposed_by", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    may = {"decide": may_decide(found, request.user), "pause": may_pause(found, request.user)}
    act = request.POST.get("act", "")
    form = DecisionForm(request.POST if act in ("reject", "pause", "resume") else None, is_told=False)
    if request.method == "POST":
        if not may["decide" if act in ("approve", "reject") else "pause"]:
            raise PermissionDenied
        if answered := decide(request, found, act, form):
            return answered
    warn_of_stop(request)
    lines = list(ActLine.objects.with_outcome(found).select_related("certificate").order_by("pk")[:SHOWN])
    if found.state == ActBatch.State.PROPOSED:
        for line in lines:
            line.foreseen = refusal_of(found.act, line.certificate)
    context = {
        "batch": found,
        "lines": lines,
        "progress": progress_of_acts(found),
        "may_decide": may["decide"],
        "may_pause": may["pause"],
        "is_own": found.proposed_by_id == request.user.pk,
        "form": form,
    }
    return render(request, "certificates/office/act_batch.html", context)


def decide(request, found, act, form):
    """Do what the button says, with the reason where one is asked; None when the form is to be shown again."""
    now = timezone.now()
    if act != "approve" and not form.is_valid():
        return None
    try:
        if act == "approve":
            approve_acts(found, request.user, now)
        else:
            do = {"reject": reject_acts, "pause": pause_acts, "resume": resume_acts}[act]
            do(found, request.user, form.cleaned_data["reason"], now)
    except BatchRefused:
        messages.warning(request, _("Quelqu’un d’autre a décidé entre-temps."))
    else:
        messages.success(request, str(DONE[act]))
    return redirect("certificate_acts:batch", found.pk)

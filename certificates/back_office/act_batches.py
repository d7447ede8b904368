"""Acts on many certificates in the back office: the list, the decision of another person, the pause, the report."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.filters import WagtailFilterSet

from certificates.actions.act_batches import (
    approve_acts,
    may_decide,
    may_pause,
    pause_acts,
    refusal_of,
    reject_acts,
    resume_acts,
)
from certificates.back_office.line_reports import ActReport
from certificates.back_office.progress import progress_of_acts
from certificates.back_office.proposals import APPROVE, SHOWN, Button, ProposalViewSet, answer
from certificates.back_office.stopping import warn_of_stop
from certificates.models import ActBatch, ActLine
from certificates.permissions import VIEW_ACTS

BUTTONS = {
    APPROVE: Button(approve_acts, may_decide, gettext_lazy("Lot approuvé : les actes se font, un par un.")),
    "reject": Button(reject_acts, may_decide, gettext_lazy("Lot rejeté : rien n’est fait.")),
    "pause": Button(pause_acts, may_pause, gettext_lazy("Lot interrompu. Ce qui est fait reste fait.")),
    "resume": Button(resume_acts, may_pause, gettext_lazy("Le lot reprend.")),
}


class ActBatchFilterSet(WagtailFilterSet):
    class Meta:
        model = ActBatch
        fields = ["state", "act"]


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request, pk):
    """What is proposed, or how far it is; the decision, then the pause, for who may take them."""
    rows = ActBatch.objects.visible_to(request.user, VIEW_ACTS).select_related("proposed_by", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    form, answered = answer(request, found, BUTTONS, "certificate_acts:batch")
    if answered:
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
        "may_decide": may_decide(found, request.user),
        "may_pause": may_pause(found, request.user),
        "is_own": found.proposed_by_id == request.user.pk,
        "form": form,
    }
    return render(request, "certificates/office/act_batch.html", context)


class ActBatchViewSet(ProposalViewSet):
    model = ActBatch
    name = "certificate_acts"
    url_prefix = "delivrance/actes"
    icon = "tasks"
    menu_label = gettext_lazy("Actes en nombre")
    view_permission = VIEW_ACTS
    filterset_class = ActBatchFilterSet
    export_filename = "actes-en-nombre"
    list_export = [
        *("pk", "get_act_display", "motive", "get_state_display", "proposed_by", "proposed_at"),
        *("decided_by", "decided_at", "reason"),
    ]
    export_headings = {**ProposalViewSet.export_headings, "get_act_display": gettext_lazy("Acte")}
    page, report = batch, ActReport

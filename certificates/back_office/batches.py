"""Certificates issued in batches: the list, the proposal with its dry run, the decision of another person, the report."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets.button import HeaderButton

from certificates.actions.batches import (
    BatchRefused,
    approve_batch,
    dry_run,
    may_decide,
    propose_batch,
    reject_batch,
    waiting_completions,
)
from certificates.back_office.line_reports import BatchReport
from certificates.back_office.progress import progress_of
from certificates.back_office.proposals import APPROVE, SHOWN, Button, ProposalViewSet, answer
from certificates.back_office.stopping import warn_of_stop
from certificates.filters import course_filter
from certificates.forms import BatchForm, ChooseCourseForm
from certificates.models import BatchLine, CoursePolicy, IssueBatch
from certificates.permissions import PROPOSE_BATCH, VIEW_BATCH
from courses.models import CoursePage
from lms.learning.register import RegisterIndexView

BUTTONS = {
    APPROVE: Button(approve_batch, may_decide, gettext_lazy("Lot approuvé : les certificats se préparent.")),
    "reject": Button(reject_batch, may_decide, gettext_lazy("Lot rejeté.")),
}


class BatchFilterSet(WagtailFilterSet):
    course = course_filter("course")

    class Meta:
        model = IssueBatch
        fields = ["state", "course"]


class BatchIndexView(RegisterIndexView):
    """The batches of people who are all in the officer's scope."""

    def get(self, request, *args, **kwargs):
        warn_of_stop(request)
        return super().get(request, *args, **kwargs)

    @cached_property
    def header_buttons(self):
        if not self.request.user.has_perm(PROPOSE_BATCH):
            return []
        return [HeaderButton(_("Proposer un lot"), url=reverse("certificate_batches:choose"), icon_name="plus")]


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """Of which course; those issued in batches come first."""
    if not request.user.has_perm(PROPOSE_BATCH):
        raise PermissionDenied
    form = ChooseCourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("certificate_batches:propose", form.cleaned_data["course"].pk)
    in_batches = CoursePolicy.objects.filter(mode=CoursePolicy.Mode.BATCH).select_related("course")
    return render(request, "certificates/office/batch_choose.html", {"form": form, "policies": in_batches})


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request, pk):
    """The dry run: who waits, what would become of each; then the proposal."""
    if not request.user.has_perm(PROPOSE_BATCH):
        raise PermissionDenied
    course = get_object_or_404(CoursePage, pk=pk)
    form = BatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        left_out = [int(value) for value in request.POST.getlist("left_out") if value.isdecimal()]
        try:
            proposed = propose_batch(course, request.user, form.cleaned_data["note"], timezone.now(), left_out)
        except BatchRefused:
            messages.error(request, _("Il ne reste personne à proposer : laissez au moins une ligne."))
            return redirect("certificate_batches:propose", pk)
        messages.success(request, _("Lot proposé. Une autre personne doit l’approuver."))
        return redirect("certificate_batches:batch", proposed.pk)
    completions = waiting_completions(course, request.user)
    forecasts = dry_run(list(completions[:SHOWN]))
    context = {"course": course, "form": form, "forecasts": forecasts, "count": completions.count()}
    return render(request, "certificates/office/batch_propose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request, pk):
    """What is proposed, or how far it is; the decision, for who may take it."""
    rows = IssueBatch.objects.visible_to(request.user, VIEW_BATCH).select_related("course", "proposed_by", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    form, answered = answer(request, found, BUTTONS, "certificate_batches:batch")
    if answered:
        return answered
    warn_of_stop(request)
    rows = BatchLine.objects.with_outcome(found).select_related("enrolment__person", "enrolment__completion")
    lines = list(rows.order_by("pk")[:SHOWN])
    completions = [line.enrolment.completion for line in lines] if found.state == IssueBatch.State.PROPOSED else []
    context = {
        "batch": found,
        "lines": lines,
        "forecasts": dry_run(completions),
        "progress": progress_of(found),
        "may_decide": may_decide(found, request.user),
        "is_own": found.proposed_by_id == request.user.pk,
        "form": form,
    }
    return render(request, "certificates/office/batch.html", context)


class BatchViewSet(ProposalViewSet):
    model = IssueBatch
    name = "certificate_batches"
    url_prefix = "delivrance/lots"
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Délivrance par lot")
    index_view_class = BatchIndexView
    view_permission = VIEW_BATCH
    related = ["course", "proposed_by", "decided_by"]
    filterset_class = BatchFilterSet
    export_filename = "lots-de-certificats"
    list_export = [
        *("pk", "course.code", "get_state_display", "proposed_by", "proposed_at", "decided_by", "decided_at", "reason"),
    ]
    page, report = batch, BatchReport

    def get_urlpatterns(self):
        choosing = [path("proposer/", choose, name="choose"), path("proposer/<int:pk>/", propose, name="propose")]
        return [*super().get_urlpatterns(), *choosing]

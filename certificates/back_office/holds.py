"""Certificates held: the list, the oldest first, and the decision of a person."""

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from certificates import actions
from certificates.filters import course_filter
from certificates.forms import DecisionForm
from certificates.models import Hold, KnowledgeCheck
from certificates.permissions import DECIDE_HOLD, VIEW_HOLD, can_act_on
from lms.learning.register import RegisterIndexView, RegisterViewSet


class HoldFilterSet(WagtailFilterSet):
    course = course_filter("enrolment__course")

    class Meta:
        model = Hold
        fields = ["state", "course"]


class HoldIndexView(RegisterIndexView):
    """Those to decide first, the oldest first."""

    def get_base_queryset(self):
        to_decide = Case(When(state=Hold.State.OPEN, then=Value(0)), default=Value(1))
        return super().get_base_queryset().annotate(rank=to_decide)


class HoldViewSet(RegisterViewSet):
    model = Hold
    name = "certificate_holds"
    url_prefix = "delivrance/retenus"
    icon = "time"
    add_to_admin_menu = False  # in its group
    menu_label = gettext_lazy("Retenus")
    index_view_class = HoldIndexView
    view_permission = VIEW_HOLD
    related = ["enrolment__person", "enrolment__course", "decided_by"]
    filterset_class = HoldFilterSet
    ordering = ["rank", "opened_at", "pk"]
    search_fields = ["enrolment__person__last_name", "enrolment__person__first_name", "enrolment__course__title"]
    list_display = [
        TitleColumn(
            "enrolment.person",
            label=gettext_lazy("Personne"),
            accessor=lambda hold: str(hold.enrolment.person),
            get_url=lambda hold: reverse("certificate_holds:decide", args=[hold.pk]),
        ),
        Column("enrolment.course", label=gettext_lazy("Formation"), sort_key="enrolment__course__title"),
        Column("pace", label=gettext_lazy("Étapes trop rapides")),
        DateColumn("opened_at", label=gettext_lazy("Retenu"), sort_key="opened_at"),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
    ]
    export_filename = "certificats-retenus"
    list_export = [
        *("enrolment.person.last_name", "enrolment.person.first_name", "enrolment.course.code", "pace", "opened_at"),
        *("get_state_display", "decided_at", "decided_by", "reason"),
    ]
    export_headings = {
        "get_state_display": gettext_lazy("État"),
        "pace": gettext_lazy("Étapes trop rapides"),
    }

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("<int:pk>/", decide, name="decide")]


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """The facts, the checks made since, and the decision, always with a reason."""
    rows = Hold.objects.visible_to(request.user).select_related("enrolment__person", "enrolment__course", "decided_by")
    hold = get_object_or_404(rows, pk=pk)
    may_decide = can_act_on(request.user, hold.enrolment.person, DECIDE_HOLD)
    if request.method == "POST" and not may_decide:
        raise PermissionDenied
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = actions.release_hold if request.POST.get("act") == "release" else actions.refuse_hold
        try:
            act(hold, request.user, form.cleaned_data["reason"], timezone.now())
        except actions.AlreadyDecided:
            messages.warning(request, _("Quelqu’un d’autre a décidé entre-temps."))
            return redirect("certificate_holds:decide", pk)
        messages.success(request, _("Votre décision est enregistrée ; la personne en est informée."))
        return redirect("certificate_holds:index")
    checks = hold.enrolment.knowledge_checks.filter(purpose=KnowledgeCheck.Purpose.HOLD)
    context = {
        "hold": hold,
        "form": form,
        "may_decide": may_decide and hold.state != Hold.State.RELEASED,
        "checks": checks.exclude(submitted_at=None),
    }
    return render(request, "certificates/office/hold.html", context)

"""What both kinds of batches share in the back office: their list, and the answer to the buttons of one."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from certificates.actions.proposals import BatchRefused
from certificates.forms import DecisionForm
from lms.learning.register import RegisterViewSet

SHOWN = 500  # lines on a page; all are in the report
APPROVE = "approve"  # the one act that says no reason


class ProposalViewSet(RegisterViewSet):
    """The list, the page of one batch (`page`), its report line by line (`report`)."""

    add_to_admin_menu = False  # in its group
    related = ["proposed_by", "decided_by"]
    ordering = ["-proposed_at", "-pk"]
    export_headings = {"pk": gettext_lazy("Lot"), "get_state_display": gettext_lazy("État")}
    page = report = None

    @cached_property
    def list_display(self):
        lot = TitleColumn("pk", label=gettext_lazy("Lot"), accessor=str, url_name=self.get_url_name("batch"))
        return [
            lot,
            Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
            Column("proposed_by", label=gettext_lazy("Proposé par")),
            DateColumn("proposed_at", label=gettext_lazy("Proposé"), sort_key="proposed_at"),
            Column("decided_by", label=gettext_lazy("Décidé par")),
        ]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", type(self).page, name="batch"),
            path("<int:pk>/rapport/", self.report.as_view(), name="report"),
            path("<int:pk>/rapport/resultats/", self.report.as_view(results_only=True), name="report_results"),
        ]


@dataclass(frozen=True)
class Button:
    """What a button of the page of a batch does, who may, and what is said once it is done."""

    do: Callable
    may: Callable
    said: str


def answer(request, found, buttons: dict[str, Button], page: str):
    """The form that asks for a reason, and what a button answers: None when the page is to be shown, with the form's errors."""
    act = request.POST.get("act")
    form = DecisionForm(request.POST if act in buttons and act != APPROVE else None, is_told=False)
    if request.method != "POST":
        return form, None
    if act not in buttons or not buttons[act].may(found, request.user):
        raise PermissionDenied
    if act != APPROVE and not form.is_valid():
        return form, None
    reason = [] if act == APPROVE else [form.cleaned_data["reason"]]
    try:
        buttons[act].do(found, request.user, *reason, timezone.now())
    except BatchRefused:
        messages.warning(request, _("Quelqu’un d’autre a décidé entre-temps."))
    else:
        messages.success(request, str(buttons[act].said))
    return form, redirect(reverse(page, args=[found.pk]))

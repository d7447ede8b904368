"""Exceptions granted to one person: the list, and granting one."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import HeaderButton

from lms.assessment.actions.allowances import NotAllowable, grant_extra_attempt, grant_extra_time, reopen_attempt
from lms.assessment.back_office.courses import taught_quizzes
from lms.assessment.back_office.taught import TaughtIndexView, TaughtViewSet
from lms.assessment.forms import AllowanceForm
from lms.assessment.models import Allowance
from lms.assessment.permissions import TeachingPolicy

Kind = Allowance.Kind


class AllowanceIndexView(TaughtIndexView):
    @cached_property
    def header_buttons(self):
        return [HeaderButton(_("Accorder une dérogation"), url=reverse("assessment_grant"), icon_name="plus")]


class AllowanceViewSet(TaughtViewSet):
    model = Allowance
    name = "assessment_allowances"
    url_prefix = "derogations"
    icon = "time"
    menu_label = gettext_lazy("Dérogations")
    related = ["enrolment__person", "enrolment__course", "quiz", "author"]
    index_view_class = AllowanceIndexView
    ordering = ["-pk"]
    search_fields = ["enrolment__person__last_name", "enrolment__person__first_name", "reason", "quiz__title"]
    list_display = [
        Column("enrolment.person", label=gettext_lazy("Personne"), sort_key="enrolment__person__last_name"),
        Column("quiz", label=gettext_lazy("Évaluation")),
        Column("get_kind_display", label=gettext_lazy("Dérogation"), sort_key="kind"),
        Column("minutes", label=gettext_lazy("Minutes")),
        Column("reason", label=gettext_lazy("Motif")),
        Column("author", label=gettext_lazy("Accordée par")),
        DateColumn("expires_at", label=gettext_lazy("Valable jusqu’au"), sort_key="expires_at"),
    ]
    export_filename = "derogations"
    list_export = [
        *("enrolment.person.email", "enrolment.course.code", "quiz.title", "kind", "minutes", "reason"),
        *("author.email", "created_at", "expires_at"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request):
    """Grant one exception, in a quiz that one teaches and never to oneself."""
    if not TeachingPolicy(Allowance).user_has_permission(request.user, "view"):
        raise PermissionDenied
    form = AllowanceForm(request.POST or None, quizzes=taught_quizzes(request), author=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            _grant(form, request.user)
        except NotAllowable:
            messages.error(request, _("Cette dérogation ne peut plus être accordée."))
        else:
            messages.success(request, _("Dérogation accordée ; l’apprenant en est informé."))
            return redirect("assessment_allowances:index")
    return render(request, "assessment/back_office/grant.html", {"form": form})


def _grant(form: AllowanceForm, author):
    said, now = form.cleaned_data, timezone.now()
    common = {"reason": said["reason"], "author": author, "now": now, "until": said["until"]}
    if said["kind"] == Kind.EXTRA_TIME:
        grant_extra_time(form.enrolment, said["quiz"], said["minutes"], **common)
    elif said["kind"] == Kind.EXTRA_ATTEMPT:
        grant_extra_attempt(form.enrolment, said["quiz"], **common)
    else:
        reopen_attempt(form.attempt, **common)

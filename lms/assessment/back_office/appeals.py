"""Contested marks and flagged questions, for those who teach the course."""

import django_filters
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from lms.assessment.actions.appeals import AppealAnswered, accept_appeal, handle_flag, refuse_appeal
from lms.assessment.back_office.answers import answer_shown
from lms.assessment.back_office.courses import taught_courses
from lms.assessment.back_office.taught import TaughtViewSet
from lms.assessment.forms import AppealForm
from lms.assessment.models import Appeal, QuestionFlag
from lms.assessment.review import decision

RELATED = ["question__version", "question__attempt__quiz", "question__attempt__enrolment__person"]


class AppealFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Formation"), field_name="question__attempt__enrolment__course", queryset=taught_courses
    )

    class Meta:
        model = Appeal
        fields = ["course", "state"]


class AppealViewSet(TaughtViewSet):
    model = Appeal
    name = "assessment_appeals"
    url_prefix = "contestations"
    icon = "comment"
    menu_label = gettext_lazy("Contestations")
    related = [*RELATED, "question__attempt__enrolment__course"]
    filterset_class = AppealFilterSet
    ordering = ["answered_at", "pk"]
    search_fields = ["reason", "question__version__prompt"]
    list_display = [
        TitleColumn(
            "reason",
            label=gettext_lazy("Motif"),
            accessor=lambda row: Truncator(row.reason).chars(90),
            get_url=lambda row: reverse("assessment_appeal", args=[row.pk]),
        ),
        Column("candidate", label=gettext_lazy("Copie")),
        Column("question.attempt.quiz", label=gettext_lazy("Évaluation")),
        Column("get_state_display", label=gettext_lazy("État"), sort_key="state"),
        DateColumn("created_at", label=gettext_lazy("Reçue"), sort_key="created_at"),
    ]
    export_filename = "contestations"
    list_export = [
        *("question.attempt.enrolment.course.code", "question.attempt.quiz.title", "candidate"),
        *("question.position", "reason", "created_at", "state", "answer", "answered_at"),
    ]
    export_headings = {"candidate": gettext_lazy("Copie")}


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request, pk):
    """What is contested, its history, and the answer: a better mark or none, always with reasons."""
    rows = Appeal.objects.taught_by(request.user).select_related(*RELATED, "answered_by")
    found = get_object_or_404(rows, pk=pk)
    lines = list(found.question.marks.select_related("author"))
    accepts = request.POST.get("act") == "accept"
    form = AppealForm(request.POST or None, line=lines[-1], accepts=accepts)
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            if accepts:
                accept_appeal(found, request.user, form.cleaned_data["points"], answer, timezone.now())
            else:
                refuse_appeal(found, request.user, answer, timezone.now())
        except AppealAnswered:
            messages.warning(request, _("Quelqu’un d’autre a répondu entre-temps."))
            return redirect("assessment_appeal", pk)
        messages.success(request, _("Votre réponse est enregistrée ; l’apprenant en est informé."))
        return redirect("assessment_appeals:index")
    context = {
        "appeal": found,
        "row": found.question,
        **answer_shown(found.question),
        "form": form,
        "decisions": [decision(line) for line in lines],
        "is_own_mark": lines[-1].author_id == request.user.pk,
        "earlier": found.question.appeals.exclude(pk=found.pk).select_related("answered_by"),
    }
    return render(request, "assessment/back_office/appeal.html", context)


class FlagFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(label=gettext_lazy("Formation"), queryset=taught_courses)
    is_handled = django_filters.BooleanFilter(
        label=gettext_lazy("Traité"), field_name="handled_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = QuestionFlag
        fields: list[str] = []


class FlagViewSet(TaughtViewSet):
    model = QuestionFlag
    name = "assessment_flags"
    url_prefix = "signalements"
    icon = "warning"
    menu_label = gettext_lazy("Signalements")
    related = ["version", "quiz", "course"]
    filterset_class = FlagFilterSet
    ordering = ["handled_at", "-pk"]
    search_fields = ["text", "version__prompt"]
    list_display = [
        TitleColumn(
            "text",
            label=gettext_lazy("Problème signalé"),
            accessor=lambda row: Truncator(row.text).chars(90),
            get_url=lambda row: reverse("assessment_flag", args=[row.pk]),
        ),
        Column(
            "version.prompt",
            label=gettext_lazy("Question"),
            accessor=lambda row: Truncator(row.version.prompt).chars(60),
        ),
        Column("quiz", label=gettext_lazy("Évaluation")),
        DateColumn("created_at", label=gettext_lazy("Signalé"), sort_key="created_at"),
        DateColumn("handled_at", label=gettext_lazy("Traité"), sort_key="handled_at"),
    ]
    export_filename = "signalements"
    list_export = ["course.code", "quiz.title", "version.prompt", "text", "created_at", "handled_at"]


@require_http_methods(["GET", "HEAD", "POST"])
def flag(request, pk):
    """What was said of a question, and the ways to it; a POST says it was dealt with."""
    rows = QuestionFlag.objects.taught_by(request.user)
    related = ["version__question", "handled_by", "question__attempt__quiz", "question__attempt__enrolment__person"]
    found = get_object_or_404(rows.select_related(*related), pk=pk)
    if request.method == "POST":
        handle_flag(found, request.user, timezone.now())
        messages.success(request, _("Signalement traité."))
        return redirect("assessment_flags:index")
    others = rows.filter(version=found.version_id).exclude(pk=found.pk).order_by("-pk")
    return render(request, "assessment/back_office/flag.html", {"flag": found, "others": others[:20]})

"""What becomes of a faulty question: the questions asked in a quiz, a dry run, the decision, what it changed."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Avg, Count, F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from courses.models import CoursePage, QuestionVersion, QuizPage
from courses.permissions import can_teach
from courses.rules.answers import UNMARKED_TYPES
from lms.assessment.actions.regrading import (
    NothingLeft,
    corrected_version,
    decide_regrade,
    forecasts,
    left_empty,
    withheld_count,
)
from lms.assessment.back_office.taught import TaughtViewSet
from lms.assessment.forms import RegradeForm
from lms.assessment.models import Regrade
from lms.assessment.models.telling import turn_in
from lms.core.models import Job

PER_PAGE = 50


class RegradeViewSet(TaughtViewSet):
    model = Regrade
    name = "assessment_regrades"
    url_prefix = "renotations"
    icon = "rotate"
    menu_label = gettext_lazy("Questions neutralisées")
    related = ["quiz", "course", "version", "author"]
    ordering = ["-pk"]
    search_fields = ["version__prompt", "reason", "quiz__title"]
    list_display = [
        TitleColumn(
            "version.prompt",
            label=gettext_lazy("Question"),
            accessor=lambda row: Truncator(row.version.prompt).chars(90),
            get_url=lambda row: reverse("assessment_regrade", args=[row.pk]),
        ),
        Column("quiz", label=gettext_lazy("Évaluation")),
        Column("get_treatment_display", label=gettext_lazy("Décision"), sort_key="treatment"),
        Column("author", label=gettext_lazy("Auteur")),
        DateColumn("created_at", label=gettext_lazy("Décidée"), sort_key="created_at"),
    ]
    export_filename = "questions-neutralisees"
    list_export = [
        *("course.code", "quiz.title", "version.prompt", "get_treatment_display", "reason"),
        *("author.email", "created_at"),
    ]
    export_headings = {"get_treatment_display": gettext_lazy("Décision")}


def taught_quiz(request, pk: int) -> QuizPage:
    """The quiz, for who teaches its course; 404 for others."""
    courses = CoursePage.objects.taught_by(request.user)
    quiz = get_object_or_404(QuizPage, pk=pk)
    course = get_object_or_404(courses, pk__in=CoursePage.objects.ancestor_of(quiz).values("pk"))
    if not can_teach(request.user, course):
        raise PermissionDenied
    return quiz


@require_safe
def quiz_questions(request, pk):
    """The questions asked so far in a quiz, version by version, and how they were answered."""
    quiz = taught_quiz(request, pk)
    submitted = Q(served__attempt__quiz=quiz, served__attempt__state="submitted")
    is_told = Q(served__attempt__is_withheld=False)
    versions = (
        QuestionVersion.objects.filter(submitted)
        .exclude(type__in=UNMARKED_TYPES)
        .annotate(
            answer_count=Count("served", filter=submitted),
            mean_percent=Avg(F("served__awarded_points") * 100 / F("served__points"), filter=submitted & is_told),
        )
        .order_by("mean_percent", "pk")
    )
    context = {
        "quiz": quiz,
        "page": Paginator(versions, PER_PAGE).get_page(request.GET.get("p")),
        "decided": set(Regrade.objects.filter(quiz=quiz).values_list("version", flat=True)),
    }
    return render(request, "assessment/back_office/quiz_questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk, version_pk):
    """What each treatment would do, then the decision and its reason; a job applies it."""
    quiz = taught_quiz(request, pk)
    asked = QuestionVersion.objects.exclude(type__in=UNMARKED_TYPES).filter(served__attempt__quiz=quiz).distinct()
    version = get_object_or_404(asked, pk=version_pk)
    found = forecasts(quiz, version)
    empty_count = left_empty(quiz, version)
    form = RegradeForm(request.POST or None, treatments=found, left_empty=empty_count)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            decided = decide_regrade(quiz, version, said["treatment"], said["reason"], request.user, timezone.now())
        except NothingLeft:  # decided of the other questions since the form was read
            messages.error(
                request, _("Une autre décision a été prise entre-temps : cette question est la dernière qui compte.")
            )
            return redirect("assessment_decide_regrade", pk, version_pk)
        messages.success(request, _("Décision enregistrée : les tentatives sont renotées en arrière-plan."))
        return redirect("assessment_regrade", decided.pk)
    context = {
        "quiz": quiz,
        "version": version,
        "corrected": corrected_version(version),
        "form": form,
        "options": [(label, found[value]) for value, label in form.fields["treatment"].choices],
        "empty_count": empty_count,
        "withheld_count": withheld_count(quiz, version),
        "earlier": Regrade.objects.filter(quiz=quiz, version=version).select_related("author"),
    }
    return render(request, "assessment/back_office/decide_regrade.html", context)


@require_safe
def regrade(request, pk):
    """A decision, how far its job is, and each mark it changed."""
    rows = Regrade.objects.taught_by(request.user).select_related("quiz", "version", "new_version", "author")
    decided = get_object_or_404(rows, pk=pk)
    related = ["attempt__enrolment__person", "attempt__quiz", "question"]
    told = decided.marks.filter(attempt__is_withheld=False)
    lines = told.select_related(*related).annotate(turn=turn_in("attempt"))
    lines = lines.order_by("-details__newly_passed", "turn", "pk")
    context = {
        "decided": decided,
        "job": Job.objects.filter(key=decided.job_key).first(),
        "passed_count": told.filter(details__newly_passed=True).count(),
        "withheld_count": decided.marks.filter(attempt__is_withheld=True).count(),
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("p")),
    }
    return render(request, "assessment/back_office/regrade.html", context)

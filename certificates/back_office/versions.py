"""Versions marked as substantial: marked with all that follows shown first, listed, and decided where another must."""

from hashlib import sha256

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from certificates.actions.assigning import count_concerned
from certificates.actions.versions import VersionRefused, decide_version, mark_version, why_not
from certificates.contents import changes_of, holders_of, questions_of
from certificates.forms import VersionDecisionForm, VersionForm
from certificates.models import SubstantialVersion
from certificates.permissions import VIEW_VERSION, can_confirm_version, can_decide_version
from certificates.rules.versions import REMOVED
from courses.models import CoursePage, Question
from courses.permissions import can_teach
from lms.core.models import Job
from lms.learning.register import RegisterViewSet

MARK, CONFIRM = "certificates/office/version_mark.html", "certificates/office/version_confirm.html"


class VersionFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("État"),
        choices=[("waiting", gettext_lazy("à relire")), ("in_force", gettext_lazy("en vigueur"))],
        method="in_state",
    )

    class Meta:
        model = SubstantialVersion
        fields: list[str] = []

    def in_state(self, queryset, name, value):
        return getattr(queryset, value)()


class SubstantialVersionViewSet(RegisterViewSet):
    model = SubstantialVersion
    name = "certificate_versions"
    url_prefix = "versions-importantes"
    icon = "history"
    menu_label = gettext_lazy("Versions importantes")
    menu_order = 115
    view_permission = VIEW_VERSION
    related = ["course", "marked_by", "decision"]
    filterset_class = VersionFilterSet
    ordering = ["-marked_at", "-pk"]
    search_fields = ["course__title"]
    list_display = [
        TitleColumn(
            "course",
            label=gettext_lazy("Version"),
            accessor=str,
            get_url=lambda version: reverse("certificate_versions:version", args=[version.pk]),
        ),
        Column("reason", label=gettext_lazy("Ce qui change")),
        Column("marked_by", label=gettext_lazy("Signalée par")),
        DateColumn("marked_at", label=gettext_lazy("Signalée"), sort_key="marked_at"),
        Column("state", label=gettext_lazy("État")),
    ]
    export_filename = "versions-importantes"
    list_export = ["course.code", "content_version", "reason", "marked_by", "marked_at", "state"]
    export_headings = {"state": gettext_lazy("État")}

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("<int:pk>/", version, name="version")]


def course_to_mark(request, pk: int) -> CoursePage:
    """The course, for those who teach it: 403 for who may only read it, 404 for who may not even see it."""
    course = get_object_or_404(CoursePage.objects.select_related("outline"), pk=pk)
    if can_teach(request.user, course):
        return course
    if CoursePage.objects.visible_to(request.user or AnonymousUser()).filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request, pk):
    """What changed and whom it concerns; then, seen once more with its effect, the mark."""
    course, today = course_to_mark(request, pk), timezone.localdate()
    changes = changes_of(course, today)
    concerned, others = questions_of(course, [change.id for change in changes if change.change != REMOVED], today)
    seen = sha256(repr((course.content_version, changes)).encode()).hexdigest()
    form = VersionForm(request.POST or None, changes=changes, concerned=concerned, others=others)
    context = {
        "course": course,
        "changes": changes,
        "form": form,
        "seen": seen,
        "refusal": why_not(course, changes),
        "holder_count": holders_of(course, today).count(),
        "confirms_alone": can_confirm_version(request.user, course),
    }
    if request.method != "POST" or context["refusal"] or not form.is_valid():
        is_wrong = request.method == "POST"
        return render(request, MARK, context, status=422 if is_wrong else 200)
    act = request.POST.get("act")
    if act == "back":
        return render(request, MARK, context)
    if act != "confirm" or request.POST.get("seen") != seen:
        return render(request, CONFIRM, context | _effect(course, form, changes, today))
    return _mark(request, course, form)


def _effect(course: CoursePage, form: VersionForm, changes, today) -> dict:
    """What marking would do: which lessons, which questions, how many people."""
    lessons, questions = form.chosen("lessons"), form.chosen("questions")
    kept = [change for change in changes if change.id in lessons]
    lines = [change.as_line() for change in changes if change.change == REMOVED] + [one.as_line() for one in kept]
    draft = SubstantialVersion(
        course=course, content_version=course.content_version, changes=lines, questions=questions
    )
    asked = Question.objects.filter(pk__in=questions).order_by("code", "pk")
    return {"lessons": kept, "questions": asked, "concerned_count": count_concerned(draft, today)}


def _mark(request, course: CoursePage, form: VersionForm):
    lessons, questions = form.chosen("lessons"), form.chosen("questions")
    try:
        made = mark_version(course, request.user, form.cleaned_data["reason"], lessons, questions, timezone.now())
    except VersionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("certificate_mark_version", course.pk)
    if hasattr(made, "decision"):
        messages.success(request, _("La version est signalée : les titulaires en sont informés en arrière-plan."))
    else:
        messages.success(request, _("La version est proposée : une personne chargée de relire va décider."))
    return redirect("certificate_versions:version", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request, pk):
    """What was marked, how far its holders are, and the decision, for who may take it."""
    rows = SubstantialVersion.objects.visible_to(request.user)
    rows = rows.select_related("course", "marked_by", "decision__decided_by")
    found = get_object_or_404(rows, pk=pk)
    may_decide = can_decide_version(request.user, found)
    form = VersionDecisionForm(request.POST or None)
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied
        if form.is_valid():
            return _decide(request, found, form)
    counts = dict(found.recertifications.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "version": found,
        "questions": Question.objects.filter(pk__in=found.questions).order_by("code", "pk"),
        "asked": sum(counts.values()),
        "done": counts.get("done", 0),
        "open": counts.get("open", 0),
        "job": Job.objects.filter(key=found.key).first(),
        "concerned_count": count_concerned(found, timezone.localdate()) if may_decide else 0,
        "may_decide": may_decide,
        "form": form,
    }
    return render(request, "certificates/office/version.html", context)


def _decide(request, found: SubstantialVersion, form: VersionDecisionForm):
    is_confirmed = request.POST.get("act") == "confirm"
    try:
        decide_version(found, request.user, is_confirmed, form.cleaned_data["comment"], timezone.now())
    except VersionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Votre décision est enregistrée ; la personne qui proposait en est informée."))
    return redirect("certificate_versions:version", found.pk)

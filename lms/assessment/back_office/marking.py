"""The queue of answers that a person marks: the list, then one answer at a time."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from courses.models import CoursePage, QuizPage
from lms.assessment.actions.marking import MarkedMeanwhile, mark_by_hand
from lms.assessment.back_office.answers import answer_shown
from lms.assessment.back_office.taught import TaughtIndexView, TaughtViewSet
from lms.assessment.back_office.told import InTurn
from lms.assessment.forms import RubricForm
from lms.assessment.models import ServedQuestion
from lms.assessment.permissions import can_judge
from lms.assessment.rules.rubric import criteria_of

RELATED = ["version", "attempt__quiz", "attempt__enrolment__person", "attempt__enrolment__course"]
# Oldest first, then the anonymous copies, whose turn tells nothing.
ORDER = [F("told_submitted_at").asc(nulls_last=True), "turn", "position"]


def with_counts(pages, path: str):
    """The pages under which an answer waits, each with how many."""
    waiting = Count(path, filter=Q(**{f"{path}__awaits_marking": True}))
    return pages.annotate(waiting=waiting).filter(waiting__gt=0).order_by("title", "pk")


class CountedField(django_filters.fields.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.title} ({obj.waiting})"


class CountedFilter(django_filters.ModelChoiceFilter):
    """A page to choose; beside each, how many answers wait there."""

    field_class = CountedField


class MarkingFilterSet(WagtailFilterSet):
    course = CountedFilter(
        label=gettext_lazy("Formation"),
        field_name="attempt__enrolment__course",
        queryset=lambda request: with_counts(
            CoursePage.objects.taught_by(request.user), "enrolments__attempts__questions"
        ),
    )
    quiz = CountedFilter(
        label=gettext_lazy("Évaluation"),
        field_name="attempt__quiz",
        queryset=lambda request: with_counts(
            QuizPage.objects.filter(
                pk__in=ServedQuestion.objects.to_mark_by(request.user).order_by().values("attempt__quiz")
            ),
            "attempts__questions",
        ),
    )

    class Meta:
        model = ServedQuestion
        fields: list[str] = []


class MarkingIndexView(InTurn, TaughtIndexView):
    """Answers that wait for their mark, the oldest first."""

    page_title = gettext_lazy("Réponses à corriger")

    def get_base_queryset(self):
        return ServedQuestion.objects.to_mark_by(self.request.user).as_told().select_related(*self.related)

    @cached_property
    def header_buttons(self):
        first = self.get_base_queryset().order_by(*ORDER).values_list("pk", flat=True).first()
        if first is None:
            return []
        return [HeaderButton(_("Corriger la plus ancienne"), url=mark_url(first), icon_name="edit")]


class MarkingViewSet(TaughtViewSet):
    model = ServedQuestion
    name = "assessment_marking"
    url_prefix = "corrections"
    icon = "edit"
    menu_label = gettext_lazy("Corrections")
    related = RELATED
    index_view_class = MarkingIndexView
    filterset_class = MarkingFilterSet
    ordering = ORDER
    search_fields = ["version__prompt"]
    list_display = [
        TitleColumn("version.prompt", label=gettext_lazy("Question"), get_url=lambda row: mark_url(row.pk)),
        Column("candidate", label=gettext_lazy("Copie")),
        Column("attempt.enrolment.course", label=gettext_lazy("Formation")),
        Column("attempt.quiz", label=gettext_lazy("Évaluation")),
        DateColumn("told_submitted_at", label=gettext_lazy("Remise"), sort_key="told_submitted_at"),
    ]
    export_filename = "corrections"
    list_export = [
        *("attempt.enrolment.course.code", "attempt.quiz.title", "candidate", "position", "version.prompt"),
        *("points", "told_submitted_at"),
    ]
    export_headings = {
        "candidate": gettext_lazy("Copie"),
        "version.prompt": gettext_lazy("Question"),
        "told_submitted_at": gettext_lazy("Remise le"),
    }


def mark_url(pk: int, filters: str = "") -> str:
    address = reverse("assessment_mark", args=[pk])
    return f"{address}?{filters}" if filters else address


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request, pk):
    """One answer, its rubric and its mark; then the next one. Another's mark meanwhile is shown, never overwritten."""
    rows = ServedQuestion.objects.taught_by(request.user).filter(attempt__state="submitted").by_hand().as_told()
    row = get_object_or_404(rows.select_related(*RELATED), pk=pk)
    if not can_judge(request.user, row.attempt):
        raise PermissionDenied
    criteria = criteria_of(row.version.content, row.points)
    latest = row.marks.select_related("author").last()
    form = RubricForm(request.POST or None, criteria=criteria, latest=latest)
    if request.method == "POST" and form.is_valid():
        try:
            line = mark_by_hand(row, request.user, *form.mark, timezone.now())
        except MarkedMeanwhile as meanwhile:
            latest = meanwhile.line
            form.take_note_of(latest)
        else:
            messages.success(request, _("Note enregistrée : %(points)s.") % {"points": _out_of(line)})
            return redirect(_after(request, row))
    context = {"row": row, "form": form, "latest": latest, **answer_shown(row), **_place(request, row)}
    return render(request, "assessment/back_office/mark.html", context)


def _queue(request):
    queue = ServedQuestion.objects.to_mark_by(request.user).as_told()
    return MarkingFilterSet(request.GET, queryset=queue, request=request).qs.order_by(*ORDER)


def _place(request, row: ServedQuestion) -> dict:
    """Where the answer stands in the queue: what waits besides, and the next one."""
    others = _queue(request).exclude(pk=row.pk)
    later = others.filter(_comes_after(row))
    following = later.values_list("pk", flat=True).first() or others.values_list("pk", flat=True).first()
    filters = request.GET.urlencode()
    return {
        "waiting_count": others.count(),
        "next_url": mark_url(following, filters) if following else None,
        "list_url": f"{reverse('assessment_marking:index')}?{filters}",
    }


def _comes_after(row: ServedQuestion) -> Q:
    """What the queue has after an answer, in its order."""
    at = row.told_submitted_at
    same = Q(told_submitted_at__isnull=True) if at is None else Q(told_submitted_at=at)
    after = same & (Q(turn__gt=row.turn) | Q(turn=row.turn, position__gt=row.position))
    return after if at is None else after | Q(told_submitted_at__gt=at) | Q(told_submitted_at__isnull=True)


def _after(request, row: ServedQuestion) -> str:
    """Where to go once a mark is written: the next answer, else the list."""
    place = _place(request, row)
    if request.POST.get("then") == "next" and place["next_url"]:
        return place["next_url"]
    return place["list_url"]


def _out_of(line) -> str:
    points = f"{line.points.normalize():f}".replace(".", ",")
    return _("%(points)s sur %(max)s") % {"points": points, "max": f"{line.max_points:.0f}"}

"""The views of the back office: lists of courses and questions, and archiving."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.actions import archive_course, unarchive_course
from courses.models import CoursePage, Question, QuestionVersion
from courses.permissions import can_archive_course
from lms.skills.models import Strand


class CourseFilter(PageFilterSet):
    """By strand, and archived or not."""

    strands = django_filters.ModelMultipleChoiceFilter(label=gettext_lazy("Axe"), queryset=Strand.objects.all())
    is_archived = django_filters.BooleanFilter(
        label=gettext_lazy("Archivée"), field_name="archived_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = CoursePage
        fields: list[str] = []


class CourseViewSet(PageListingViewSet):
    """All courses in one flat list, archived ones included."""

    model = CoursePage
    icon = "openquote"
    menu_label = gettext_lazy("Formations")
    menu_order = 110
    add_to_admin_menu = True
    ordering = ["position", "title"]
    filterset_class = CourseFilter
    columns = [
        *(column for column in IndexView.base_columns if column.name != "parent"),
        Column("position", label=gettext_lazy("Ordre"), sort_key="position", width="8%"),
        DateColumn("archived_at", label=gettext_lazy("Archivée"), width="12%"),
    ]


class QuestionFilter(WagtailFilterSet):
    """By type, competence and level, and asked in a quiz or not."""

    type = django_filters.ChoiceFilter(
        label=gettext_lazy("Type"), choices=QuestionVersion.Type.choices, method="filter_type"
    )
    is_used = django_filters.BooleanFilter(
        label=gettext_lazy("Posée dans une évaluation"),
        field_name="uses",
        lookup_expr="isnull",
        exclude=True,
        distinct=True,
    )

    class Meta:
        model = Question
        fields = ["competence", "level"]

    def filter_type(self, queryset, name, value):
        """By the type of the latest version."""
        versions = QuestionVersion.objects.current().filter(question=OuterRef("pk"), type=value)
        return queryset.filter(Exists(versions))


class KeptPolicy(ModelPermissionPolicy):
    """Questions are never deleted: attempts name their versions."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class QuestionViewSet(SnippetViewSet):
    """The question bank. The usage view says in which quizzes a question is asked."""

    model = Question
    icon = "help"
    menu_label = gettext_lazy("Banque de questions")
    menu_order = 120
    add_to_admin_menu = True
    base_url_path = "questions"
    list_per_page = 50
    filterset_class = QuestionFilter
    permission_policy = KeptPolicy(Question)
    list_display = [
        "__str__",
        Column("type_label", label=gettext_lazy("Type"), width="14%"),
        Column(
            "competence",
            label=gettext_lazy("Compétence"),
            accessor="competence.code",
            sort_key="competence__code",
            width="10%",
        ),
        Column("level", label=gettext_lazy("Niveau"), sort_key="level", width="8%"),
        Column("version_number", label=gettext_lazy("Version"), width="8%"),
        Column("use_count", label=gettext_lazy("Évaluations"), sort_key="use_count", width="10%"),
    ]
    list_export = ["code", "prompt", "type_label", "competence", "level", "version_number", "use_count"]

    def get_queryset(self, request):
        return Question.objects.select_related("competence").with_usage().order_by("code")


def set_archived(request, pk: int, archived: bool):
    """Ask, then archive a course or put it back."""
    course = get_object_or_404(CoursePage, pk=pk)
    if not can_archive_course(request.user, course):
        raise PermissionDenied
    if request.method == "POST":
        if archived:
            archive_course(course, request.user, timezone.now())
            messages.success(request, _("La formation « %(title)s » est archivée.") % {"title": course.title})
        else:
            unarchive_course(course, request.user)
            messages.success(
                request, _("La formation « %(title)s » est de nouveau au catalogue.") % {"title": course.title}
            )
        return redirect("wagtailadmin_pages:edit", course.pk)
    context = {
        "course": course,
        "archived": archived,
        "page_title": _("Archiver la formation") if archived else _("Désarchiver la formation"),
        "header_icon": CourseViewSet.icon,
        "cancel_url": reverse("wagtailadmin_pages:edit", args=[course.pk]),
    }
    return render(request, "courses/back_office/set_archived.html", context)

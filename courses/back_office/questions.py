"""The back office of the question bank: its list, its chooser, its exports."""

from functools import wraps

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import Button
from wagtail.models import Collection
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
)
from wagtail.snippets.views.snippets import CopyView as SnippetCopyView
from wagtail.snippets.views.snippets import CreateView as SnippetCreateView
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.exports.from_bank import neutral_questions
from courses.exports.gift import write_gift
from courses.exports.moodle_xml import write_moodle_xml
from courses.exports.sheet import write_csv, write_xlsx
from courses.models import Question, QuestionTag, QuestionVersion, TaggedQuestion
from courses.models.banks import question_policy
from courses.permissions import can_import_questions
from lms.core import audit
from lms.people.models import User


def authors(request):
    """Those who wrote a question in sight, by name."""
    written = Question.objects.visible_to(request.user).filter(author=OuterRef("pk"))
    return User.objects.filter(Exists(written)).order_by("last_name", "first_name", "pk")


def tags(request):
    """Those of a question in sight."""
    return QuestionTag.objects.carried_by(Question.objects.visible_to(request.user))


def banks(request):
    """Those that hold a question in sight, when they are several."""
    held = Question.objects.visible_to(request.user).order_by().values("collection")
    return Collection.objects.filter(pk__in=held)


class QuestionFilter(WagtailFilterSet):
    """By bank, type, tag, competence, level, difficulty and author, and asked in a quiz or not."""

    collection = django_filters.ModelChoiceFilter(label=gettext_lazy("Banque"), queryset=banks)
    type = django_filters.ChoiceFilter(
        label=gettext_lazy("Type"), choices=QuestionVersion.Type.choices, method="filter_type"
    )
    tag = django_filters.ModelMultipleChoiceFilter(label=gettext_lazy("Étiquette"), queryset=tags, method="filter_tags")
    is_used = django_filters.BooleanFilter(
        label=gettext_lazy("Posée dans une évaluation"),
        field_name="uses",
        lookup_expr="isnull",
        exclude=True,
        distinct=True,
    )

    author = django_filters.ModelChoiceFilter(label=gettext_lazy("Auteur"), queryset=authors)

    class Meta:
        model = Question
        fields = ["competence", "level", "difficulty"]

    def filter_type(self, queryset, name, value):
        """By the type of the latest version."""
        versions = QuestionVersion.objects.current().filter(question=OuterRef("pk"), type=value)
        return queryset.filter(Exists(versions))

    def filter_tags(self, queryset, name, value):
        """By any of the tags chosen."""
        tagged = TaggedQuestion.objects.filter(content_object=OuterRef("pk"), tag__in=value)
        return queryset.filter(Exists(tagged)) if value else queryset


# What each export is called, its content type and its writer; all read back unchanged.
EXPORTS = {
    "xlsx": (
        gettext_lazy("Exporter en XLSX"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_xlsx,
    ),
    "csv": (gettext_lazy("Exporter en CSV"), "text/csv; charset=utf-8", write_csv),
    "gift": (gettext_lazy("Exporter en GIFT"), "text/plain; charset=utf-8", write_gift),
    "xml": (gettext_lazy("Exporter en Moodle XML"), "application/xml", write_moodle_xml),
}


class QuestionIndexView(SnippetIndexView):
    """The bank; what its filters leave may be exported in each format, and a file brought in."""

    add_item_label = gettext_lazy("Ajouter une question")
    FORMATS = tuple(EXPORTS)

    def search_queryset(self, queryset):
        """Search all that is in sight, then keep what the filters leave: the index knows nothing of their subqueries."""
        if not self.is_searching:
            return queryset
        found = super().search_queryset(Question.objects.visible_to(self.request.user))
        return queryset.filter(pk__in=[question.pk for question in found])

    @cached_property
    def header_more_buttons(self):
        labels = (gettext_lazy("Importer des questions"), gettext_lazy("Imports précédents"))
        addresses = ("courses_question_import", "courses_question_imports")
        buttons = []
        if can_import_questions(self.request.user):
            buttons = [
                Button(label, url=reverse(name), icon_name="upload", priority=20 + rank)
                for rank, (label, name) in enumerate(zip(labels, addresses, strict=True))
            ]
        for rank, (name, (label, _content_type, _write)) in enumerate(EXPORTS.items()):
            url = self.get_export_url(name)
            buttons.append(Button(label, url=url, icon_name="download", priority=90 + rank))
        return buttons

    def as_spreadsheet(self, queryset, spreadsheet_format):
        """Every question listed, answers included; who took them is written in the audit trail."""
        _label, content_type, write = EXPORTS[spreadsheet_format]
        questions = neutral_questions([question.pk for question in queryset])
        audit.record(
            "courses.export",
            actor=self.request.user,
            model="question",
            format=spreadsheet_format,
            rows=len(questions),
            filters=self.request.GET.urlencode(),
        )
        response = HttpResponse(write(questions), content_type=content_type)
        extension = "txt" if spreadsheet_format == "gift" else spreadsheet_format
        response["Content-Disposition"] = f'attachment; filename="questions.{extension}"'
        return response


class QuestionCreateView(SnippetCreateView):
    """A new question names its author."""

    def save_instance(self):
        self.form.instance.author = self.request.user
        return super().save_instance()


class QuestionCopyView(SnippetCopyView):
    """A copy may go to any bank of its author."""

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.offer_banks(None)
        return form


def in_sight(view, act: str):
    """The view, for those who read questions; the one it is about is looked up among theirs, and `act` asked of its bank.

    Wagtail's own views ask only whether one may act on some question.
    """

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not question_policy.user_has_permission(request.user, "view"):
            raise PermissionDenied
        if pk := kwargs.get("pk"):
            mine = Question.objects.visible_to(request.user).select_related("collection")
            question = get_object_or_404(mine, pk=pk if str(pk).isdecimal() else None)
            if not question_policy.user_has_permission_for_instance(request.user, act, question):
                raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


class ChooseInSight:
    def get_object_list(self):
        return Question.objects.visible_to(self.request.user)


class QuestionChooseView(ChooseInSight, ChooseView):
    pass


class QuestionChooseResultsView(ChooseInSight, ChooseResultsView):
    pass


class QuestionsChosenView(SnippetChosenMultipleView):
    def get_objects(self, pks):
        return Question.objects.visible_to(self.request.user).filter(pk__in=[pk for pk in pks if pk.isdecimal()])


class QuestionChooserViewSet(SnippetChooserViewSet):
    """Wagtail's chooser shows all its rows to whoever may open the back office."""

    choose_view_class = QuestionChooseView
    choose_results_view_class = QuestionChooseResultsView
    chosen_multiple_view_class = QuestionsChosenView

    def get_urlpatterns(self):
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = in_sight(pattern.callback, "view")
        return patterns


class QuestionViewSet(SnippetViewSet):
    """The question bank. The usage view says in which quizzes a question is asked."""

    model = Question
    icon = "help"
    menu_label = gettext_lazy("Banque de questions")
    menu_order = 120
    add_to_admin_menu = True
    base_url_path = "questions"
    list_per_page = 50
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    copy_view_class = QuestionCopyView
    filterset_class = QuestionFilter
    permission_policy = question_policy
    chooser_viewset_class = QuestionChooserViewSet
    list_display = [
        "__str__",
        Column("collection", label=gettext_lazy("Banque"), sort_key="collection__name"),
        Column("type_label", label=gettext_lazy("Type")),
        Column(
            "competence",
            label=gettext_lazy("Compétence"),
            accessor="competence.code",
            sort_key="competence__code",
        ),
        Column("level", label=gettext_lazy("Niveau"), sort_key="level"),
        Column("get_difficulty_display", label=gettext_lazy("Difficulté"), sort_key="difficulty"),
        TitleColumn(
            "use_count",
            label=gettext_lazy("Évaluations"),
            sort_key="use_count",
            get_url=lambda question: reverse("wagtailsnippets_courses_question:usage", args=[question.pk]),
        ),
    ]

    def get_queryset(self, request):
        mine = Question.objects.visible_to(request.user)
        return mine.select_related("competence", "collection").with_usage().order_by("code", "pk")

    @property
    def url_finder_class(self):
        """The one that asks the policy of one question, where snippets ask a permission on all."""
        return super(SnippetViewSet, self).url_finder_class

    def get_urlpatterns(self):
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = in_sight(pattern.callback, "change")
        return patterns

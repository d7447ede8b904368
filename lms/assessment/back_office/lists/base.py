"""What the lists of a course share: who may read them, their addresses, the learners they name."""

import django_filters
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page

from courses.models import QuizPage
from lms.assessment.back_office.follow_up import breadcrumbs, taught_course
from lms.core.spreadsheets import SafeExportMixin


def steps_of(request):
    """The lessons and quizzes of the course whose list is asked for."""
    course = Page.objects.filter(pk=request.resolver_match.kwargs["pk"]).first() if request else None
    return Page.objects.descendant_of(course).order_by("path") if course else Page.objects.none()


class CourseList(SafeExportMixin, ReportView):
    """Rows of one course, for those who teach it."""

    name = ""  # of the address; that of the results alone ends in _results
    related: list[str] = []
    any_permission_required = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.course = taught_course(request, kwargs["pk"])

    def get_base_queryset(self):
        return self.rows().select_related(*self.related)

    def get_index_url(self):
        return reverse(self.name, args=[self.course.pk])

    def get_index_results_url(self):
        return reverse(f"{self.name}_results", args=[self.course.pk])

    def get_page_subtitle(self):
        return self.course.title

    def get_breadcrumbs_items(self):
        return breadcrumbs(self.course, self.page_title)

    def export_subject(self):
        return self.course

    def get_filename(self):
        return f"{self.export_filename}-{self.course.code}"


class LearnerList(CourseList):
    """Rows that name a learner each, found by name. `person` is the way to them."""

    person = "enrolment.person"
    is_searchable = True
    search_backend_name = None

    @property
    def search_fields(self):
        path = self.person.replace(".", "__")
        return [f"{path}__last_name", f"{path}__first_name"]

    @property
    def list_export(self):
        return [f"{self.person}.last_name", f"{self.person}.first_name", *self.exported]

    @property
    def export_headings(self):
        names = {f"{self.person}.last_name": gettext_lazy("Nom"), f"{self.person}.first_name": gettext_lazy("Prénom")}
        return names | self.headings


def person_column(path: str = "enrolment.person") -> Column:
    """The learner, in the order of last names."""
    return Column(path, label=gettext_lazy("Personne"), sort_key=f"{path.replace('.', '__')}__last_name")


def quiz_filter() -> django_filters.ModelChoiceFilter:
    """The quizzes of the course."""
    return django_filters.ModelChoiceFilter(
        label=gettext_lazy("Évaluation"), queryset=lambda request: QuizPage.objects.filter(pk__in=steps_of(request))
    )

"""A module: lessons and quizzes of a course that go together."""

from django.db import models
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from courses.models.taught import PRIVATE_PAGE_OPTIONS


class ModulePage(Page):
    """A titled group of lessons and quizzes. It has no address of its own, and adds nothing to theirs."""

    introduction = models.TextField(
        _("introduction"),
        max_length=300,
        blank=True,
        help_text=_("Une phrase, montrée au programme : ce que l’on saura à la fin du module."),
    )

    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage", "courses.QuizPage"]
    page_description = _("Un groupe de leçons et d’évaluations, nommé au programme de la formation.")
    private_page_options = PRIVATE_PAGE_OPTIONS
    preview_modes = []  # learners see it in the programme of its course
    admin_default_ordering = "ord"  # lessons as learners meet them
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def set_url_path(self, parent):
        """The address of its course: so a lesson keeps the same address in a module, out of it, or in another."""
        self.url_path = parent.url_path
        return self.url_path

    def serve(self, request, *args, **kwargs):
        return redirect(self.get_url(request))

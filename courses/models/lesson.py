"""A lesson: what learners read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from courses.asking_forms import LessonPageForm
from courses.blocks import LessonBody
from courses.models.taught import TaughtPage
from courses.panels import LessonWeightPanel


class LessonPage(TaughtPage):
    """One lesson: a body of blocks and the one thing the reader will change tomorrow."""

    duration_minutes = models.PositiveIntegerField(_("durée (minutes)"), default=10)
    body = StreamField(LessonBody(), verbose_name=_("contenu"))
    micro_action = models.TextField(_("ce que je change demain"), max_length=400, blank=True)

    base_form_class = LessonPageForm
    page_description = _("Une leçon à lire, terminée par ce que l’on change dès demain.")
    template = "learning/lesson.html"
    search_fields = [*Page.search_fields, index.SearchField("body")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("body"),
        LessonWeightPanel(heading=_("Poids de la leçon"), icon="lms-weight"),
        FieldPanel("micro_action"),
        FieldPanel("duration_minutes"),
    ]

    class Meta:
        verbose_name = _("leçon")
        verbose_name_plural = _("leçons")

    @property
    def preview_modes(self):
        from courses.preview import LESSON_PREVIEW_MODES  # previews stand above models

        return LESSON_PREVIEW_MODES

    def get_context(self, request, *args, **kwargs):
        from courses.preview import ENROLLED, lesson_context  # previews stand above models

        mode = getattr(request, "preview_mode", None) or ENROLLED
        return super().get_context(request, *args, **kwargs) | lesson_context(self, mode)

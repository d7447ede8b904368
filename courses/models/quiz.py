"""A quiz: questions of the bank, and the rules of its attempts."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page

from courses.models.taught import TaughtPage

PERCENT_VALIDATORS = [MinValueValidator(0), MaxValueValidator(100)]


class QuizPage(TaughtPage):
    """An assessment: questions of the bank, a pass mark and a number of attempts."""

    introduction = models.TextField(_("consigne"), blank=True)
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("seuil de réussite (%)"), default=70, validators=PERCENT_VALIDATORS
    )
    max_attempts = models.PositiveSmallIntegerField(
        _("nombre de tentatives"), default=3, help_text=_("0 = sans limite")
    )
    duration_minutes = models.PositiveIntegerField(_("durée indicative (minutes)"), default=15)
    anonymous_marking = models.BooleanField(
        _("correction anonyme"),
        default=False,
        help_text=_("Qui corrige à la main ne voit pas le nom des personnes."),
    )

    page_description = _("Des questions de la banque, un seuil de réussite et un nombre de tentatives.")
    template = "courses/quiz_page.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel(
            [FieldPanel("pass_mark_percent"), FieldPanel("max_attempts"), FieldPanel("duration_minutes")],
            heading=_("Règles"),
        ),
        FieldPanel("anonymous_marking"),
        InlinePanel("quiz_questions", label=_("question"), min_num=1),
    ]

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")

    def get_context(self, request, *args, **kwargs):
        from courses.preview import quiz_context  # previews stand above models

        return super().get_context(request, *args, **kwargs) | quiz_context(self)


class QuizQuestion(Orderable):
    """A question of the bank asked in a quiz, with its points there."""

    quiz = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey("courses.Question", models.PROTECT, related_name="uses", verbose_name=_("question"))
    points = models.PositiveSmallIntegerField(_("points"), default=1, validators=[MinValueValidator(1)])

    panels = [FieldPanel("question"), FieldPanel("points")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["quiz", "question"], name="courses_question_once_per_quiz")]
        verbose_name = _("question de l’évaluation")

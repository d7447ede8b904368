"""The pages trainers write: home, catalogue, course, lesson and quiz."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from courses.blocks import LessonBody
from lms.people.models import Unit
from lms.skills.models import LEVEL_VALIDATORS, Competence, JobProfile, Strand

PERCENT_VALIDATORS = [MinValueValidator(0), MaxValueValidator(100)]


class HomePage(Page):
    """The front door of the site."""

    introduction = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CataloguePage"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("page d’accueil")


class CataloguePage(Page):
    """The list of courses."""

    introduction = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["courses.HomePage"]
    subpage_types = ["courses.CoursePage"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("catalogue")


class CourseQuerySet(PageQuerySet):
    def in_catalogue(self):
        """Courses anyone may find and join: published, not archived, open to the public."""
        return self.live().public().filter(archived_at__isnull=True)


class CoursePage(Page):
    """What is taught: a description sheet, lessons and quizzes. Archived, never deleted, once it has records."""

    code = models.SlugField(_("code"), max_length=80, unique=True, help_text=_("Ne change jamais."))
    content_version = models.PositiveIntegerField(_("version du contenu"), default=1)
    summary = models.TextField(_("résumé"), max_length=500)
    objectives = StreamField(
        [("objective", blocks.CharBlock(label=_("objectif"), max_length=250))], verbose_name=_("objectifs"), blank=True
    )
    audience = ParentalManyToManyField(JobProfile, blank=True, related_name="+", verbose_name=_("publics"))
    strands = ParentalManyToManyField(Strand, blank=True, related_name="+", verbose_name=_("axes"))
    prerequisites = models.TextField(_("prérequis"), blank=True)
    duration_minutes = models.PositiveIntegerField(_("durée (minutes)"), default=60)
    producer = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("structure productrice")
    )
    contact_email = models.EmailField(_("adresse de contact"), blank=True)
    sources = StreamField([("source", blocks.CharBlock(label=_("source")))], verbose_name=_("sources"), blank=True)
    position = models.PositiveSmallIntegerField(_("ordre dans le catalogue"), default=0)
    archived_at = models.DateTimeField(_("archivée le"), null=True, blank=True, editable=False)

    objects = PageManager.from_queryset(CourseQuerySet)()

    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.LessonPage", "courses.QuizPage"]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.FilterField("archived_at")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("objectives"),
        InlinePanel("competence_gains", label=_("compétence acquise")),
        MultiFieldPanel(
            [FieldPanel("strands"), FieldPanel("audience"), FieldPanel("prerequisites"), FieldPanel("duration_minutes")],
            heading=_("Publics et organisation"),
        ),
        MultiFieldPanel([FieldPanel("producer"), FieldPanel("contact_email"), FieldPanel("sources")], heading=_("Origine")),
        MultiFieldPanel(
            [FieldPanel("code"), FieldPanel("content_version"), FieldPanel("position")], heading=_("Identification")
        ),
    ]

    class Meta:
        verbose_name = _("formation")
        verbose_name_plural = _("formations")

    @property
    def is_archived(self):
        return self.archived_at is not None


class CompetenceGain(Orderable):
    """The level in one competence that a course leads to."""

    course = ParentalKey(CoursePage, models.CASCADE, related_name="competence_gains")
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="+", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["course", "competence"], name="courses_one_gain_per_competence")]
        verbose_name = _("compétence acquise")


class LessonPage(Page):
    """One lesson: a body of blocks and the one thing the reader will change tomorrow."""

    duration_minutes = models.PositiveIntegerField(_("durée (minutes)"), default=10)
    body = StreamField(LessonBody(), verbose_name=_("contenu"))
    micro_action = models.TextField(_("ce que je change demain"), max_length=400, blank=True)

    parent_page_types = ["courses.CoursePage"]
    subpage_types = []
    search_fields = [*Page.search_fields, index.SearchField("body")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("body"),
        FieldPanel("micro_action"),
        FieldPanel("duration_minutes"),
    ]

    class Meta:
        verbose_name = _("leçon")
        verbose_name_plural = _("leçons")


class QuizPage(Page):
    """An assessment: questions of the bank, a pass mark and a number of attempts."""

    introduction = models.TextField(_("consigne"), blank=True)
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("seuil de réussite (%)"), default=70, validators=PERCENT_VALIDATORS
    )
    max_attempts = models.PositiveSmallIntegerField(
        _("nombre de tentatives"), default=3, help_text=_("0 = sans limite")
    )
    duration_minutes = models.PositiveIntegerField(_("durée indicative (minutes)"), default=15)

    parent_page_types = ["courses.CoursePage"]
    subpage_types = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel(
            [FieldPanel("pass_mark_percent"), FieldPanel("max_attempts"), FieldPanel("duration_minutes")],
            heading=_("Règles"),
        ),
        InlinePanel("quiz_questions", label=_("question"), min_num=1),
    ]

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")


class QuizQuestion(Orderable):
    """A question of the bank asked in a quiz, with its points there."""

    quiz = ParentalKey(QuizPage, models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey("courses.Question", models.PROTECT, related_name="uses", verbose_name=_("question"))
    points = models.PositiveSmallIntegerField(_("points"), default=1, validators=[MinValueValidator(1)])

    panels = [FieldPanel("question"), FieldPanel("points")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["quiz", "question"], name="courses_question_once_per_quiz")]
        verbose_name = _("question de l’évaluation")

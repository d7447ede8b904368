"""The pages trainers write: home, catalogue, course, lesson and quiz."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.search import index

from courses.blocks import LessonBody
from courses.panels import LessonWeightPanel
from courses.rules.words import folded
from lms.people.models import Unit
from lms.skills.models import LEVEL_VALIDATORS, Competence, JobProfile, Strand

CATALOGUE_SLUG = "formations"  # the direct routes of learners start there
# A shared password is no way into a page whose every visit is recorded by name.
PRIVATE_PAGE_OPTIONS = [PageViewRestriction.LOGIN, PageViewRestriction.GROUPS]
FIRST_COURSES = 3  # shown on the home page
PERCENT_VALIDATORS = [MinValueValidator(0), MaxValueValidator(100)]


class TaughtPage(Page):
    """A page of a course. Direct routes answer learners; Wagtail serves previews, and nothing to the anonymous."""

    private_page_options = PRIVATE_PAGE_OPTIONS

    class Meta:
        abstract = True

    def serve(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().serve(request, *args, **kwargs)


class HomePage(Page):
    """The front door of the site."""

    introduction = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CataloguePage"]
    max_count = 1
    page_description = _("La porte d’entrée du site. Il n’y en a qu’une.")
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("page d’accueil")

    def get_context(self, request, *args, **kwargs):
        from courses.cards import course_cards  # cards stand above models

        first = CoursePage.objects.visible_to(request.user).in_order()
        return super().get_context(request, *args, **kwargs) | {
            "cards": course_cards(first.with_card_facts()[:FIRST_COURSES])
        }


class CataloguePage(Page):
    """The list of courses."""

    introduction = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["courses.HomePage"]
    subpage_types = ["courses.CoursePage"]
    max_count = 1
    page_description = _("La liste des formations. Ajoutez-y une page par formation.")
    private_page_options = PRIVATE_PAGE_OPTIONS
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("catalogue")

    def clean(self):
        super().clean()
        if self.slug != CATALOGUE_SLUG:
            raise ValidationError({"slug": _("L’adresse du catalogue reste « %(slug)s ».") % {"slug": CATALOGUE_SLUG}})

    def serve(self, request, *args, **kwargs):
        """In a normal request the direct route answers; this one serves Wagtail's previews, by the same view."""
        from courses.views import catalogue_response  # views stand above models

        return catalogue_response(request, self)


class CourseQuerySet(PageQuerySet):
    def in_catalogue(self):
        """Courses anyone may find and join: published, not archived, open to the public."""
        return self.live().public().filter(archived_at__isnull=True)

    def visible_to(self, user):
        """Courses `user` (or an anonymous) finds in the catalogue: published, not archived, not closed to them."""
        courses = self.live().filter(archived_at__isnull=True)
        if user.is_superuser:
            return courses
        closed = PageViewRestriction.objects.exclude(restriction_type=PageViewRestriction.NONE)
        if user.is_authenticated:
            closed = closed.exclude(restriction_type=PageViewRestriction.LOGIN).exclude(
                restriction_type=PageViewRestriction.GROUPS, groups__in=user.groups.all()
            )
        for path in closed.values_list("page__path", flat=True):
            courses = courses.exclude(path__startswith=path)
        return courses

    def in_order(self):
        return self.order_by("position", "title", "pk")

    def with_card_facts(self):
        """All that a card of the catalogue tells, in as many queries for one course as for a hundred."""
        lessons = (
            LessonPage.objects.live()
            .filter(path__startswith=OuterRef("path"), depth=OuterRef("depth") + 1)
            .order_by()
            .annotate(everything=Value(1))
            .values("everything")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return self.annotate(lesson_count=Coalesce(Subquery(lessons), 0)).prefetch_related(
            "strands", "competence_gains__competence"
        )

    def matching(self, words: str):
        """Courses that hold each of the words (or its beginning, or any part), whatever the case and accents."""
        for word in folded(words).split():
            self = self.filter(search_words__contains=word)
        return self


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
    search_words = models.TextField(editable=False, default="")

    objects = PageManager.from_queryset(CourseQuerySet)()

    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.LessonPage", "courses.QuizPage"]
    page_description = _("Une formation : sa fiche, puis ses leçons et son évaluation comme sous-pages.")
    private_page_options = PRIVATE_PAGE_OPTIONS
    template = "learning/course.html"  # the sheet that learners see
    admin_default_ordering = "ord"  # lessons as learners meet them
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.FilterField("archived_at")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("objectives"),
        InlinePanel("competence_gains", label=_("compétence acquise")),
        MultiFieldPanel(
            [
                FieldPanel("strands"),
                FieldPanel("audience"),
                FieldPanel("prerequisites"),
                FieldPanel("duration_minutes"),
            ],
            heading=_("Publics et organisation"),
        ),
        MultiFieldPanel(
            [FieldPanel("producer"), FieldPanel("contact_email"), FieldPanel("sources")], heading=_("Origine")
        ),
        MultiFieldPanel(
            [FieldPanel("code"), FieldPanel("content_version"), FieldPanel("position")], heading=_("Identification")
        ),
    ]

    class Meta:
        verbose_name = _("formation")
        verbose_name_plural = _("formations")

    def full_clean(self, *args, **kwargs):
        self.code = self.code or self.slug
        super().full_clean(*args, **kwargs)

    def save(self, *args, **kwargs):
        self.search_words = folded(" ".join(self._words()))
        if (fields := kwargs.get("update_fields")) is not None and {"title", "summary"} & set(fields):
            kwargs["update_fields"] = {*fields, "search_words"}
        super().save(*args, **kwargs)

    def with_content_json(self, content):
        """A revision never brings back, nor sends away, an archived course."""
        course = super().with_content_json(content)
        course.archived_at = self.archived_at
        return course

    def get_context(self, request, *args, **kwargs):
        from courses.preview import course_context  # previews stand above models

        return super().get_context(request, *args, **kwargs) | course_context(self)

    @property
    def is_archived(self):
        return self.archived_at is not None

    def _words(self):
        yield from (self.title, self.summary)
        yield from (str(objective.value) for objective in self.objectives)
        yield from (gain.competence.name for gain in self.competence_gains.all())


class CompetenceGain(Orderable):
    """The level in one competence that a course leads to."""

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="competence_gains")
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="+", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)

    panels = [FieldRowPanel([FieldPanel("competence"), FieldPanel("level")])]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["course", "competence"], name="courses_one_gain_per_competence")]
        verbose_name = _("compétence acquise")


class LessonPage(TaughtPage):
    """One lesson: a body of blocks and the one thing the reader will change tomorrow."""

    duration_minutes = models.PositiveIntegerField(_("durée (minutes)"), default=10)
    body = StreamField(LessonBody(), verbose_name=_("contenu"))
    micro_action = models.TextField(_("ce que je change demain"), max_length=400, blank=True)

    parent_page_types = ["courses.CoursePage"]
    subpage_types = []
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

    def get_context(self, request, *args, **kwargs):
        from courses.preview import lesson_context  # previews stand above models

        return super().get_context(request, *args, **kwargs) | lesson_context(self)


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

    parent_page_types = ["courses.CoursePage"]
    subpage_types = []
    page_description = _("Des questions de la banque, un seuil de réussite et un nombre de tentatives.")
    template = "courses/quiz_page.html"
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

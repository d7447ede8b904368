"""A course: its description sheet, and the list of courses as each visitor may see it."""

from django.db import models
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Left, Length
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager, PageViewRestriction
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet
from wagtail.search import index

from courses.models.lesson import LessonPage
from courses.models.module import ModulePage
from courses.models.taught import PRIVATE_PAGE_OPTIONS
from courses.rules.words import folded
from lms.people.models import Unit
from lms.skills.models import LEVEL_VALIDATORS, Competence, JobProfile, Strand


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

    def taught_by(self, user):
        """Courses that `user` may write."""
        return self.filter(pk__in=page_permission_policy.instances_user_has_permission_for(user, "change").values("pk"))

    def in_order(self):
        return self.order_by("position", "title", "pk")

    def with_card_facts(self):
        """All that a card of the catalogue tells, in as many queries for one course as for a hundred."""
        hidden = ModulePage.objects.filter(live=False).values("path")
        lessons = (
            LessonPage.objects.live()
            .filter(path__startswith=OuterRef("path"))
            .annotate(parent_path=Left("path", Length("path") - Page.steplen))
            .exclude(parent_path__in=hidden)
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
    subpage_types = ["courses.ModulePage", "courses.LessonPage", "courses.QuizPage"]
    page_description = _(
        "Une formation : sa fiche, puis ses leçons et son évaluation, en modules ou non, comme sous-pages."
    )
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

"""A course: its description sheet, and the list of courses as each visitor may see it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Left, Length
from django.forms import CheckboxSelectMultiple
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index

from courses.course_forms import CoursePageForm
from courses.models.lesson import LessonPage
from courses.models.listed import ListedQuerySet
from courses.models.module import ModulePage
from courses.models.producer import producer_field
from courses.models.sheet import LICENCE_TEXTS, Licence
from courses.models.taught import PRIVATE_PAGE_OPTIONS, Assurance
from courses.rules.words import folded
from lms.skills.models import JobProfile, Strand


class CourseQuerySet(ListedQuerySet):
    def in_catalogue(self):
        """Courses anyone may find and join: published, not archived, open to the public."""
        return self.live().public().filter(archived_at__isnull=True)

    def visible_to(self, user):
        """Courses `user` (or an anonymous) finds in the catalogue: published, not archived, not closed to them."""
        return super().visible_to(user).filter(archived_at__isnull=True)

    def past_review(self, day):
        """Courses in use whose content should have been reviewed before `day`."""
        return self.filter(review_due_on__lt=day, archived_at__isnull=True)

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


class CoursePage(Page):
    """What is taught: a description sheet, lessons and quizzes. Archived, never deleted, once it has records."""

    code = models.SlugField(
        _("code"),
        max_length=80,
        unique=True,
        help_text=_("Donné d’après l’adresse quand la formation est créée ou copiée ; il ne change jamais."),
    )
    content_version = models.PositiveIntegerField(_("version du contenu"), default=1)
    summary = models.TextField(_("résumé"), max_length=500)
    objectives = StreamField(
        [("objective", blocks.CharBlock(label=_("objectif"), max_length=250))], verbose_name=_("objectifs"), blank=True
    )
    audience = ParentalManyToManyField(JobProfile, blank=True, related_name="+", verbose_name=_("publics"))
    strands = ParentalManyToManyField(Strand, blank=True, related_name="+", verbose_name=_("axes"))
    prerequisites = models.TextField(
        _("autres prérequis"),
        blank=True,
        help_text=_(
            "Ce que ni une formation ni un niveau de compétence ne dit : un matériel, un accès, une habilitation."
        ),
    )
    duration_minutes = models.PositiveIntegerField(_("durée en ligne (minutes)"), default=60)
    in_person_minutes = models.PositiveIntegerField(
        _("durée en présentiel (minutes)"), default=0, help_text=_("0 = tout se fait en ligne.")
    )
    assurance = models.CharField(
        _("niveau d’assurance"),
        max_length=2,
        choices=Assurance.choices,
        default=Assurance.N2,
        help_text=_("Ce que vaut la preuve délivrée à la fin."),
    )
    producer = producer_field(_("L’administration ou le partenaire qui répond du contenu."))
    contact_email = models.EmailField(
        _("adresse de contact"), help_text=_("Lue par quelqu’un : les apprenants y posent leurs questions.")
    )
    licence = models.CharField(_("licence"), max_length=20, choices=Licence.choices, blank=True)
    review_due_on = models.DateField(
        _("à réviser avant le"),
        null=True,
        blank=True,
        help_text=_("Passé ce jour, la formation figure parmi celles à réviser ; elle reste publiée."),
    )
    sources = StreamField([("source", blocks.CharBlock(label=_("source")))], verbose_name=_("sources"), blank=True)
    position = models.PositiveSmallIntegerField(_("ordre dans le catalogue"), default=0)
    archived_at = models.DateTimeField(_("archivée le"), null=True, blank=True, editable=False)
    search_words = models.TextField(editable=False, default="")

    objects = PageManager.from_queryset(CourseQuerySet)()

    parent_page_types = ["courses.CataloguePage", "courses.ProducerPage"]
    subpage_types = ["courses.ModulePage", "courses.LessonPage", "courses.QuizPage"]
    page_description = _(
        "Une formation : sa fiche, puis ses leçons et son évaluation, en modules ou non, comme sous-pages."
    )
    private_page_options = PRIVATE_PAGE_OPTIONS
    base_form_class = CoursePageForm
    template = "learning/course.html"  # the sheet that learners see
    exclude_fields_in_copy = ["code", "content_version", "archived_at", "search_words"]
    admin_default_ordering = "ord"  # lessons as learners meet them
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.FilterField("archived_at")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("objectives", help_text=_("Ce que l’on saura faire à la fin : un verbe d’action par objectif.")),
        InlinePanel("competence_gains", label=_("compétence acquise")),
        MultiFieldPanel(
            [
                FieldPanel("strands", widget=CheckboxSelectMultiple),
                FieldPanel("audience", widget=CheckboxSelectMultiple),
                FieldRowPanel([FieldPanel("duration_minutes"), FieldPanel("in_person_minutes")]),
                FieldPanel("assurance"),
            ],
            heading=_("Publics et organisation"),
        ),
        MultiFieldPanel(
            [
                InlinePanel("required_courses", label=_("formation à suivre avant")),
                InlinePanel("required_levels", label=_("niveau à avoir avant")),
                FieldPanel("prerequisites"),
            ],
            heading=_("Prérequis"),
            help_text=_(
                "Ils informent l’apprenant de ce qu’il a et de ce qu’il lui manque ; ils ne bloquent personne."
            ),
        ),
        MultiFieldPanel(
            [
                FieldPanel("producer"),
                FieldPanel("contact_email"),
                FieldPanel("licence"),
                FieldPanel("review_due_on"),
                FieldPanel("sources"),
            ],
            heading=_("Origine et tenue à jour"),
        ),
        MultiFieldPanel(
            [FieldPanel("code", read_only=True), FieldPanel("content_version"), FieldPanel("position")],
            heading=_("Identification"),
        ),
    ]

    class Meta:
        # Rights over a unit, carried by roles: the branch of the unit, and those below it, open to who holds them.
        permissions = [
            ("write_course", _("Peut écrire les formations de sa structure")),
            ("review_course", _("Peut relire les formations de sa structure avant leur publication")),
        ]
        verbose_name = _("formation")
        verbose_name_plural = _("formations")

    def full_clean(self, *args, **kwargs):
        self._give_code()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self):
        self._give_code()
        super().minimal_clean()

    def save(self, *args, **kwargs):
        self.search_words = folded(" ".join(self._words()))
        if (fields := kwargs.get("update_fields")) is not None and {"title", "summary"} & set(fields):
            kwargs["update_fields"] = {*fields, "search_words"}
        super().save(*args, **kwargs)

    def _check_slug_is_unique(self):
        """Courses share one list of addresses, whatever their branch."""
        super()._check_slug_is_unique()
        if other := CoursePage.objects.filter(slug=self.slug).exclude(pk=self.pk).first():
            raise ValidationError(
                {
                    "slug": _("La formation « %(title)s » a déjà cette adresse : choisissez-en une autre.")
                    % {"title": other.title}
                }
            )

    def with_content_json(self, content):
        """A revision never brings back, nor sends away, an archived course; nor does it change the code."""
        course = super().with_content_json(content)
        course.archived_at, course.code = self.archived_at, self.code
        return course

    @property
    def preview_modes(self):
        from courses.preview import course_preview_modes  # previews stand above models

        return course_preview_modes()

    def get_context(self, request, *args, **kwargs):
        from courses.preview import course_context  # previews stand above models

        mode = getattr(request, "preview_mode", None) or ""
        return super().get_context(request, *args, **kwargs) | course_context(self, mode)

    @property
    def licence_url(self):
        """Where the licence can be read, "" for none."""
        return LICENCE_TEXTS.get(self.licence, "")

    @property
    def is_archived(self):
        return self.archived_at is not None

    @property
    def is_open(self):
        """Whether the catalogue offers it: published, not archived."""
        return self.live and not self.is_archived

    def _give_code(self):
        """The slug for a code; numbered if a course has it, as that of a copy in another branch may."""
        number, wanted = 1, slugify(self.slug)[:76]
        while not self.code and wanted:
            code, number = (wanted if number == 1 else f"{wanted}-{number}"), number + 1
            if not CoursePage.objects.filter(code=code).exists():
                self.code = code

    def _words(self):
        yield from (self.title, self.summary)
        yield from (str(objective.value) for objective in self.objectives)
        yield from (gain.competence.name for gain in self.competence_gains.all())

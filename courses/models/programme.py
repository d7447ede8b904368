"""A programme: courses in order, each required or optional, and what is asked for the whole to be completed."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page, PageManager

from courses.models.course import CoursePage
from courses.models.listed import ListedQuerySet
from courses.models.producer import producer_field
from courses.models.taught import PRIVATE_PAGE_OPTIONS
from courses.programme_forms import ProgrammePageForm
from courses.rules.words import folded
from lms.skills.models import JobProfile

PROGRAMMES_SLUG = "parcours"  # their addresses stand beside those of courses: /parcours/…/


class ProgrammePage(Page):
    """Courses of the catalogue, in order, that are followed as a whole. Hours and competences are those of its courses."""

    summary = models.TextField(_("résumé"), max_length=500)
    audience = ParentalManyToManyField(JobProfile, blank=True, related_name="+", verbose_name=_("publics"))
    producer = producer_field(_("L’administration ou le partenaire qui répond du parcours."))
    contact_email = models.EmailField(
        _("adresse de contact"), help_text=_("Lue par quelqu’un : les apprenants y posent leurs questions.")
    )
    optional_count = models.PositiveSmallIntegerField(
        _("nombre de formations facultatives à terminer"),
        default=0,
        help_text=_("« Au moins N facultatives » : 0 = aucune n’est exigée."),
    )
    needs_certificates = models.BooleanField(
        _("exige les certificats des formations"),
        default=True,
        help_text=_(
            "Coché : chaque formation compte dès que son certificat ou son attestation est valide, et le parcours donne un "
            "certificat. Non coché : elle compte dès qu’elle est terminée, et le parcours donne une attestation de suivi."
        ),
    )
    validity_months = models.PositiveSmallIntegerField(
        _("durée de validité (mois)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_(
            "Vide : le certificat du parcours vaut aussi longtemps que ceux de ses formations. Jamais au-delà du premier "
            "d’entre eux à expirer."
        ),
    )
    position = models.PositiveSmallIntegerField(_("ordre dans le catalogue"), default=0)
    search_words = models.TextField(editable=False, default="")

    objects = PageManager.from_queryset(ListedQuerySet)()

    parent_page_types = ["courses.CataloguePage", "courses.ProducerPage"]
    subpage_types: list[str] = []
    page_description = _("Un parcours : des formations du catalogue, dans l’ordre, obligatoires ou facultatives.")
    private_page_options = PRIVATE_PAGE_OPTIONS
    base_form_class = ProgrammePageForm
    template = "learning/programme.html"  # the page that learners see
    exclude_fields_in_copy = ["search_words"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                InlinePanel("parts", label=_("formation"), min_num=1),
                FieldPanel("optional_count"),
                FieldPanel("needs_certificates"),
                FieldPanel("validity_months"),
            ],
            heading=_("Formations et règles"),
            help_text=_(
                "Dans l’ordre où les suivre. Le parcours ne bloque personne : on commence par celle qu’on veut."
            ),
        ),
        FieldPanel("audience", widget=CheckboxSelectMultiple),
        MultiFieldPanel(
            [FieldPanel("producer"), FieldPanel("contact_email"), FieldPanel("position")],
            heading=_("Origine et tenue à jour"),
        ),
    ]

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")

    def save(self, *args, **kwargs):
        self.search_words = folded(f"{self.title} {self.summary}")
        if (fields := kwargs.get("update_fields")) is not None and {"title", "summary"} & set(fields):
            kwargs["update_fields"] = {*fields, "search_words"}
        super().save(*args, **kwargs)

    def set_url_path(self, parent):
        """Beside the catalogue, whatever the branch."""
        site_path = parent.url_path.rstrip("/").rpartition("/")[0]
        self.url_path = f"{site_path}/{PROGRAMMES_SLUG}/{self.slug}/"
        return self.url_path

    def get_context(self, request, *args, **kwargs):
        """Wagtail's previews: the page as someone who is not enrolled sees it; the direct route answers learners."""
        from courses.programmes import parts_of, programme_sheet  # pages stand above models

        return super().get_context(request, *args, **kwargs) | programme_sheet(self, parts_of(self, request.user))

    def _check_slug_is_unique(self):
        """Programmes share one list of addresses, whatever their branch."""
        super()._check_slug_is_unique()
        if other := ProgrammePage.objects.filter(slug=self.slug).exclude(pk=self.pk).first():
            raise ValidationError(
                {
                    "slug": _("Le parcours « %(title)s » a déjà cette adresse : choisissez-en une autre.")
                    % {"title": other.title}
                }
            )


class ProgrammeCourse(Orderable):
    """One course of a programme."""

    programme = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="parts")
    course = models.ForeignKey(CoursePage, models.PROTECT, related_name="programme_parts", verbose_name=_("formation"))
    is_required = models.BooleanField(_("obligatoire"), default=True)

    panels = [FieldRowPanel([FieldPanel("course"), FieldPanel("is_required")])]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["programme", "course"], name="courses_one_part_per_course_of_a_programme")
        ]
        verbose_name = _("formation du parcours")

    def __str__(self):
        return str(self.course)

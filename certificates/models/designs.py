"""Designs of documents, as officers edit them, and the versions that documents were drawn with, kept for ever."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from certificates import design as parts
from courses.models import CoursePage
from courses.models.producer import producer_field
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.people.models import Unit

COLOUR = RegexValidator(
    r"^#[0-9a-fA-F]{6}\Z", _("Une couleur s’écrit # et six chiffres ou lettres de a à f : #1a2350.")
)


class DesignQuerySet(models.QuerySet):
    def in_scope_of(self, user, permission: str):
        """Those of the units (or of courses made by the units) under which `user` holds `permission` by a role.

        A design for the whole platform is in the hands of those whose roles cover every unit.
        """
        units = Unit.objects.in_scope_of(user, permission)
        inside = Q(unit__in=units) | Q(course__producer__in=units)
        if covers_everything(user, permission):
            inside |= Q(unit__isnull=True, course__isnull=True) | Q(course__isnull=False, course__producer__isnull=True)
        return self.filter(inside)

    def for_course(self, kind: str, course: CoursePage):
        """Those in service that may apply: the course's own, those of its producer and the units above, the platform's."""
        return self._in_service(kind, course.producer, Q(course=course))

    def for_producer(self, kind: str, producer: Unit | None):
        """Those of a programme: of its producer and the units above, the platform's."""
        return self._in_service(kind, producer, Q())

    def _in_service(self, kind: str, producer: Unit | None, own: Q):
        steps = range(Unit.steplen, len(producer.path) + 1, Unit.steplen) if producer else ()
        everywhere = Q(course__isnull=True, unit__isnull=True)
        by_unit = Q(unit__path__in=[producer.path[:step] for step in steps])
        rows = self.filter(everywhere | by_unit | own, kind=kind, is_in_service=True)
        return rows.order_by(F("course").asc(nulls_last=True), F("unit__path").desc(nulls_last=True))


def covers_everything(user, permission: str) -> bool:
    """Whether the roles of `user` that carry `permission` cover every unit there is."""
    if user.is_active and user.is_superuser:
        return True
    tops = Unit.objects.filter(depth=1)
    held = Unit.objects.in_scope_of(user, permission).filter(depth=1)
    return tops.exists() and tops.count() == held.count()


def courses_in_scope_of(user, permission: str):
    """The courses made by the units under which `user` holds `permission`; all, when the roles cover every unit."""
    if covers_everything(user, permission):
        return CoursePage.objects.all()
    return CoursePage.objects.filter(producer__in=Unit.objects.in_scope_of(user, permission))


class Design(ClusterableModel):
    """How documents of one kind look, for the whole platform, for the courses of a unit, or for one course."""

    class Kind(models.TextChoices):
        CERTIFICATE = parts.CERTIFICATE, _("certificat (N2 à N4)")
        ATTESTATION = parts.ATTESTATION, _("attestation de suivi (N1)")

    class Languages(models.TextChoices):
        FRENCH = "fr", _("français")
        ENGLISH = "en", _("anglais")
        BOTH = "fr-en", _("français, et anglais en second")

    name = models.CharField(_("nom du modèle"), max_length=120, unique=True)
    kind = models.CharField(_("document"), max_length=12, choices=Kind.choices, default=Kind.CERTIFICATE)
    unit = producer_field(
        _("Vaut pour les formations de cette structure et de celles qui en dépendent. Vide : pour toutes.")
    )
    course = models.ForeignKey(
        CoursePage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("formation"),
        help_text=_("Vaut pour cette seule formation."),
    )
    is_in_service = models.BooleanField(
        _("en service"),
        default=False,
        help_text=_(
            "Les prochains documents sont dessinés ainsi. Il prend la place du modèle en service au même endroit."
        ),
    )
    languages = models.CharField(_("langues"), max_length=5, choices=Languages.choices, default=Languages.FRENCH)

    title_fr = models.CharField(_("titre"), max_length=60, blank=True)
    given_to_fr = models.CharField(_("avant le nom"), max_length=60, blank=True)
    purpose_fr = models.CharField(_("avant la formation"), max_length=110, blank=True)
    header_fr = models.CharField(_("en-tête"), max_length=90, blank=True)
    statement_fr = models.CharField(_("mention"), max_length=140, blank=True)
    title_en = models.CharField(_("titre"), max_length=60, blank=True)
    given_to_en = models.CharField(_("avant le nom"), max_length=60, blank=True)
    purpose_en = models.CharField(_("avant la formation"), max_length=110, blank=True)
    header_en = models.CharField(_("en-tête"), max_length=90, blank=True)
    statement_en = models.CharField(_("mention"), max_length=140, blank=True)

    main_colour = models.CharField(_("titres"), max_length=7, validators=[COLOUR], default=parts.Colours.main)
    second_colour = models.CharField(_("formation"), max_length=7, validators=[COLOUR], default=parts.Colours.second)
    accent_colour = models.CharField(_("ornements"), max_length=7, validators=[COLOUR], default=parts.Colours.accent)
    ground_colour = models.CharField(
        _("fond du panneau"), max_length=7, validators=[COLOUR], default=parts.Colours.ground
    )

    objects = DesignQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(course__isnull=True), name="certificates_design_of_unit_or_course"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(is_in_service=True, unit__isnull=True, course__isnull=True),
                name="certificates_one_design_for_all",
            ),
            models.UniqueConstraint(
                fields=["kind", "unit"], condition=Q(is_in_service=True), name="certificates_one_design_per_unit"
            ),
            models.UniqueConstraint(
                fields=["kind", "course"], condition=Q(is_in_service=True), name="certificates_one_design_per_course"
            ),
        ]
        verbose_name = _("modèle de document")
        verbose_name_plural = _("modèles de documents")

    def __str__(self):
        return self.name

    def validate_constraints(self, exclude=None):
        """Two in service at one place is no mistake of who fills the form: `save_design` withdraws the former."""
        super().validate_constraints({*(exclude or ()), "is_in_service"})

    @property
    def place(self) -> str:
        """Where it applies, in words."""
        return str(self.course or self.unit or _("toute la plateforme"))

    @property
    def colours(self) -> parts.Colours:
        return parts.Colours(self.main_colour, self.second_colour, self.accent_colour, self.ground_colour)

    def content(self) -> parts.DesignContent:
        """All that a document takes of it, as it is now; a text left empty says what such documents usually say."""
        languages = parts.LANGUAGES[self.languages]
        return parts.DesignContent(
            kind=self.kind,
            languages=languages,
            texts=tuple(self.texts_in(language) for language in languages),
            colours=self.colours,
            logos=tuple(logo.content() for logo in self.logos.all()),
            signatories=tuple(parts.Signatory(row.name, row.title) for row in self.signatories.all()),
        )

    def texts_in(self, language: str) -> parts.Texts:
        usual = parts.DEFAULT_TEXTS[self.kind, language]
        given = {name: getattr(self, f"{name}_{language}") or getattr(usual, name) for name in parts.TEXT_NAMES}
        return parts.Texts(**given)


class DesignSignatory(Orderable):
    """Who answers for the documents of a design."""

    design = ParentalKey(Design, on_delete=models.CASCADE, related_name="signatories")
    name = models.CharField(_("nom"), max_length=80)
    title = models.CharField(_("fonction"), max_length=140)

    class Meta(Orderable.Meta):
        verbose_name = _("signataire")
        verbose_name_plural = _("signataires")

    def __str__(self):
        return self.name


class DesignLogo(Orderable):
    """A picture at the top of the documents of a design; `drawing` holds what was kept of its SVG (`design.Logo`)."""

    design = ParentalKey(Design, on_delete=models.CASCADE, related_name="logos")
    alt = models.CharField(
        _("ce qu’il représente"), max_length=120, help_text=_("Lu à voix haute : « Armoiries du Bénin ».")
    )
    drawing = models.JSONField(_("tracés"), default=dict, editable=False)

    class Meta(Orderable.Meta):
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self):
        return self.alt

    def content(self) -> parts.Logo:
        return parts.Logo(self.alt, **self.drawing)


class DesignVersion(AppendOnlyModel):
    """A design as documents were drawn with it: written at its first use, never changed."""

    design = models.ForeignKey(Design, models.PROTECT, related_name="versions", verbose_name=_("modèle"))
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("contenu figé"))
    sha256 = models.CharField(_("empreinte du contenu"), max_length=64)
    first_used_at = models.DateTimeField(_("employée depuis"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["design", "number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="certificates_design_version_once"),
            models.UniqueConstraint(fields=["design", "sha256"], name="certificates_same_content_same_version"),
        ]
        default_permissions = []
        verbose_name = _("version de modèle")
        verbose_name_plural = _("versions de modèles")

    def __str__(self):
        return _("%(design)s, version %(number)s") % {"design": self.design, "number": self.number}

    @property
    def drawn(self) -> parts.DesignContent:
        """What documents are drawn with."""
        return parts.DesignContent.from_json(self.content)

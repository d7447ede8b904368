"""The vocabulary of skills: frameworks, areas, competences, levels and what each job profile requires. Knows nobody."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

MIN_LEVEL, MAX_LEVEL = 1, 5
REQUIRED_LEVEL_VALIDATORS = [MinValueValidator(0), MaxValueValidator(MAX_LEVEL)]
LEVEL_VALIDATORS = [MinValueValidator(MIN_LEVEL), MaxValueValidator(MAX_LEVEL)]


class Strand(models.Model):
    """One of the Centre's lines of action, shared by catalogue and reports."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("nom"), max_length=120)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("axe")
        verbose_name_plural = _("axes")

    def __str__(self):
        return self.name


class Framework(ClusterableModel):
    """One published edition of a competence framework."""

    code = models.SlugField(_("code"), unique=True)
    version = models.CharField(_("version"), max_length=40)
    title = models.CharField(_("titre"), max_length=200)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    license = models.TextField(_("licence"), blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("référentiel")
        verbose_name_plural = _("référentiels")

    def __str__(self):
        return self.title


class Level(models.Model):
    """One step (1 to 5) of a framework's scale."""

    framework = ParentalKey(Framework, on_delete=models.CASCADE, related_name="levels", verbose_name=_("référentiel"))
    number = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)
    name = models.CharField(_("nom"), max_length=60)
    summary = models.TextField(_("résumé"))
    autonomy = models.CharField(_("autonomie"), max_length=60, blank=True)

    class Meta:
        ordering = ["framework", "number"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "number"], name="skills_one_level_per_number"),
            models.CheckConstraint(
                condition=models.Q(number__range=(MIN_LEVEL, MAX_LEVEL)), name="skills_level_number_1_to_5"
            ),
        ]
        verbose_name = _("niveau")
        verbose_name_plural = _("niveaux")

    def __str__(self):
        return f"{self.number} – {self.name}"


class Area(ClusterableModel):
    """A domain of a framework, grouping competences."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="areas", verbose_name=_("référentiel"))
    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("nom"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    strands = ParentalManyToManyField(Strand, blank=True, related_name="areas", verbose_name=_("axes"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        ordering = ["framework", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="skills_area_code_once")]
        verbose_name = _("domaine")
        verbose_name_plural = _("domaines")

    def __str__(self):
        return self.name


class Competence(ClusterableModel):
    """What a person can be able to do, at a level from 1 to 5."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="competences", verbose_name=_("domaine"))
    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("nom"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    alignments = models.JSONField(_("correspondances"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        ordering = ["area__position", "position", "pk"]
        verbose_name = _("compétence")
        verbose_name_plural = _("compétences")

    def __str__(self):
        return f"{self.code} – {self.name}"


class LevelDescriptor(models.Model):
    """What holding a competence at one level looks like."""

    competence = ParentalKey(
        Competence, on_delete=models.CASCADE, related_name="descriptors", verbose_name=_("compétence")
    )
    number = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)
    text = models.TextField(_("descripteur"))

    class Meta:
        ordering = ["competence", "number"]
        constraints = [models.UniqueConstraint(fields=["competence", "number"], name="skills_one_descriptor_per_level")]
        verbose_name = _("descripteur")
        verbose_name_plural = _("descripteurs")

    def __str__(self):
        return f"{self.competence.code} {self.number}"


class JobProfile(ClusterableModel):
    """The levels a kind of post requires."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="job_profiles", verbose_name=_("référentiel"))
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("nom"), max_length=160)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("profil de poste")
        verbose_name_plural = _("profils de poste")

    def __str__(self):
        return self.name


class ProfileRequirement(models.Model):
    """The level (0 = not required, to 5) one job profile requires in one competence."""

    profile = ParentalKey(JobProfile, on_delete=models.CASCADE, related_name="requirements", verbose_name=_("profil"))
    competence = models.ForeignKey(
        Competence, models.PROTECT, related_name="requirements", verbose_name=_("compétence")
    )
    level = models.PositiveSmallIntegerField(_("niveau requis"), validators=REQUIRED_LEVEL_VALIDATORS)

    class Meta:
        ordering = ["profile", "competence"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "competence"], name="skills_one_requirement_per_competence"),
            models.CheckConstraint(condition=models.Q(level__range=(0, MAX_LEVEL)), name="skills_requirement_0_to_5"),
        ]
        verbose_name = _("niveau requis")
        verbose_name_plural = _("niveaux requis")

    def __str__(self):
        return f"{self.profile.code} {self.competence.code} ≥ {self.level}"

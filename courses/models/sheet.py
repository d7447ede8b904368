"""What the description sheet of a course states besides its own fields: what it asks for first, what it leads to, its licence."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from lms.skills.models import LEVEL_VALIDATORS, Competence

LICENCE_TEXTS = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/deed.fr",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/deed.fr",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/deed.fr",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/deed.fr",
}


class Licence(models.TextChoices):
    """What others may do with a course; the free licences by their SPDX identifier."""

    CC0 = "CC0-1.0", _("CC0 – domaine public")
    BY = "CC-BY-4.0", _("CC BY 4.0 – réutilisable en citant la source")
    BY_SA = "CC-BY-SA-4.0", _("CC BY-SA 4.0 – réutilisable sous la même licence")
    BY_NC = "CC-BY-NC-4.0", _("CC BY-NC 4.0 – réutilisable sans usage commercial")
    BY_NC_SA = "CC-BY-NC-SA-4.0", _("CC BY-NC-SA 4.0 – sans usage commercial, sous la même licence")
    RESERVED = "reserved", _("Tous droits réservés")


class CompetenceGain(Orderable):
    """The level in one competence that a course leads to."""

    course = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="competence_gains")
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="+", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)

    panels = [FieldRowPanel([FieldPanel("competence"), FieldPanel("level")])]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["course", "competence"], name="courses_one_gain_per_competence")]
        verbose_name = _("compétence acquise")


class RequiredCourse(Orderable):
    """A course to have followed before this one."""

    course = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="required_courses")
    required = models.ForeignKey(
        "courses.CoursePage", models.CASCADE, related_name="required_by", verbose_name=_("formation")
    )

    panels = [FieldPanel("required")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "required"], name="courses_one_prerequisite_per_course")
        ]
        verbose_name = _("formation à suivre avant")

    def __str__(self):
        return str(self.required)

    def clean(self):
        if self.required_id and self.required_id == self.course_id:
            raise ValidationError({"required": _("Une formation n’est pas son propre prérequis.")})


class RequiredLevel(Orderable):
    """The level in one competence to hold before this course."""

    course = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="required_levels")
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="+", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)

    panels = [FieldRowPanel([FieldPanel("competence"), FieldPanel("level")])]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "competence"], name="courses_one_prerequisite_per_competence")
        ]
        verbose_name = _("niveau à avoir avant")

    def __str__(self):
        return f"{self.competence}, niveau {self.level}"

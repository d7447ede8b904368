"""What is granted to one person against the rules of a quiz: more time, one more attempt, an attempt opened again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, QuizPage
from lms.assessment.models.attempts import Attempt
from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.learning.models import Enrolment
from lms.people.models import User


class AllowanceQuerySet(AppendOnlyQuerySet):
    def taught_by(self, user):
        """What was granted in the courses that `user` teaches."""
        return self.filter(enrolment__course__in=CoursePage.objects.taught_by(user))

    def in_force(self, now):
        """What has not expired at `now`."""
        return self.filter(expires_at__gte=now)


class Allowance(AppendOnlyModel):
    """One exception for one learner in one quiz, with its reason, its author and its last moment."""

    class Kind(models.TextChoices):
        EXTRA_TIME = "extra_time", _("temps supplémentaire")
        EXTRA_ATTEMPT = "extra_attempt", _("tentative supplémentaire")
        REOPENING = "reopening", _("réouverture d’une tentative")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="allowances", verbose_name=_("inscription"))
    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="allowances", verbose_name=_("évaluation"))
    attempt = models.ForeignKey(
        Attempt, models.PROTECT, null=True, blank=True, related_name="allowances", verbose_name=_("tentative rouverte")
    )
    kind = models.CharField(_("nature"), max_length=14, choices=Kind.choices)
    minutes = models.PositiveSmallIntegerField(_("minutes supplémentaires"), default=0)
    reason = models.TextField(_("motif"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("accordée par"))
    created_at = models.DateTimeField(_("accordée le"))
    expires_at = models.DateTimeField(_("valable jusqu’au"))

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & Q(expires_at__gt=models.F("created_at")),
                name="assessment_allowance_is_justified_and_ends",
            ),
            models.CheckConstraint(
                condition=(Q(kind="extra_time") & Q(minutes__gt=0)) | (~Q(kind="extra_time") & Q(minutes=0)),
                name="assessment_extra_time_has_minutes",
            ),
            models.CheckConstraint(
                condition=(Q(kind="reopening") & Q(attempt__isnull=False))
                | (~Q(kind="reopening") & Q(attempt__isnull=True)),
                name="assessment_reopening_names_its_attempt",
            ),
        ]
        verbose_name = _("dérogation")
        verbose_name_plural = _("dérogations")

    def __str__(self):
        return f"{self.enrolment.person} – {self.quiz} : {self.get_kind_display()}"

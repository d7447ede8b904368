"""HR: evidence that a person holds a level, and the level held now, derived from it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from lms.people.models import OwnedQuerySet, Post, User, UserQuerySet
from lms.skills.models import LEVEL_VALIDATORS, MAX_LEVEL, MIN_LEVEL, Competence, ProfileRequirement


class AppendOnly(Exception):
    """Evidence is a fact: it is added, never changed nor deleted."""


class EvidenceQuerySet(OwnedQuerySet):
    def counting(self):
        """Evidence that may prove a level: all but that of a certificate suspended, replaced or revoked."""
        return self.filter(Q(certificate__isnull=True) | Q(certificate__state=Certificate.State.VALID))

    def for_display(self):
        """With what a table of evidence shows, the newest first."""
        return self.select_related("competence", "certificate", "recorded_by")

    def update(self, **kwargs):
        raise AppendOnly

    def delete(self):
        raise AppendOnly


class Evidence(models.Model):
    """Why we believe a person holds a level: dated, perhaps expiring; appended, never edited, once by `source_key`."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("certificat")
        PLACEMENT = "placement", _("test de positionnement")
        MANAGER = "manager", _("confirmation du responsable")
        PRIOR_LEARNING = "prior_learning", _("acquis antérieurs")

    person = models.ForeignKey(User, models.PROTECT, related_name="evidence", verbose_name=_("personne"))
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="evidence", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), validators=LEVEL_VALIDATORS)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind.choices)
    certificate = models.ForeignKey(
        Certificate, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("certificat")
    )
    obtained_on = models.DateField(_("obtenue le"))
    expires_on = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    content_version = models.PositiveIntegerField(_("version du contenu"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("enregistrée par")
    )
    recorded_at = models.DateTimeField(_("enregistrée le"), auto_now_add=True)
    source_key = models.CharField(_("clé"), max_length=120, unique=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-obtained_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(MIN_LEVEL, MAX_LEVEL)), name="hr_evidence_level_1_to_5"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("obtained_on")),
                name="hr_evidence_expires_after_it_is_obtained",
            ),
            models.CheckConstraint(
                condition=Q(kind="certificate", certificate__isnull=False)
                | (~Q(kind="certificate") & Q(certificate__isnull=True)),
                name="hr_certificate_evidence_names_its_certificate",
            ),
        ]
        indexes = [models.Index(fields=["person", "competence"], name="hr_evidence_person_skill")]
        verbose_name = _("preuve")
        verbose_name_plural = _("preuves")

    def __str__(self):
        return self.source_key

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly


class HeldLevelQuerySet(OwnedQuerySet):
    def in_force(self, day):
        """Levels whose evidence has not expired on `day` (`until` is the last day)."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day))


class HeldLevel(models.Model):
    """The level a person holds in one competence, derived from the best evidence; rebuilt, never edited."""

    person = models.ForeignKey(User, models.PROTECT, related_name="held_levels", verbose_name=_("personne"))
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="held_levels", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name=_("preuve"))
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = HeldLevelQuerySet.as_manager()

    class Meta:
        ordering = ["person", "competence"]
        constraints = [
            models.UniqueConstraint(fields=["person", "competence"], name="hr_one_held_level_per_competence"),
            models.CheckConstraint(condition=Q(level__range=(MIN_LEVEL, MAX_LEVEL)), name="hr_held_level_1_to_5"),
        ]
        verbose_name = _("niveau acquis")
        verbose_name_plural = _("niveaux acquis")

    def __str__(self):
        return f"{self.person_id} {self.competence_id} {self.level}"


class ColleagueQuerySet(UserQuerySet):
    def with_post(self, day):
        """Each with the primary post in force on `day`: `post_id`, `unit_name`, `profile_id`, `profile_name`."""
        posts = Post.objects.in_force(day).filter(person=OuterRef("pk"), is_primary=True).order_by("-starts_on", "-pk")
        return self.annotate(
            post_id=Subquery(posts.values("pk")[:1]),
            unit_name=Subquery(posts.values("unit__name")[:1]),
            profile_id=Subquery(posts.values("job_profile")[:1]),
            profile_name=Subquery(posts.values("job_profile__name")[:1]),
        )

    def with_gaps(self, day):
        """`with_post`, and how the levels held on `day` meet its profile.

        `required_count` competences, of which `reached_count`; `total_gap` levels missing. Without profile: 0, 0, 0.
        """
        required = (
            ProfileRequirement.objects.filter(profile=OuterRef("profile_id"), level__gt=0).order_by().values("profile")
        )
        covered = self._held_against_profile(day, OuterRef("pk"), OuterRef("profile_id")).values("person")
        needed = F("competence__requirements__level")
        return self.with_post(day).annotate(
            required_count=Coalesce(Subquery(required.annotate(n=Count("pk")).values("n")), 0),
            required_levels=Coalesce(Subquery(required.annotate(n=Sum("level")).values("n")), 0),
            reached_count=Coalesce(
                Subquery(covered.annotate(n=Count("pk", filter=Q(level__gte=needed))).values("n")), 0
            ),
            total_gap=F("required_levels")
            - Coalesce(Subquery(covered.annotate(n=Sum(Least("level", needed))).values("n")), 0),
        )

    @staticmethod
    def _held_against_profile(day, person, profile):
        """Levels of `person` in force on `day` in the competences that `profile` requires."""
        required = {"competence__requirements__profile": profile, "competence__requirements__level__gt": 0}
        return HeldLevel.objects.in_force(day).filter(person=person, **required).order_by()

    def with_gap_in(self, competence, day):
        """Those whose profile requires `competence`, each with `competence_gap`; expects `with_post`."""
        required = ProfileRequirement.objects.filter(profile=OuterRef("profile_id"), competence=competence, level__gt=0)
        held = HeldLevel.objects.in_force(day).filter(person=OuterRef("pk"), competence=competence)
        return (
            self.annotate(competence_required=Subquery(required.values("level")[:1]))
            .filter(competence_required__isnull=False)
            .annotate(
                competence_gap=F("competence_required")
                - Least(F("competence_required"), Coalesce(Subquery(held.values("level")[:1]), 0))
            )
        )

    def totals(self):
        """Of a queryset with `with_gaps`: `people`, `with_profile`, `meeting` (profile met), `missing_levels`."""
        has_profile = Q(required_count__gt=0)
        return self.order_by().aggregate(
            people=Count("pk"),
            with_profile=Count("pk", filter=has_profile),
            meeting=Count("pk", filter=has_profile & Q(total_gap=0)),
            missing_levels=Coalesce(Sum("total_gap"), 0),
        )


class ColleagueManager(models.Manager.from_queryset(ColleagueQuerySet)):
    """Colleagues, with the words of `ColleagueQuerySet`."""


class Colleague(User):
    """A person as HR and managers look at them: a post, a profile, levels held and gaps. No table of its own."""

    objects = ColleagueManager()

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("collègue")
        verbose_name_plural = _("collègues")

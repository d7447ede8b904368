"""The outbox of work to do (`jobs`), the trail of what was done (`audit`), and how the site presents itself (`identity`)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.images import get_image_model_string

from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.core.colours import HEX, READABLE_RATIO, contrast


class JobQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Job.State.WAITING)

    def due(self, now):
        """Jobs that may run at `now`: waiting and their hour has come, or running under a lease that ended."""
        return self.filter(
            Q(state=Job.State.WAITING, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        )

    def replayable(self):
        return self.filter(state__in=[Job.State.FAILED, Job.State.CANCELLED])

    def cancellable(self):
        return self.filter(state__in=[Job.State.WAITING, Job.State.FAILED])

    def longest_wait_seconds(self, now) -> int:
        """How long the oldest due job has been waiting, 0 when nothing waits."""
        since = self.waiting().filter(run_after__lte=now).aggregate(since=models.Min("run_after"))["since"]
        return int((now - since).total_seconds()) if since else 0


class Job(models.Model):
    """One piece of work that must not be lost, written in the transaction of the fact that asks for it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Faite")
        FAILED = "failed", _("Échouée")
        CANCELLED = "cancelled", _("Annulée")

    name = models.CharField(_("nature"), max_length=100)
    key = models.CharField(_("clé"), max_length=200, unique=True)
    queue = models.CharField(_("file"), max_length=40, default="default")
    payload = models.JSONField(_("données"), default=dict, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(_("avancement (%)"), default=0)
    note = models.CharField(_("où elle en est"), max_length=250, blank=True)
    error = models.TextField(_("dernière erreur"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("essais permis"), default=8)
    run_after = models.DateTimeField(_("pas avant"))
    lease_until = models.DateTimeField(_("réservée jusqu’à"), null=True, blank=True)
    lease_holder = models.CharField(_("réservée par"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("envoyée à"), null=True, blank=True)
    sends = models.PositiveSmallIntegerField(_("envois"), default=0)
    created_at = models.DateTimeField(_("demandée le"))
    started_at = models.DateTimeField(_("commencée le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finie le"), null=True, blank=True)
    # No foreign key: core stands below people. The label is what the job centre shows.
    on_behalf_of_pk = models.CharField(_("identifiant du demandeur"), max_length=40, blank=True)
    on_behalf_of_label = models.CharField(_("demandée par"), max_length=200, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("tâche")
        verbose_name_plural = _("tâches")
        ordering = ["-created_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("operate_job", _("Peut rejouer et annuler les tâches"))]
        indexes = [
            models.Index(fields=["run_after"], name="core_job_waiting", condition=Q(state="waiting")),
            models.Index(fields=["lease_until"], name="core_job_running", condition=Q(state="running")),
            models.Index(fields=["state", "-created_at"], name="core_job_state"),
        ]
        constraints = [
            models.CheckConstraint(name="core_job_percent_at_most_100", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="core_job_running_has_lease",
                condition=~Q(state="running") | Q(lease_until__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.key})"

    def report_progress(self, percent: int, note: str = ""):
        """Say how far the work is (0–100); shows in the job centre at once."""
        self.percent, self.note = percent, note
        Job.objects.filter(pk=self.pk, lease_holder=self.lease_holder).update(percent=percent, note=note[:250])

    @staticmethod
    def backoff(attempts: int) -> timedelta:
        """How long to wait after the given number of failed attempts: 5 s, 10 s, 20 s … at most an hour."""
        return timedelta(seconds=min(5 * 2 ** (attempts - 1), 3600))


class AuditEntryQuerySet(AppendOnlyQuerySet):
    def about(self, obj):
        """Entries about one object."""
        return self.filter(object_type=obj._meta.label_lower, object_pk=str(obj.pk))


class AuditEntry(AppendOnlyModel):
    """One thing somebody did that must be answerable for later: who, what, when, on whose behalf. Append-only."""

    at = models.DateTimeField(_("quand"), db_index=True)
    verb = models.CharField(_("acte"), max_length=100, db_index=True)
    # No foreign keys: core stands below people, and an entry outlives what it speaks of.
    actor_pk = models.CharField(_("identifiant de l’auteur"), max_length=40, blank=True)
    actor_label = models.CharField(_("auteur"), max_length=200, blank=True)
    on_behalf_of_pk = models.CharField(_("identifiant du mandant"), max_length=40, blank=True)
    on_behalf_of_label = models.CharField(_("pour le compte de"), max_length=200, blank=True)
    object_type = models.CharField(_("nature de l’objet"), max_length=100, blank=True)
    object_pk = models.CharField(_("identifiant de l’objet"), max_length=40, blank=True)
    object_label = models.CharField(_("objet"), max_length=250, blank=True)
    details = models.JSONField(_("précisions"), default=dict, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("acte du journal d’audit")
        verbose_name_plural = _("journal d’audit")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_pk"], name="core_audit_object"),
            models.Index(fields=["actor_pk", "-at"], name="core_audit_actor"),
        ]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.object_label}"


# The lightest ground that text in the chosen colours stands on (`--sunken` of static/lms/css/tokens.css).
GROUND = "#f0e9dc"


def validate_readable_colour(value: str) -> None:
    """Refuse what is not a colour, and a colour in which text on our grounds cannot be read."""
    if not HEX.fullmatch(value):
        raise ValidationError(_("Écrivez la couleur sous la forme #rrvvbb, par exemple #2b3872."))
    if contrast(value, GROUND) < READABLE_RATIO:
        raise ValidationError(_("Cette couleur est trop claire pour être lue sur le fond des pages : assombrissez-la."))


@register_setting(icon="palette")
class SiteIdentity(BaseGenericSetting):
    """The one row that holds the platform's display name, logo and colours; what is left empty is our own."""

    name = models.CharField(
        _("nom affiché"), max_length=60, blank=True, help_text=_("En tête de chaque page et des certificats à venir.")
    )
    logo = models.ForeignKey(
        get_image_model_string(), models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    primary_colour = models.CharField(
        _("couleur principale"),
        max_length=7,
        blank=True,
        validators=[validate_readable_colour],
        help_text=_("Sous la forme #rrvvbb. Boutons, liens et bandeaux du thème clair."),
    )
    accent_colour = models.CharField(
        _("couleur d’accent"),
        max_length=7,
        blank=True,
        validators=[validate_readable_colour],
        help_text=_("Sous la forme #rrvvbb. Rubriques et repères du thème clair."),
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("logo"),
        MultiFieldPanel([FieldPanel("primary_colour"), FieldPanel("accent_colour")], heading=_("Couleurs")),
    ]

    class Meta:
        verbose_name = _("identité de la plateforme")

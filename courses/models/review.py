"""The pedagogical review: its checklist, the step of Wagtail's workflow that asks for it, and what was decided."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.locks import WorkflowLock
from wagtail.models import Orderable, Revision, Task, TaskState

from lms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from lms.people.models import User

OPEN = "review"


class ReviewCriterion(Orderable):
    """One box of the checklist, ticked by the reviewer of a page before it is published."""

    text = models.CharField(gettext_lazy("point à vérifier"), max_length=200, unique=True)
    help_text = models.CharField(gettext_lazy("précision"), max_length=300, blank=True)

    panels = [FieldPanel("text"), FieldPanel("help_text")]

    class Meta(Orderable.Meta):
        verbose_name = gettext_lazy("point de relecture")
        verbose_name_plural = gettext_lazy("points de relecture")

    def __str__(self):
        return self.text


class ReviewLock(WorkflowLock):
    """A page that waits for its review stays as it was submitted, so that what is published is what was read."""

    def get_message(self, user):
        if self.for_user(user):
            return _("Cette page attend sa relecture. Pour la modifier, annulez d’abord la demande de relecture.")
        return None

    def get_description(self, user, can_lock=False):
        return _("Elle ne change pas tant que sa relecture n’est pas faite.")


class ReviewTask(Task):
    """The step in which a page is read by someone who did not write it.

    Wagtail's own views do nothing of it but open our page (`courses.back_office.pedagogical_review`): they would pass on
    whatever they are sent, about whatever page. `courses.actions.review.decide` alone decides.
    """

    lock_class = ReviewLock

    class Meta:
        verbose_name = gettext_lazy("relecture pédagogique")
        verbose_name_plural = gettext_lazy("relectures pédagogiques")

    def on_action(self, task_state, user, action_name, **kwargs):
        """Lead to the review; nothing is decided here."""
        if action_name != OPEN:
            raise PermissionDenied
        return reverse("courses_review", args=[task_state.pk])

    def get_form_for_action(self, action):
        return forms.Form

    def get_actions(self, obj, user):
        state = obj.current_workflow_task_state
        return [(OPEN, _("Relire"), False)] if state and self._decidable_by(user).filter(pk=state.pk).exists() else []

    def get_task_states_user_can_moderate(self, user, **kwargs):
        return TaskState.objects.filter(task=self, pk__in=self._decidable_by(user).values("pk"))

    def user_can_access_editor(self, obj, user):
        """Reviewers read the page, its history and what changed, while it waits for them; the lock keeps it as it is."""
        from courses.reviewing import pages_reviewed_by  # permissions stand above models

        return pages_reviewed_by(user).filter(pk=obj.pk).exists()

    def locked_for_user(self, obj, user):
        return not obj.permissions_for_user(user).can_publish()

    @classmethod
    def get_description(cls):
        return _(
            "Une personne chargée de relire, autre que l’auteur, coche chaque point de la liste avant la publication."
        )

    def _decidable_by(self, user):
        from courses.reviewing import decidable_by  # permissions stand above models

        return decidable_by(user)


class ReviewRecord(AppendOnlyModel):
    """One decision on one revision of a page: what was ticked, by whom, when, and what was said.

    `criteria` keeps the words of the checklist as they were: [{"text": …, "is_met": true}, …].
    """

    task_state = models.OneToOneField(
        TaskState, models.PROTECT, related_name="review_record", verbose_name=gettext_lazy("relecture")
    )
    revision = models.ForeignKey(
        Revision, models.PROTECT, related_name="review_records", verbose_name=gettext_lazy("version relue")
    )
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=gettext_lazy("relue par"))
    is_approved = models.BooleanField(gettext_lazy("approuvée"))
    criteria = models.JSONField(gettext_lazy("points vérifiés"))
    comment = models.TextField(gettext_lazy("commentaire"), blank=True)
    decided_at = models.DateTimeField(gettext_lazy("le"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_approved=True) | ~models.Q(comment=""),
                name="courses_review_refused_with_a_reason",
                violation_error_message=gettext_lazy("Dites ce qui est à changer."),
            )
        ]
        verbose_name = gettext_lazy("relecture faite")
        verbose_name_plural = gettext_lazy("relectures faites")

    def __str__(self):
        return f"{self.revision.object_str} – {self.reviewer}"

    @property
    def unmet(self):
        """The words of the boxes left empty."""
        return [criterion["text"] for criterion in self.criteria if not criterion["is_met"]]

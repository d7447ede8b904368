"""What imports remember: of course files, so that a second run changes nothing; of files of questions, their report."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from courses.models.questions import Question
from lms.core.models import Job


class ImportedContent(models.Model):
    """One page or question made from a file: where it came from, and how both sides looked when last imported."""

    key = models.CharField(_("clé"), max_length=200, unique=True)
    page = models.ForeignKey(Page, models.SET_NULL, null=True, related_name="+", verbose_name=_("page"))
    question = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="+", verbose_name=_("question"))
    source = models.CharField(_("empreinte du fichier"), max_length=64)
    state = models.CharField(_("empreinte du contenu"), max_length=64)

    class Meta:
        verbose_name = _("contenu importé")
        verbose_name_plural = _("contenus importés")

    def __str__(self):
        return self.key


def private_storage():
    """Where files wait that only a view hands out."""
    return storages["private"]


class QuestionImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Each sees the imports they began; a superuser, all."""
        return self if user.is_superuser else self.filter(created_by=user)

    def forgotten(self, now):
        """Previews that nobody confirmed for a day."""
        return self.filter(state=QuestionImport.State.PREVIEW, created_at__lt=now - timedelta(days=1))


class QuestionImport(models.Model):
    """One file of questions: what its reading said, whether it was confirmed, what became of each question.

    `counts`: created, updated, unchanged, kept (already in the bank, left as they are), error, warning, skipped.
    `remarks`: [[level, where, message], …].
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("à confirmer")
        ASKED = "asked", _("demandé")
        DONE = "done", _("terminé")
        REFUSED = "refused", _("rien importé")

    name = models.CharField(_("fichier"), max_length=200)
    file = models.FileField(_("contenu"), storage=private_storage, upload_to="imports/questions/", blank=True)
    format = models.CharField(_("format"), max_length=10)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.PREVIEW)
    all_or_nothing = models.BooleanField(_("tout ou rien"), default=False)
    replaces = models.BooleanField(_("remplacer les questions de même code"), default=False)
    counts = models.JSONField(_("comptes"), default=dict)
    remarks = models.JSONField(_("rapport"), default=list)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("tâche"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="question_imports", verbose_name=_("demandé par")
    )
    created_at = models.DateTimeField(_("déposé le"))
    finished_at = models.DateTimeField(_("terminé le"), null=True)

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("import de questions")
        verbose_name_plural = _("imports de questions")

    def __str__(self):
        return self.name

"""Documents that learners hand in as answers, kept where only a view that checks the right gives them back."""

import uuid
from pathlib import Path

from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.assessment.models.attempts import ServedQuestion
from lms.assessment.models.telling import copy_code


def private_storage():
    """Where files lie that only a view hands out."""
    return storages["private"]


def random_name(instance, filename: str) -> str:
    """A name that says nothing and that no learner chose."""
    return f"answers/{uuid.uuid4()}"


class AnswerFile(models.Model):
    """One file handed in for a question. The answer saved names it: {"file": pk, "name", "bytes"}."""

    question = models.ForeignKey(ServedQuestion, models.PROTECT, related_name="files", verbose_name=_("question"))
    file = models.FileField(_("contenu"), storage=private_storage, upload_to=random_name)
    name = models.CharField(_("nom"), max_length=200)
    size_bytes = models.PositiveIntegerField(_("taille (octets)"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    created_at = models.DateTimeField(_("remis le"))

    class Meta:
        ordering = ["question", "-pk"]
        default_permissions: tuple[str, ...] = ()
        verbose_name = _("fichier remis")
        verbose_name_plural = _("fichiers remis")

    def __str__(self):
        return self.name

    @property
    def marker_name(self) -> str:
        """Its name for those who mark: the learner's own, which may name them, only where marking is not anonymous."""
        question = self.question
        if not question.attempt.quiz.anonymous_marking:
            return self.name
        return f"copie-{copy_code(question.attempt_id)}-question-{question.position}{Path(self.name).suffix}"

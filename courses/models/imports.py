"""What imports remember: of course files, so that a second run changes nothing; of files of questions, their report."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, Page

from courses.models.course import CoursePage
from courses.models.lesson import LessonPage
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


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Each sees the imports they began; a superuser, all."""
        return self if user.is_superuser else self.filter(created_by=user)

    def forgotten(self, now):
        """Previews that nobody confirmed for a day."""
        return self.filter(state=Import.State.PREVIEW, created_at__lt=now - timedelta(days=1))


class Import(models.Model):
    """One file brought in: what its reading said, whether it was confirmed, what became of it.

    `counts`: how many of what, by name. `remarks`: [[level, where, message], …].
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("à confirmer")
        ASKED = "asked", _("demandé")
        DONE = "done", _("terminé")
        REFUSED = "refused", _("rien importé")

    name = models.CharField(_("fichier"), max_length=200)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.PREVIEW)
    counts = models.JSONField(_("comptes"), default=dict)
    remarks = models.JSONField(_("rapport"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("demandé par")
    )
    created_at = models.DateTimeField(_("déposé le"))
    finished_at = models.DateTimeField(_("terminé le"), null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]
        default_permissions: tuple[str, ...] = ()

    def __str__(self):
        return self.name


class QuestionImport(Import):
    """One file of questions.

    `counts`: created, updated, unchanged, kept (already in the bank, left as they are), error, warning, skipped.
    """

    bank = models.ForeignKey(Collection, models.PROTECT, related_name="+", verbose_name=_("banque"))
    file = models.FileField(_("contenu"), storage=private_storage, upload_to="imports/questions/", blank=True)
    format = models.CharField(_("format"), max_length=10)
    all_or_nothing = models.BooleanField(_("tout ou rien"), default=False)
    replaces = models.BooleanField(_("remplacer les questions de même code"), default=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("tâche"))

    class Meta(Import.Meta):
        verbose_name = _("import de questions")
        verbose_name_plural = _("imports de questions")


class LessonImport(Import):
    """One file of a lesson, for one course or module; confirmed, it is a draft there. `counts`: by type of block."""

    parent = models.ForeignKey(Page, models.CASCADE, related_name="+", verbose_name=_("formation ou module"))
    file = models.FileField(_("contenu"), storage=private_storage, upload_to="imports/lessons/", blank=True)
    title = models.CharField(_("titre"), max_length=200)
    lesson = models.ForeignKey(LessonPage, models.SET_NULL, null=True, related_name="+", verbose_name=_("leçon"))

    class Meta(Import.Meta):
        verbose_name = _("import de leçon")
        verbose_name_plural = _("imports de leçons")


class CourseImport(Import):
    """One archive of a course; confirmed, the course is a draft in the catalogue.

    `counts`: module, lesson, quiz, question (made), reused (questions of the bank), file, unchanged (1: nothing to do).
    """

    file = models.FileField(_("contenu"), storage=private_storage, upload_to="imports/courses/", blank=True)
    as_copy = models.BooleanField(_("importer comme une copie"), default=False)
    course = models.ForeignKey(CoursePage, models.SET_NULL, null=True, related_name="+", verbose_name=_("formation"))
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("tâche"))

    class Meta(Import.Meta):
        verbose_name = _("import de formation")
        verbose_name_plural = _("imports de formations")

"""The question bank: a question as its author edits it, and the frozen versions that attempts are served."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from courses.question_blocks import AnswerBlock
from lms.skills.models import LEVEL_VALIDATORS, Competence


class Question(models.Model):
    """A question of the bank, as its author edits it; each change freezes a new `QuestionVersion`."""

    code = models.SlugField(_("code"), max_length=120, unique=True)
    prompt = models.TextField(_("énoncé"))
    answer = StreamField(AnswerBlock(), verbose_name=_("type et réponses"), min_num=1, max_num=1)
    explanation = models.TextField(_("explication"), blank=True)
    competence = models.ForeignKey(
        Competence, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("compétence")
    )
    level = models.PositiveSmallIntegerField(_("niveau"), null=True, blank=True, validators=LEVEL_VALIDATORS)

    class Meta:
        ordering = ["code"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.prompt


class QuestionVersion(models.Model):
    """A question as it was served: frozen, never changed, never deleted.

    `content` is one dict by type, with stable option ids (str):
    - single: {"options": [{"id", "text"}], "answer": id}
    - multiple: {"options": [{"id", "text"}], "answer": [id, …]}
    - true_false: {"answer": bool}
    - numeric: {"answer": str decimal, "tolerance": str decimal, "unit": str}
    - matching: {"left": [{"id", "text"}], "right": [{"id", "text"}], "answer": {left id: right id}}
    - ordering: {"items": [{"id", "text"}], "answer": [id, …]}
    - short_text: {"accepted": [str, …], "ignore_case": bool, "ignore_accents": bool}
    """

    class Type(models.TextChoices):
        SINGLE = "single", _("choix unique")
        MULTIPLE = "multiple", _("choix multiples")
        TRUE_FALSE = "true_false", _("vrai ou faux")
        NUMERIC = "numeric", _("nombre")
        MATCHING = "matching", _("appariement")
        ORDERING = "ordering", _("remise en ordre")
        SHORT_TEXT = "short_text", _("réponse courte")

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions", verbose_name=_("question"))
    number = models.PositiveIntegerField(_("version"))
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    prompt = models.TextField(_("énoncé"))
    content = models.JSONField(_("contenu"))
    explanation = models.TextField(_("explication"), blank=True)
    fingerprint = models.CharField(_("empreinte"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("figée le"), auto_now_add=True)

    class Meta:
        ordering = ["question", "-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="courses_question_version_once")]
        verbose_name = _("version de question")
        verbose_name_plural = _("versions de question")

    def __str__(self):
        return f"{self.question_id} v{self.number}"

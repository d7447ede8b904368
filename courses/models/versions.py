"""The frozen versions of a question, that attempts are served."""

import hashlib
import json

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.pictures import with_addresses
from courses.rules.rich_text import Text, frozen


class FrozenError(Exception):
    """A frozen version was about to be changed or deleted."""


class QuestionVersionQuerySet(models.QuerySet):
    def current(self):
        """The latest version of each question."""
        newer = self.model.objects.filter(question=models.OuterRef("question"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(newer))

    def update(self, **kwargs):
        raise FrozenError

    def delete(self):
        raise FrozenError


class QuestionVersion(models.Model):
    """A question as it was served: frozen, never changed, never deleted.

    `prompt` and `explanation` are plain words; `prompt_html` and `explanation_html` say them with markup and pictures where
    words are not enough, "" elsewhere. The same for options, left sides and items: "text", and "html" where there is more to say.

    `content` is one dict by type, with stable option ids (str):
    - single: {"options": [{"id", "text"}], "answer": id}
    - multiple: {"options": [{"id", "text"}], "answer": [id, …]}
    - true_false: {"answer": bool}
    - numeric: {"answer": str decimal, "tolerance": str decimal, "unit": str}
    - matching: {"left": [{"id", "text"}], "right": [{"id", "text"}], "answer": {left id: right id}}
    - ordering: {"items": [{"id", "text"}], "answer": [id, …]}
    - short_text: {"accepted": [str, …], "ignore_case": bool, "ignore_accents": bool, "typos"?: 1 or 2}
    - gap_fill: {"texts": [str, …], "gaps": [{"id", "type", … content of a single, numeric or short_text}]}, a gap after each
      text but the last
    - survey: {"form": "single", "multiple", "scale" or "text", "options"?: [{"id", "text"}], "low"?, "high"?}
    - essay: {"min_words", "max_words", "rubric": [{"id", "text", "points": int, "description"}], "guide": str}
    - file: {"extensions": [str, …], "max_mb": int, "rubric", "guide"}; the guide is for who marks

    Options of single and multiple may have "feedback" (plain: why it is right or wrong);
    numeric may have "others": [{"answer", "tolerance"}], also right; the right side of matching may have distractors.
    """

    class Type(models.TextChoices):
        SINGLE = "single", _("choix unique")
        MULTIPLE = "multiple", _("choix multiples")
        TRUE_FALSE = "true_false", _("vrai ou faux")
        NUMERIC = "numeric", _("nombre")
        MATCHING = "matching", _("appariement")
        ORDERING = "ordering", _("remise en ordre")
        SHORT_TEXT = "short_text", _("réponse courte")
        GAP_FILL = "gap_fill", _("texte à trous")
        SURVEY = "survey", _("question d’opinion")
        ESSAY = "essay", _("composition")
        FILE = "file", _("fichier à remettre")

    question = models.ForeignKey(
        "courses.Question", models.PROTECT, related_name="versions", verbose_name=_("question")
    )
    number = models.PositiveIntegerField(_("version"))
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    prompt = models.TextField(_("énoncé"))
    prompt_html = models.TextField(_("énoncé mis en forme"), blank=True, default="")
    content = models.JSONField(_("contenu"))
    explanation = models.TextField(_("explication"), blank=True)
    explanation_html = models.TextField(_("explication mise en forme"), blank=True, default="")
    fingerprint = models.CharField(_("empreinte"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("figée le"), auto_now_add=True)

    objects = QuestionVersionQuerySet.as_manager()

    class Meta:
        ordering = ["question", "-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="courses_question_version_once")]
        verbose_name = _("version de question")
        verbose_name_plural = _("versions de question")

    def __str__(self):
        return f"{self.question_id} v{self.number}"

    def save(self, **kwargs):
        if not self._state.adding:
            raise FrozenError
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise FrozenError

    @property
    def rich_prompt(self) -> Text:
        """The prompt, rich or plain."""
        return frozen(self.prompt, self.prompt_html)

    @property
    def rich_explanation(self) -> Text:
        """The explanation, rich or plain."""
        return frozen(self.explanation, self.explanation_html)

    @property
    def shown_prompt(self) -> str:
        """The prompt as pages show it when it is rich, "" when its plain words are enough."""
        return with_addresses(self.prompt_html)

    def fingerprint_of_today(self) -> str:
        """The fingerprint that the same question would have now: line ends and outer spaces are no difference."""
        lines = {name: getattr(self, name).replace("\r\n", "\n").strip() for name in ("prompt", "explanation")}
        html = {name: getattr(self, name) for name in ("prompt_html", "explanation_html")}
        return self.fingerprint_of(type=self.type, content=self.content, **lines, **html)

    @staticmethod
    def fingerprint_of(
        type: str, prompt: str, content: dict, explanation: str, prompt_html: str = "", explanation_html: str = ""
    ) -> str:
        """SHA-256 (hexadecimal) of all that a learner is shown or marked by."""
        rich = [prompt_html, explanation_html] if prompt_html or explanation_html else []
        told = json.dumps([type, prompt, content, explanation, *rich], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

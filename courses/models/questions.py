"""The question bank: a question as its author edits it, and the frozen versions that attempts are served."""

import hashlib
import json
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Collection, CollectionMember, Page, PreviewableMixin
from wagtail.rich_text import RichText
from wagtail.search import index

from courses.models.banks import banks_open_to, branch_of, question_policy, reach_of
from courses.pictures import freeze_pictures, with_addresses
from courses.question_blocks import AnswerBlock
from courses.question_forms import QuestionForm
from courses.rules.answers import InvalidAnswer, frozen_content
from courses.rules.rich_text import FEATURES, Rich, Text, frozen, said, to_text
from lms.skills.models import LEVEL_VALIDATORS, Competence


class QuestionTagQuerySet(models.QuerySet):
    def carried_by(self, questions):
        """Tags that one of these questions carries: a tag says something of what it is put on."""
        tagged = TaggedQuestion.objects.filter(tag=models.OuterRef("pk"), content_object__in=questions.order_by())
        return self.filter(models.Exists(tagged))


class QuestionTag(TagBase):
    """A word trainers sort questions by; categories of imported files become some."""

    objects = QuestionTagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("étiquette de question")
        verbose_name_plural = _("étiquettes de question")


class TaggedQuestion(ItemBase):
    """One tag on one question."""

    tag = models.ForeignKey(QuestionTag, models.CASCADE, related_name="tagged")
    content_object = models.ForeignKey("courses.Question", models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="courses_question_tagged_once")]
        verbose_name = _("étiquette posée")
        verbose_name_plural = _("étiquettes posées")

    def __str__(self):
        return f"{self.content_object_id}: {self.tag}"


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the banks that `user` may read."""
        if user.is_active and user.is_superuser:
            return self
        banks = question_policy.collections_user_has_permission_for(user, "view")
        return self.filter(collection__in=list(banks.values_list("pk", flat=True)))  # searches take no subquery

    def within(self, bank: Collection):
        """Those that who writes in this bank may ask, whoever looks."""
        return self.filter(collection__in=reach_of(bank))

    def open_to(self, page: Page):
        """Those that a page may ask: of its branch, and unless that is a partner's, the common ones."""
        return self.filter(collection__in=banks_open_to(branch_of(page)))

    def with_usage(self):
        """Annotate `use_count`: the quizzes that ask the question."""
        return self.annotate(use_count=models.Count("uses"))


class Question(CollectionMember, PreviewableMixin, index.Indexed, models.Model):
    """A question of a bank, as its author edits it; each change freezes a new `QuestionVersion`."""

    class Difficulty(models.TextChoices):
        EASY = "easy", _("facile")
        MEDIUM = "medium", _("moyenne")
        HARD = "hard", _("difficile")

    collection = models.ForeignKey(
        Collection,
        models.PROTECT,
        related_name="questions",
        verbose_name=_("banque"),
        help_text=_("Qui peut lire la question et la poser. Une question mise dans la bibliothèque commune y reste."),
    )
    code = models.SlugField(_("code"), max_length=120, help_text=_("Court et unique, par exemple « messagerie-q1 »."))
    prompt = RichTextField(_("énoncé"), features=FEATURES)
    answer = StreamField(AnswerBlock(), verbose_name=_("type et réponses"), max_num=1)
    explanation = RichTextField(
        _("explication"),
        features=FEATURES,
        blank=True,
        help_text=_("Montrée après la remise : pourquoi la bonne réponse l’est."),
    )
    competence = models.ForeignKey(
        Competence, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("compétence")
    )
    level = models.PositiveSmallIntegerField(_("niveau"), null=True, blank=True, validators=LEVEL_VALIDATORS)
    difficulty = models.CharField(_("difficulté"), max_length=6, choices=Difficulty.choices, blank=True)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="questions_written",
        verbose_name=_("auteur"),
    )
    tags = TaggableManager(
        _("étiquettes"),
        through=TaggedQuestion,
        blank=True,
        help_text=_("Des mots pour retrouver la question, séparés par des virgules."),
    )

    objects = QuestionQuerySet.as_manager()
    base_form_class = QuestionForm
    preview_modes = [("", _("À répondre")), ("corrected", _("Corrigée"))]
    panels = [
        FieldPanel("prompt"),
        FieldPanel("answer"),
        FieldPanel("explanation"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("collection"), FieldPanel("code")]),
                FieldRowPanel([FieldPanel("competence"), FieldPanel("level"), FieldPanel("difficulty")]),
                FieldPanel("tags"),
            ],
            heading=_("Classement"),
        ),
        HelpPanel(template="courses/back_office/question_statistics.html", heading=_("Ce que disent les réponses")),
    ]
    search_fields = [
        *CollectionMember.search_fields,
        index.SearchField("prompt"),
        index.SearchField("explanation"),
        index.AutocompleteField("code"),
        index.AutocompleteField("prompt"),
        index.FilterField("competence"),
        index.FilterField("level"),
        index.FilterField("difficulty"),
        index.FilterField("author"),
    ]

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "code"],
                name="courses_question_code_once",
                violation_error_message=_("Une autre question de la banque a déjà ce code : choisissez-en un autre."),
            )
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.plain_prompt

    def save(self, **kwargs):
        """Save, and freeze a new version in the same transaction if what learners see has changed."""
        self.content()  # gives every option its identifier before they are written
        with transaction.atomic():
            super().save(**kwargs)
            self.freeze()

    def get_preview_template(self, request, mode_name):
        return "courses/question_preview.html"

    def get_preview_context(self, request, mode_name):
        return {"question": self, "is_corrected": mode_name == "corrected"}

    @property
    def plain_prompt(self) -> str:
        """The prompt in plain words, for lists."""
        return to_text(self.prompt)

    @property
    def type(self) -> str:
        """The name of the type of answer, "" while there is none."""
        return self.answer[0].block_type if self.answer else ""

    @property
    def type_label(self) -> str:
        """The type of answer as it is called on screen."""
        return str(QuestionVersion.Type(self.type).label) if self.type else ""

    def clean(self):
        faults = {}
        for name, freeze in {"prompt": self.texts, "answer": self.content}.items():
            try:
                freeze()
            except InvalidAnswer as refusal:
                faults[name] = refusal.messages
        if faults:
            raise ValidationError(faults)

    def texts(self) -> dict[str, str]:
        """The prompt and the explanation as a version freezes them. Raises InvalidAnswer."""
        prompt, prompt_html = said(Rich(freeze_pictures(self.prompt)))
        explanation, explanation_html = said(Rich(freeze_pictures(self.explanation)))
        if not prompt and not prompt_html:
            raise InvalidAnswer(_("L’énoncé est vide."))
        return {
            "prompt": prompt,
            "prompt_html": prompt_html,
            "explanation": explanation,
            "explanation_html": explanation_html,
        }

    def content(self) -> dict:
        """The answer in the plain shape documented on `QuestionVersion`. Raises InvalidAnswer."""
        if len(self.answer) != 1:
            raise InvalidAnswer(_("Choisissez un type de réponse, et un seul."))
        return frozen_content(self.type, plain_answer(self.answer[0]))

    def freeze(self) -> "QuestionVersion":
        """The version of what the question says now, made if it differs from the latest; locks the question."""
        says = {"type": self.type, "content": self.content(), **self.texts()}
        fingerprint = QuestionVersion.fingerprint_of(**says)
        with transaction.atomic():
            Question.objects.select_for_update().get(pk=self.pk)
            latest = self.current_version()
            if latest and fingerprint in (latest.fingerprint, latest.fingerprint_of_today()):
                return latest
            number = latest.number + 1 if latest else 1
            return self.versions.create(number=number, fingerprint=fingerprint, **says)

    def current_version(self) -> "QuestionVersion | None":
        """The latest version (one query)."""
        return self.versions.order_by("-number").first()


def plain_answer(block) -> dict:
    """The values of an answer block as plain data; the items of lists keep their identifiers."""

    def items(name):
        return [(child.id, child.value) for child in block.value[name].bound_blocks]

    match block.block_type:
        case "single" | "multiple":
            rows = items("options")
            return {
                "options": [
                    (pk, option_text(row), bool(row["is_correct"]), row.get("feedback") or "") for pk, row in rows
                ]
            }
        case "matching":
            pairs = [(pk, value["left"], value["right"]) for pk, value in items("pairs")]
            return {"pairs": pairs, "distractors": list(block.value["distractors"])}
        case "ordering":
            return {"items": items("items")}
        case "numeric":
            others = [(value["value"], value["tolerance"]) for value in block.value["others"]]
            return {**block.value, "others": others}
        case "short_text":
            return {**block.value, "accepted": [text for _pk, text in items("accepted")]}
        case "gap_fill":
            for gap in block.value["gaps"]:
                gap.id = gap.id or str(uuid.uuid4())
            gaps = [(gap.id, gap.block_type, plain_answer(gap)) for gap in block.value["gaps"]]
            return {"text": block.value["text"], "gaps": gaps}
        case "survey":
            return {**block.value, "options": items("options")}
        case "essay" | "file":
            rubric = [(pk, row["text"], row["points"], row["description"]) for pk, row in items("rubric")]
            return {**block.value, "rubric": rubric}
    return dict(block.value)


def option_text(option) -> Text:
    """The text of an option: rich, but in the list of a gap."""
    text = option["text"]
    return Rich(freeze_pictures(text.source)) if isinstance(text, RichText) else text


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
    words are not enough, "" elsewhere. The same for options: "text", and "html" where there is more to say.

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

    Options of single and multiple may have "html" and "feedback" (plain: why it is right or wrong);
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

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions", verbose_name=_("question"))
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

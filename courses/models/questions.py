"""The question bank: a question as its author edits it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Collection, CollectionMember, Page, PreviewableMixin
from wagtail.search import index

from courses.models.banks import banks_open_to, branch_of, question_policy, reach_of
from courses.models.versions import QuestionVersion
from courses.pictures import freeze_pictures
from courses.plain_answers import plain_answer
from courses.question_blocks import AnswerBlock
from courses.question_forms import QuestionForm
from courses.rules.answers import InvalidAnswer, frozen_content
from courses.rules.rich_text import FEATURES, Rich, said, to_text
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
    preview_modes = [("", _("À répondre")), ("corrected", _("Bonnes réponses"))]
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

    def freeze(self) -> QuestionVersion:
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

    def current_version(self) -> QuestionVersion | None:
        """The latest version (one query)."""
        return self.versions.order_by("-number").first()

"""A quiz: questions of the bank, fixed or drawn, and the rules of its attempts."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page

from courses.models.questions import Question, QuestionTag
from courses.models.taught import Assurance, TaughtPage
from courses.panels import DrawsPanel, MatchingQuestionsPanel
from courses.quiz_forms import QuizPageForm
from lms.skills.models import LEVEL_VALIDATORS, Competence

PERCENT_VALIDATORS = [MinValueValidator(0), MaxValueValidator(100)]
MAX_MINUTES = 24 * 60
MAX_DRAWN = 100


class QuizPage(TaughtPage):
    """An assessment: questions of the bank, fixed or drawn, and the rules under which they are answered and marked."""

    class Preset(models.TextChoices):
        PRACTICE = "practice", _("Entraînement – chaque question se vérifie aussitôt")
        FORMATIVE = "formative", _("Formative – tout est corrigé et expliqué après la remise")
        SUMMATIVE = "summative", _("Sommative – note et verdicts après la remise, bonnes réponses à la fin")
        EXAM = "exam", _("Examen – note et verdicts après la clôture, jamais les bonnes réponses")

    introduction = models.TextField(_("consigne"), blank=True)
    preset = models.CharField(
        _("ce que l’apprenant voit"),
        max_length=10,
        choices=Preset.choices,
        default=Preset.FORMATIVE,
        help_text=_(
            "Fin d’une évaluation sommative : la clôture ou, sans date de clôture, la réussite ou la dernière tentative."
        ),
    )
    assurance = models.CharField(
        _("niveau d’assurance"),
        max_length=2,
        choices=Assurance.choices,
        default=Assurance.N2,
        help_text=_(
            "Jusqu’où l’on peut se fier au résultat ; figure dans chaque tentative. N3 : ne commence qu’en séance surveillée."
        ),
    )
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("seuil de réussite (%)"), default=70, validators=PERCENT_VALIDATORS
    )
    max_attempts = models.PositiveSmallIntegerField(
        _("nombre de tentatives"), default=3, help_text=_("0 = sans limite")
    )
    wait_minutes = models.PositiveIntegerField(
        _("attente entre deux tentatives (minutes)"),
        default=0,
        validators=[MaxValueValidator(60 * MAX_MINUTES)],
        help_text=_("0 = aucune ; 60 = une heure ; 1440 = un jour"),
    )
    duration_minutes = models.PositiveIntegerField(_("durée indicative (minutes)"), default=15)
    anonymous_marking = models.BooleanField(
        _("correction anonyme"),
        default=False,
        help_text=_("Qui corrige à la main ne voit pas le nom des personnes."),
    )
    time_limit_minutes = models.PositiveIntegerField(
        _("temps limité (minutes)"),
        default=0,
        validators=[MaxValueValidator(MAX_MINUTES)],
        help_text=_("0 = sans limite. Compté par le serveur dès le début ; à la fin, ce qui est enregistré est remis."),
    )
    opens_at = models.DateTimeField(_("ouverture"), null=True, blank=True)
    closes_at = models.DateTimeField(
        _("clôture"),
        null=True,
        blank=True,
        help_text=_("Aucune tentative ne commence ni ne continue après ; ce qui est enregistré est remis."),
    )
    one_per_page = models.BooleanField(_("une question par page"), default=False)
    shuffle_questions = models.BooleanField(_("mélanger les questions"), default=True)
    shuffle_options = models.BooleanField(_("mélanger les réponses proposées"), default=True)
    partial_credit = models.BooleanField(
        _("points partiels"),
        default=True,
        help_text=_("Une réponse en partie juste rapporte une partie des points ; sinon, tout ou rien."),
    )
    penalty_percent = models.PositiveSmallIntegerField(
        _("retrait pour une réponse fausse (% de ses points)"),
        default=0,
        validators=PERCENT_VALIDATORS,
        help_text=_("0 = aucun. Sans réponse, rien n’est retiré ; la note ne descend pas sous zéro."),
    )

    base_form_class = QuizPageForm
    page_description = _("Des questions de la banque, un seuil de réussite et un nombre de tentatives.")
    template = "courses/quiz_page.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel(
            [
                FieldPanel("preset"),
                FieldRowPanel([FieldPanel("pass_mark_percent"), FieldPanel("assurance")]),
                FieldRowPanel([FieldPanel("max_attempts"), FieldPanel("wait_minutes")]),
            ],
            heading=_("But et tentatives"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("duration_minutes"), FieldPanel("time_limit_minutes")]),
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
            ],
            heading=_("Temps"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("one_per_page"),
                FieldPanel("shuffle_questions"),
                FieldPanel("shuffle_options"),
                FieldRowPanel([FieldPanel("partial_credit"), FieldPanel("penalty_percent")]),
                FieldPanel("anonymous_marking"),
            ],
            heading=_("Présentation et points"),
        ),
        HelpPanel(
            content=_(
                "<p>Une tentative déjà commencée garde les questions et les règles qu’elle a reçues : ce que vous changez vaut pour les suivantes.</p>"
            )
        ),
        InlinePanel("quiz_questions", heading=_("Questions fixes"), label=_("question")),
        DrawsPanel(
            "draws",
            heading=_("Questions tirées au sort"),
            label=_("tirage"),
            help_text=_(
                "Chaque tentative reçoit des questions de la banque prises au hasard, d’abord celles que l’apprenant n’a pas encore vues. Un tirage ne répète ni une question fixe ni un autre tirage. Dans un espace où l’on publie par la relecture, il ne prend que les questions relues avec l’évaluation : pour que de nouvelles y entrent, soumettez-la de nouveau."
            ),
        ),
    ]

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")

    def clean(self):
        super().clean()
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            raise ValidationError({"closes_at": _("La clôture vient après l’ouverture.")})

    def get_context(self, request, *args, **kwargs):
        from courses.preview import quiz_context  # previews stand above models

        return super().get_context(request, *args, **kwargs) | quiz_context(self)

    def rules(self) -> dict:
        """The rules an attempt begins under, as JSON: what its record keeps whatever becomes of the quiz."""
        return {
            "preset": self.preset,
            "assurance": self.assurance,
            "max_attempts": self.max_attempts,
            "wait_minutes": self.wait_minutes,
            "time_limit_minutes": self.time_limit_minutes,
            "opens_at": self.opens_at.isoformat() if self.opens_at else None,
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "one_per_page": self.one_per_page,
            "shuffle_questions": self.shuffle_questions,
            "shuffle_options": self.shuffle_options,
            "partial_credit": self.partial_credit,
            "penalty_percent": self.penalty_percent,
        }

    def question_count(self) -> int:
        """How many questions an attempt asks, drawn ones included (two queries)."""
        drawn = self.draws.aggregate(total=models.Sum("count"))["total"] or 0
        return self.quiz_questions.count() + drawn


class QuizQuestion(Orderable):
    """A question of the bank asked in every attempt at a quiz, with its points there."""

    quiz = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey(Question, models.PROTECT, related_name="uses", verbose_name=_("question"))
    points = models.PositiveSmallIntegerField(_("points"), default=1, validators=[MinValueValidator(1)])

    panels = [FieldPanel("question"), FieldPanel("points")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["quiz", "question"], name="courses_question_once_per_quiz")]
        verbose_name = _("question de l’évaluation")


class QuizDraw(Orderable):
    """Questions drawn from the bank for each attempt: so many, of those that match what is said of them."""

    quiz = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="draws")
    count = models.PositiveSmallIntegerField(
        _("nombre de questions"), default=5, validators=[MinValueValidator(1), MaxValueValidator(MAX_DRAWN)]
    )
    points = models.PositiveSmallIntegerField(_("points chacune"), default=1, validators=[MinValueValidator(1)])
    competence = models.ForeignKey(
        Competence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compétence")
    )
    level = models.PositiveSmallIntegerField(_("niveau"), null=True, blank=True, validators=LEVEL_VALIDATORS)
    difficulty = models.CharField(_("difficulté"), max_length=6, choices=Question.Difficulty.choices, blank=True)
    tag = models.ForeignKey(
        QuestionTag, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("étiquette")
    )

    panels = [
        FieldRowPanel([FieldPanel("count"), FieldPanel("points")]),
        FieldRowPanel([FieldPanel("competence"), FieldPanel("level")]),
        FieldRowPanel([FieldPanel("difficulty"), FieldPanel("tag")]),
        MatchingQuestionsPanel(),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("tirage")
        verbose_name_plural = _("tirages")

    def __str__(self):
        said = [
            self.competence,
            self.level and _("niveau %(n)d") % {"n": self.level},
            self.get_difficulty_display(),
            self.tag,
        ]
        criteria = ", ".join(str(each) for each in said if each)
        return ngettext("%(n)d question : %(criteria)s", "%(n)d questions : %(criteria)s", self.count) % {
            "n": self.count,
            "criteria": criteria,
        }

    def clean(self):
        super().clean()
        if not (self.competence_id or self.level or self.difficulty or self.tag_id):
            raise ValidationError(_("Dites au moins une compétence, un niveau, une difficulté ou une étiquette."))

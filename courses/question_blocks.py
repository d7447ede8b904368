"""How an author writes the answers of a question: one StreamField block per type. Content only; marking is not here."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.rules.answers import MAX_UPLOAD_MB, MAX_WORDS, UPLOAD_EXTENSIONS
from courses.rules.rich_text import INLINE_FEATURES

MAX_ITEMS = 12  # options, pairs or items of one question
MAX_GAPS = 20
MAX_OPTION, MAX_ITEM, MAX_ACCEPTED, MAX_UNIT, MAX_GAP_TEXT = 500, 300, 200, 40, 5_000  # characters
MAX_FEEDBACK = 1_000
TYPOS = [
    ("0", _("aucune")),
    ("1", _("une, dans un mot d’au moins quatre lettres")),
    ("2", _("deux, à partir de huit lettres")),
]
SURVEY_FORMS = [
    ("single", _("un choix dans la liste")),
    ("multiple", _("plusieurs choix dans la liste")),
    ("scale", _("un degré sur une échelle")),
    ("text", _("un texte libre")),
]


class OptionBlock(blocks.StructBlock):
    """An option, whether it is right, and why."""

    text = blocks.RichTextBlock(label=_("texte"), features=INLINE_FEATURES, max_length=MAX_OPTION)
    is_correct = blocks.BooleanBlock(label=_("bonne réponse"), required=False)
    feedback = blocks.CharBlock(
        label=_("explication"),
        required=False,
        max_length=MAX_FEEDBACK,
        help_text=_("Montrée après la remise, sous l’option : pourquoi elle est juste ou fausse."),
    )


class ChoiceAnswerBlock(blocks.StructBlock):
    """Options to choose from."""

    options = blocks.ListBlock(OptionBlock(), label=_("options"), min_num=2, max_num=MAX_ITEMS)


class TrueFalseAnswerBlock(blocks.StructBlock):
    """A statement that is true or false."""

    is_true = blocks.BooleanBlock(label=_("l’énoncé est vrai"), required=False)


class OtherNumberBlock(blocks.StructBlock):
    """Another number that is right too."""

    value = blocks.DecimalBlock(label=_("valeur"))
    tolerance = blocks.DecimalBlock(label=_("tolérance (±)"), default=0, min_value=0)


class NumericAnswerBlock(blocks.StructBlock):
    """A number within a tolerance."""

    value = blocks.DecimalBlock(label=_("valeur attendue"))
    tolerance = blocks.DecimalBlock(label=_("tolérance (±)"), default=0, min_value=0)
    unit = blocks.CharBlock(label=_("unité"), required=False, max_length=MAX_UNIT)
    others = blocks.ListBlock(OtherNumberBlock(), label=_("autres valeurs justes"), default=[], max_num=MAX_ITEMS)


class PairBlock(blocks.StructBlock):
    """Two texts that go together; those on the right stand in a list, which holds but plain words."""

    left = blocks.RichTextBlock(label=_("élément"), features=INLINE_FEATURES, max_length=MAX_ITEM)
    right = blocks.CharBlock(label=_("correspond à"), max_length=MAX_ITEM)


class MatchingAnswerBlock(blocks.StructBlock):
    """Pairs to put together."""

    pairs = blocks.ListBlock(PairBlock(), label=_("paires"), min_num=2, max_num=MAX_ITEMS)
    distractors = blocks.ListBlock(
        blocks.CharBlock(max_length=MAX_ITEM),
        label=_("leurres"),
        help_text=_("Des propositions qui ne correspondent à rien."),
        default=[],
        max_num=MAX_ITEMS,
    )


class OrderingAnswerBlock(blocks.StructBlock):
    """Items given in their right order."""

    items = blocks.ListBlock(
        blocks.RichTextBlock(features=INLINE_FEATURES, max_length=MAX_ITEM),
        label=_("éléments, dans le bon ordre"),
        min_num=2,
        max_num=MAX_ITEMS,
    )


class ShortTextAnswerBlock(blocks.StructBlock):
    """Texts accepted as an answer."""

    accepted = blocks.ListBlock(blocks.CharBlock(max_length=MAX_ACCEPTED), label=_("réponses acceptées"), min_num=1)
    ignore_case = blocks.BooleanBlock(label=_("ignorer les majuscules"), required=False, default=True)
    ignore_accents = blocks.BooleanBlock(label=_("ignorer les accents"), required=False, default=True)
    typos = blocks.ChoiceBlock(
        choices=TYPOS,
        label=_("fautes de frappe tolérées"),
        default="0",
        help_text=_("Une lettre de trop, oubliée, changée ou deux interverties. Jamais dans un nombre."),
    )


class GapChoiceBlock(blocks.StructBlock):
    """A gap filled from a list."""

    options = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("text", blocks.CharBlock(label=_("texte"), max_length=MAX_ACCEPTED)),
                ("is_correct", blocks.BooleanBlock(label=_("bonne réponse"), required=False)),
            ]
        ),
        label=_("options"),
        min_num=2,
        max_num=MAX_ITEMS,
    )


class GapsBlock(blocks.StreamBlock):
    """The gaps of a text, in order; each is answered like a small question of the type that names it."""

    short_text = ShortTextAnswerBlock(label=_("mots à écrire"), icon="edit")
    single = GapChoiceBlock(label=_("choix dans une liste"), icon="radio-full")
    numeric = NumericAnswerBlock(label=_("nombre"), icon="decimal")


class GapFillAnswerBlock(blocks.StructBlock):
    """A text with gaps."""

    text = blocks.TextBlock(
        label=_("texte à trous"),
        max_length=MAX_GAP_TEXT,
        help_text=_("Marquez chaque trou par son numéro : « Le Bénin compte [[1]] communes dans [[2]] départements. »"),
    )
    gaps = GapsBlock(
        label=_("trous"), min_num=1, max_num=MAX_GAPS, help_text=_("Le premier est [[1]], et ainsi de suite.")
    )


class SurveyAnswerBlock(blocks.StructBlock):
    """An opinion asked: nobody marks it."""

    form = blocks.ChoiceBlock(choices=SURVEY_FORMS, label=_("forme"), default="single")
    options = blocks.ListBlock(
        blocks.CharBlock(max_length=MAX_OPTION),
        label=_("options"),
        help_text=_("Pour un choix."),
        default=[],
        max_num=MAX_ITEMS,
    )
    steps = blocks.IntegerBlock(label=_("degrés de l’échelle"), default=5, min_value=2, max_value=10)
    low = blocks.CharBlock(label=_("le plus bas"), required=False, max_length=MAX_ACCEPTED)
    high = blocks.CharBlock(label=_("le plus haut"), required=False, max_length=MAX_ACCEPTED)


class CriterionBlock(blocks.StructBlock):
    """One thing looked at in an answer that a person marks."""

    text = blocks.CharBlock(label=_("critère"), max_length=MAX_ITEM)
    points = blocks.IntegerBlock(label=_("points"), default=1, min_value=1, max_value=100)
    description = blocks.CharBlock(label=_("ce qu’on attend"), required=False, max_length=MAX_OPTION)


class MarkedByHandBlock(blocks.StructBlock):
    """What answers marked by a person share: learners see the rubric, only who marks sees the guide."""

    rubric = blocks.ListBlock(
        CriterionBlock(),
        label=_("grille de correction"),
        help_text=_("Montrée à l’apprenant. Les points se rapportent à ceux de la question dans chaque évaluation."),
        default=[],
        max_num=MAX_ITEMS,
    )
    guide = blocks.TextBlock(
        label=_("pour qui corrige"),
        required=False,
        max_length=MAX_GAP_TEXT,
        help_text=_("Éléments de réponse ; l’apprenant ne les voit pas."),
    )


class EssayAnswerBlock(MarkedByHandBlock):
    """A text of some length."""

    min_words = blocks.IntegerBlock(label=_("mots, au moins"), default=0, min_value=0, max_value=MAX_WORDS)
    max_words = blocks.IntegerBlock(label=_("mots, au plus"), default=300, min_value=1, max_value=MAX_WORDS)

    class Meta:
        form_layout = ["min_words", "max_words", "rubric", "guide"]


class FileAnswerBlock(MarkedByHandBlock):
    """A document handed in."""

    extensions = blocks.MultipleChoiceBlock(
        choices=[(name, name.upper()) for name in UPLOAD_EXTENSIONS],
        label=_("types de fichier acceptés"),
        default=["pdf", "docx", "odt"],
        widget=CheckboxSelectMultiple,
    )
    max_mb = blocks.IntegerBlock(label=_("taille, au plus (Mo)"), default=5, min_value=1, max_value=MAX_UPLOAD_MB)

    class Meta:
        form_layout = ["extensions", "max_mb", "rubric", "guide"]


class AnswerBlock(blocks.StreamBlock):
    """The answers of one question: exactly one block, whose name is the type."""

    single = ChoiceAnswerBlock(label=_("choix unique"), icon="radio-full")
    multiple = ChoiceAnswerBlock(label=_("choix multiples"), icon="tick")
    true_false = TrueFalseAnswerBlock(label=_("vrai ou faux"), icon="help")
    numeric = NumericAnswerBlock(label=_("nombre"), icon="decimal")
    matching = MatchingAnswerBlock(label=_("appariement"), icon="resubmit")
    ordering = OrderingAnswerBlock(label=_("remise en ordre"), icon="list-ol")
    short_text = ShortTextAnswerBlock(label=_("réponse courte"), icon="edit")
    gap_fill = GapFillAnswerBlock(label=_("texte à trous"), icon="form")
    survey = SurveyAnswerBlock(label=_("question d’opinion"), icon="comment")
    essay = EssayAnswerBlock(label=_("composition"), icon="doc-full")
    file = FileAnswerBlock(label=_("fichier à remettre"), icon="upload")

"""How an author writes the answers of a question: one StreamField block per type. Content only; marking is not here."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

MAX_ITEMS = 12  # options, pairs or items of one question
MAX_OPTION, MAX_ITEM, MAX_ACCEPTED, MAX_UNIT = 500, 300, 200, 40  # characters


class OptionBlock(blocks.StructBlock):
    """An option and whether it is right."""

    text = blocks.CharBlock(label=_("texte"), max_length=MAX_OPTION)
    is_correct = blocks.BooleanBlock(label=_("bonne réponse"), required=False)


class ChoiceAnswerBlock(blocks.StructBlock):
    """Options to choose from."""

    options = blocks.ListBlock(OptionBlock(), label=_("options"), min_num=2, max_num=MAX_ITEMS)


class TrueFalseAnswerBlock(blocks.StructBlock):
    """A statement that is true or false."""

    is_true = blocks.BooleanBlock(label=_("l’énoncé est vrai"), required=False)


class NumericAnswerBlock(blocks.StructBlock):
    """A number within a tolerance."""

    value = blocks.DecimalBlock(label=_("valeur attendue"))
    tolerance = blocks.DecimalBlock(label=_("tolérance (±)"), default=0, min_value=0)
    unit = blocks.CharBlock(label=_("unité"), required=False, max_length=MAX_UNIT)


class PairBlock(blocks.StructBlock):
    """Two texts that go together."""

    left = blocks.CharBlock(label=_("élément"), max_length=MAX_ITEM)
    right = blocks.CharBlock(label=_("correspond à"), max_length=MAX_ITEM)


class MatchingAnswerBlock(blocks.StructBlock):
    """Pairs to put together."""

    pairs = blocks.ListBlock(PairBlock(), label=_("paires"), min_num=2, max_num=MAX_ITEMS)


class OrderingAnswerBlock(blocks.StructBlock):
    """Items given in their right order."""

    items = blocks.ListBlock(
        blocks.CharBlock(max_length=MAX_ITEM), label=_("éléments, dans le bon ordre"), min_num=2, max_num=MAX_ITEMS
    )


class ShortTextAnswerBlock(blocks.StructBlock):
    """Texts accepted as an answer."""

    accepted = blocks.ListBlock(blocks.CharBlock(max_length=MAX_ACCEPTED), label=_("réponses acceptées"), min_num=1)
    ignore_case = blocks.BooleanBlock(label=_("ignorer les majuscules"), required=False, default=True)
    ignore_accents = blocks.BooleanBlock(label=_("ignorer les accents"), required=False, default=True)


class AnswerBlock(blocks.StreamBlock):
    """The answers of one question: exactly one block, whose name is the type."""

    single = ChoiceAnswerBlock(label=_("choix unique"), icon="radio-full")
    multiple = ChoiceAnswerBlock(label=_("choix multiples"), icon="tick")
    true_false = TrueFalseAnswerBlock(label=_("vrai ou faux"), icon="help")
    numeric = NumericAnswerBlock(label=_("nombre"), icon="decimal")
    matching = MatchingAnswerBlock(label=_("appariement"), icon="resubmit")
    ordering = OrderingAnswerBlock(label=_("remise en ordre"), icon="list-ol")
    short_text = ShortTextAnswerBlock(label=_("réponse courte"), icon="edit")

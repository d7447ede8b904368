"""Weighted options, as Moodle has them, told as the bank says them: right or wrong. Shared by GIFT and Moodle XML."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from courses.imports.questions.neutral import ImportedQuestion, Reading, Skipped, Unreadable
from courses.imports.questions.pictures import take_pictures
from courses.imports.questions.texts import as_html, to_plain, to_rich
from courses.rules.rich_text import Rich, Text, to_html

HUNDRED = Decimal(100)
MAX_MARKUP = 30_000  # characters of a text with its tags
EMBEDDED = re.compile(r"data:[^\"')\s]{100,}")  # an image inside the text itself
CLOSE = Decimal("0.01")  # Moodle writes a third as 33.33333


def choice_of(options: list[tuple], is_single: bool, reading: Reading, where: str) -> tuple[str, dict]:
    """The type and answer of options with their weights in percent and, maybe, their own comments. Raises Unreadable."""
    comments = [tuple(filter(None, comment)) for _text, _weight, *comment in options]
    options = [(text, weight) for text, weight, *_comment in options]
    if is_single:
        full = [text for text, weight in options if weight >= HUNDRED - CLOSE]
        if len(full) != 1:
            raise Unreadable(_("Un choix unique a une seule option à 100 %% ; celui-ci en a %(n)d.") % {"n": len(full)})
        right = {full[0]}
    else:
        right = {text for text, weight in options if weight > 0}
    uneven = sorted({weight for text, weight in options if text in right})
    others = {weight for text, weight in options if text not in right and weight}
    if others or (uneven and uneven[-1] - uneven[0] > CLOSE):
        message = _("Les poids des options (%(weights)s) ne sont pas repris : chacune est juste ou fausse.")
        told = ", ".join(f"{weight.normalize():f} %" for _text, weight in options)
        reading.warn(where, message % {"weights": told})
    rows = ((text, text in right, *comment) for (text, _weight), comment in zip(options, comments, strict=True))
    return ("single" if is_single else "multiple"), {"options": tuple(rows)}


def accepted_of(answers: list[tuple[str, Decimal]], reading: Reading, where: str) -> tuple[str, ...]:
    """The texts worth all the points; the others are told. A lone « * » stands for anything else and is not one."""
    for text, weight in answers:
        if text == "*":
            continue
        if weight < HUNDRED - CLOSE and weight > 0:
            message = _(
                "« %(text)s » valait %(weight)s %% : la réponse n’est pas acceptée, la banque n’a pas de points partiels ici."
            )
            reading.warn(where, message % {"text": text[:60], "weight": f"{weight.normalize():f}"})
        elif "*" in text and weight > 0:
            message = _("« %(text)s » : le joker * n’est pas compris, le texte est pris à la lettre.")
            reading.warn(where, message % {"text": text[:60]})
    return tuple(text for text, weight in answers if text != "*" and weight >= HUNDRED - CLOSE)


def number_of(answers: list[tuple[Decimal, Decimal, Decimal]], reading: Reading, where: str) -> dict:
    """The numbers worth all the points, of (value, tolerance, weight): the first, and the others. Raises Unreadable."""
    full = [(value, abs(tolerance)) for value, tolerance, weight in answers if weight >= HUNDRED - CLOSE]
    if not full:
        raise Unreadable(_("Un nombre a au moins une valeur à 100 % ; celui-ci n’en a pas."))
    if any(0 < weight < HUNDRED - CLOSE for _value, _tolerance, weight in answers):
        reading.warn(where, _("Les valeurs qui donnaient une partie des points ne sont pas reprises."))
    (value, tolerance), *others = full
    answer = {"value": value, "tolerance": tolerance, "unit": None}
    return answer | {"others": tuple(others)} if others else answer


def matched(pairs: list[tuple[str, str]], distractors: list[str]) -> dict:
    """The answer of a matching; a distractor that is also someone's counterpart is none."""
    rights = {right for _left, right in pairs}
    alone = tuple(text for text in dict.fromkeys(distractors) if text not in rights)
    return {"pairs": tuple(pairs)} | ({"distractors": alone} if alone else {})


def read_text(
    reading: Reading,
    where: str,
    name: str,
    text: str,
    markup: str,
    is_inline: bool = False,
    files: dict[str, str] | None = None,
) -> Text:
    """A text, rich where plain words would not say it all; what it loses is told under the name of its place.

    `files` ({name: base64}) are those that came with it; pictures among them go to `reading.pictures`.
    """
    if not text:
        return ""
    if markup != "plain":
        text = take_pictures(text, files or {}, reading.pictures)
    text = EMBEDDED.sub("data:", text)
    if len(text) > MAX_MARKUP:
        raise Unreadable(_("%(name)s : le texte dépasse %(n)d caractères.") % {"name": name, "n": MAX_MARKUP})
    shown, lost = to_plain(text, markup)
    if lost:
        message = _("%(name)s, non repris : %(lost)s.")
        reading.warn(where, message % {"name": name, "lost": ", ".join(lost)})
    html = as_html(text, markup)
    return (html and "<" in html and to_rich(html, is_inline)) or shown


def explained(general: Text, comments: Iterable[tuple[str, str]], reading: Reading, where: str) -> Text | None:
    """The explanation: the general comment, then each answer's own where the bank has no other place for it."""
    own = [f"{option} : {comment}" for option, comment in comments if comment]
    if own:
        reading.warn(where, _("Les commentaires de chaque réponse sont réunis dans l’explication."))
    if own and isinstance(general, Rich):
        return Rich(general.html + "".join(f"<p>{to_html(line, is_inline=True)}</p>" for line in own))
    return (general if isinstance(general, Rich) else "\n".join(filter(None, [general, *own]))) or None


def take(reading: Reading, where: str, make) -> None:
    """Add the question that `make` gives, or say why it cannot be read."""
    try:
        question: ImportedQuestion = make()
    except Skipped as reason:
        reading.skip(where, str(reason))
    except Unreadable as reason:
        reading.refuse(where, str(reason))
    else:
        reading.add(question)

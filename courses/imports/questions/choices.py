"""Weighted options, as Moodle has them, told as the bank says them: right or wrong. Shared by GIFT and Moodle XML."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from courses.imports.questions.neutral import ImportedQuestion, Reading, Skipped, Unreadable
from courses.imports.questions.texts import to_plain

HUNDRED = Decimal(100)
MAX_MARKUP = 30_000  # characters of a text with its tags
EMBEDDED = re.compile(r"data:[^\"')\s]{100,}")  # an image inside the text itself
CLOSE = Decimal("0.01")  # Moodle writes a third as 33.33333


def choice_of(options: list[tuple[str, Decimal]], is_single: bool, reading: Reading, where: str) -> tuple[str, dict]:
    """The type and answer of options with their weights in percent. Raises Unreadable."""
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
    return ("single" if is_single else "multiple"), {"options": tuple((text, text in right) for text, _w in options)}


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
    """The value and tolerance of the one number worth all the points, of (value, tolerance, weight). Raises Unreadable."""
    full = [(value, tolerance) for value, tolerance, weight in answers if weight >= HUNDRED - CLOSE]
    if len(full) != 1:
        raise Unreadable(_("Un nombre a une seule valeur à 100 %% ; celui-ci en a %(n)d.") % {"n": len(full)})
    if any(0 < weight < HUNDRED - CLOSE for _value, _tolerance, weight in answers):
        reading.warn(where, _("Les valeurs qui donnaient une partie des points ne sont pas reprises."))
    (value, tolerance), *_rest = full
    return {"value": value, "tolerance": abs(tolerance), "unit": None}


def read_text(reading: Reading, where: str, name: str, text: str, markup: str) -> str:
    """A text as plain text; what it loses is told under the name of its place in the question."""
    text = EMBEDDED.sub("data:", text)
    if len(text) > MAX_MARKUP:
        raise Unreadable(_("%(name)s : le texte dépasse %(n)d caractères.") % {"name": name, "n": MAX_MARKUP})
    shown, lost = to_plain(text, markup)
    if lost:
        message = _("%(name)s, non repris : %(lost)s.")
        reading.warn(where, message % {"name": name, "lost": ", ".join(lost)})
    return shown


def explained(general: str, comments: Iterable[tuple[str, str]], reading: Reading, where: str) -> str | None:
    """The explanation: the general comment, then each option's own, which the bank has no other place for."""
    own = [f"{option} : {comment}" for option, comment in comments if comment]
    if own:
        reading.warn(where, _("Les commentaires de chaque réponse sont réunis dans l’explication."))
    return "\n".join(filter(None, [general, *own])) or None


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

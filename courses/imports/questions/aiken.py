"""Aiken: a question on one line or more, options « A. » or « A) », then « ANSWER: A »; one right answer, nothing else."""

import re

from django.utils.translation import gettext as _

from courses.imports.questions.neutral import ImportedQuestion, Reading, Told, unseen
from courses.imports.questions.texts import one_line, plain

OPTION = re.compile(r"\s*([A-Z])[.)]\s+(.*)")
ANSWER = re.compile(r"\s*ANSWER\s*:\s*([A-Z])\s*$", re.IGNORECASE)


def read_aiken(text: str, told: Told = unseen) -> Reading:
    """The questions of an Aiken file; one without an answer is reported, and the next is read."""
    reading = Reading(told=told)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    prompt, options, first_line = [], [], 1
    for number, line in enumerate(reading.through(lines, len(lines)), 1):
        if answer := ANSWER.match(line):
            _add(reading, first_line, prompt, options, answer[1].upper())
            prompt, options = [], []
        elif prompt and (option := OPTION.match(line)):
            options.append((option[1], option[2]))
        elif line.strip() and options:
            _without_answer(reading, first_line)
            prompt, options, first_line = [line], [], number
        elif line.strip():
            first_line = first_line if prompt else number
            prompt.append(line)
    if prompt or options:
        _without_answer(reading, first_line)
    return reading


def _add(reading: Reading, line: int, prompt: list[str], options: list, right: str) -> None:
    where = _("ligne %(n)d") % {"n": line}
    if right not in dict(options):
        reading.refuse(where, _("« ANSWER: %(letter)s » ne nomme aucune option.") % {"letter": right})
        return
    rows = tuple((one_line(text), letter == right) for letter, text in options)
    reading.add(ImportedQuestion("single", plain("\n".join(prompt)), {"options": rows}, where=where))


def _without_answer(reading: Reading, line: int) -> None:
    reading.refuse(_("ligne %(n)d") % {"n": line}, _("Il manque la ligne « ANSWER: » de cette question."))

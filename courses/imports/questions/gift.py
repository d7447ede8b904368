"""GIFT, Moodle's text format: titles, categories, escapes, weights, feedback and seven of its kinds of answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from courses.imports.questions.choices import (
    HUNDRED,
    accepted_of,
    choice_of,
    explained,
    matched,
    number_of,
    read_text,
    take,
)
from courses.imports.questions.neutral import (
    ImportedQuestion,
    Reading,
    Skipped,
    Told,
    Unreadable,
    code_from,
    normal_tags,
    number_from,
    unseen,
)
from courses.imports.questions.texts import one_line, plain
from courses.rules.rich_text import Text, words_of

# An escaped character stands, while a question is taken apart, as a character that no text holds.
ESCAPED = "~=#{}:\\n"
STAND_INS = {character: chr(0xFDD0 + rank) for rank, character in enumerate(ESCAPED)}
RESTORED = {ord(stand_in): "\n" if character == "n" else character for character, stand_in in STAND_INS.items()}
ESCAPE = re.compile(r"\\([~=#{}:\\n])")
STRANGERS = re.compile("[\ufdd0-\ufdef]")

MARKUP = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")
TRUTH = re.compile(r"\s*(TRUE|T|FALSE|F)\s*(#.*)?\Z", re.DOTALL)
ORDERING = re.compile(r"\s*>[^\n]*\n(.*)\Z", re.DOTALL)
ID, TAG = re.compile(r"\[id:((?:\\\]|[^\]\[])*)\]"), re.compile(r"\[tag:((?:\\[\]\[]|[^\]\[])*)\]")
ROOT = re.compile(r"\$(course|module|system|cat\d*)\$\Z|top\Z|(default|défaut|par défaut)\b.*", re.IGNORECASE)


@dataclass
class Chunk:
    """The lines of one question, and what was said before it."""

    line: int
    lines: list[str] = field(default_factory=list)
    code: str = ""
    tags: tuple[str, ...] = ()


def read_gift(text: str, told: Told = unseen) -> Reading:
    """The questions of a GIFT file; what cannot be read is reported, and the next question is read."""
    reading = Reading(told=told)
    chunks = list(_chunks(STRANGERS.sub("", text)))
    for chunk in reading.through(chunks, len(chunks)):
        where = _("ligne %(n)d") % {"n": chunk.line}
        source = ESCAPE.sub(lambda found: STAND_INS[found[1]], "\n".join(chunk.lines)).strip()
        title, source = _title(source)
        if title:
            where = _("ligne %(n)d, « %(title)s »") % {"n": chunk.line, "title": title[:60]}
        take(reading, where, _Question(reading, where, chunk, title, source).read)
    return reading


def category_tags(path: str) -> tuple[str, ...]:
    """The names of a path of categories, without Moodle's own roots; « // » in a path is a slash in a name."""
    names = [name.strip().replace("\ufdef", "/") for name in path.replace("//", "\ufdef").split("/")]
    return tuple(name for name in names if name and not ROOT.match(name))


def _chunks(text: str) -> Iterator[Chunk]:
    category, code, tags, chunk = (), "", (), None
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            code = "".join(ID.findall(stripped)[:1]).replace("\\]", "]") or code
            tags += tuple(re.sub(r"\\([\]\[])", r"\1", tag) for tag in TAG.findall(stripped))
        elif stripped.upper().startswith("$CATEGORY:"):
            category = category_tags(stripped.partition(":")[2])
        elif stripped:
            chunk = chunk or Chunk(number, [], code, (*category, *tags))
            chunk.lines.append(line)
        elif chunk:
            yield chunk
            chunk, code, tags = None, "", ()
    if chunk:
        yield chunk


def _title(source: str) -> tuple[str, str]:
    if source.startswith("::") and (end := source.find("::", 2)) > 0:
        return one_line(_restored(source[2:end])), source[end + 2 :]
    return "", source


def _restored(text: str) -> str:
    return text.translate(RESTORED)


@dataclass
class _Question:
    """One question being read."""

    reading: Reading
    where: str
    chunk: Chunk
    title: str
    source: str
    markup: str = "moodle"

    def read(self) -> ImportedQuestion:
        before, answer, after = self._parts()
        if found := MARKUP.match(before):
            self.markup, before = found[1].lower(), before[found.end() :]
        prompt = f"{before.rstrip()} _____ {after.lstrip()}" if after.strip() else before
        answer, _mark, general = answer.partition("####")
        kind, content, comments = self._answer(answer.strip())
        tags = normal_tags(self.chunk.tags, self.reading, self.where)
        return ImportedQuestion(
            type=kind,
            prompt=read_text(self.reading, self.where, _("Énoncé"), _restored(prompt.strip()), self.markup),
            answer=content,
            code=code_from(self.chunk.code),
            title=self.title,
            explanation=explained(self._text(_("Explication"), general), comments, self.reading, self.where),
            tags=tags,
            where=self.where,
        )

    def _parts(self) -> tuple[str, str, str]:
        """Before the braces, inside, after. Raises Unreadable, Skipped for what is no question of ours."""
        start, end = self.source.find("{"), self.source.find("}")
        if start < 0 and end < 0:
            raise Skipped(_("Ce texte n’a pas de réponses entre accolades : c’est une description, elle est passée."))
        if start < 0 or end < start:
            raise Unreadable(_("Une accolade n’est pas fermée, ou pas ouverte."))
        inside, after = self.source[start + 1 : end], self.source[end + 1 :]
        if "{" in inside or "{" in after or "}" in after:
            raise Unreadable(_("Il y a plus d’une paire d’accolades : écrivez \\{ et \\} celles du texte."))
        return self.source[:start], inside, after

    def _words(self, name: str, text: str) -> str:
        """A text of the answer in plain words."""
        return words_of(self._text(name, text))

    def _text(self, name: str, text: str, is_inline: bool = False) -> Text:
        """A text of the answer, in the markup of the question unless it names its own."""
        markup = self.markup
        if found := MARKUP.match(text):
            markup, text = found[1].lower(), text[found.end() :]
        return read_text(self.reading, self.where, name, _restored(text.strip()), markup, is_inline)

    def _answer(self, answer: str) -> tuple[str, dict, list[tuple[str, str]]]:
        if not answer:
            return "essay", {"rubric": None, "guide": None, "min_words": None, "max_words": None}, []
        if answer.startswith("#"):
            return self._number(answer[1:])
        if found := TRUTH.match(answer):
            return self._truth(found)
        if found := ORDERING.match(answer + "\n" if answer.startswith(">") else answer):
            lines = (line for line in found[1].split("\n") if line.strip())
            items = tuple(one_line(self._text(_("Élément"), line, is_inline=True)) for line in lines)
            return "ordering", {"items": items}, []
        if "~" in answer:
            return self._choice(answer)
        if "=" in answer and "->" in answer and not WEIGHT.match(answer.partition("=")[2]):
            return self._matching(answer)
        return self._short_text(answer)

    def _truth(self, found) -> tuple[str, dict, list]:
        comments = [self._words(_("Commentaire"), part) for part in (found[2] or "").split("#")[1:]]
        labels = (_("Réponse fausse"), _("Réponse juste"))
        return "true_false", {"is_true": found[1][0] == "T"}, list(zip(labels, comments, strict=False))

    def _weighted(self, answer: str, default: Decimal = Decimal(0)) -> Iterator[tuple[str, Decimal, str]]:
        """Each text after = or ~ with its weight in percent and its own comment."""
        for sign, part in re.findall(r"([=~])([^=~]*)", answer):
            weight = HUNDRED if sign == "=" else default
            if found := WEIGHT.match(part):
                weight, part = Decimal(found[1].replace(",", ".")), part[found.end() :]
            text, _sign, comment = part.partition("#")
            yield text, weight, self._words(_("Commentaire"), comment)

    def _choice(self, answer: str) -> tuple[str, dict, list]:
        rows = [
            (one_line(self._text(_("Option"), text, is_inline=True)), *more) for text, *more in self._weighted(answer)
        ]
        return *choice_of(rows, "=" in answer, self.reading, self.where), []

    def _matching(self, answer: str) -> tuple[str, dict, list]:
        pairs, distractors = [], []
        for part in re.split(r"[=~]", answer)[1:]:
            left, arrow, right = part.partition("->")
            left = one_line(self._text(_("Élément"), left, is_inline=True))
            right = one_line(_restored(right.partition("#")[0]))
            if not arrow:
                raise Unreadable(_("Dans un appariement, chaque ligne s’écrit « =élément -> correspondant »."))
            if left:
                pairs.append((left, right))
            elif right:
                distractors.append(right)
        return "matching", matched(pairs, distractors), []

    def _short_text(self, answer: str) -> tuple[str, dict, list]:
        rows = list(self._weighted(answer if "=" in answer else f"={answer}"))
        texts = [(one_line(_restored(text)), weight) for text, weight, _comment in rows]
        accepted = accepted_of(texts, self.reading, self.where)
        comments = [(text, row[2]) for (text, _weight), row in zip(texts, rows, strict=True)]
        return (
            "short_text",
            {"accepted": accepted, "ignore_case": None, "ignore_accents": None, "typos": None},
            comments,
        )

    def _number(self, answer: str) -> tuple[str, dict, list]:
        rows, comments = [], []
        for text, weight, comment in self._weighted(answer if re.match(r"\s*[=~]", answer) else f"={answer}"):
            shown = plain(_restored(text))
            comments.append((shown, comment))
            if shown not in ("*", ""):
                rows.append((*_value_and_tolerance(shown), weight))
        return "numeric", number_of(rows, self.reading, self.where), comments


def _value_and_tolerance(text: str) -> tuple[Decimal, Decimal]:
    """Of « 3.14:0.01 », « 3..4 » or « 3 ». Raises Unreadable."""
    if ".." in text:
        low, high = (number_from(part) for part in text.split("..", 1))
        if low is not None and high is not None:
            return (low + high) / 2, abs(high - low) / 2
    value, _colon, tolerance = text.partition(":")
    numbers = number_from(value), number_from(tolerance or "0")
    if None in numbers:
        raise Unreadable(_("« %(text)s » n’est pas un nombre.") % {"text": text[:60]})
    return numbers

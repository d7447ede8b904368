"""Moodle XML: the questions the bank can hold, cleaned; the others are named and passed."""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.imports.questions.choices import (
    accepted_of,
    choice_of,
    explained,
    number_of,
    read_text,
    take,
)
from courses.imports.questions.gift import category_tags
from courses.imports.questions.neutral import (
    WARNING,
    ImportedQuestion,
    QuestionFileRefused,
    Reading,
    Remark,
    Skipped,
    Unreadable,
    code_from,
    normal_tags,
    number_from,
)
from courses.imports.questions.texts import one_line, plain

MARKUPS = {"html": "html", "plain_text": "plain", "markdown": "markdown", "moodle_auto_format": "moodle"}
OTHER_TYPES = {
    "description": gettext_lazy("texte sans question"),
    "essay": gettext_lazy("composition corrigée à la main"),
    "multianswer": gettext_lazy("texte à trous « cloze »"),
    "cloze": gettext_lazy("texte à trous « cloze »"),
    "gapselect": gettext_lazy("mots manquants à choisir"),
    "ddwtos": gettext_lazy("mots à glisser dans un texte"),
    "ddimageortext": gettext_lazy("étiquettes à glisser sur une image"),
    "ddmarker": gettext_lazy("repères à glisser sur une image"),
    "calculated": gettext_lazy("question calculée"),
    "calculatedsimple": gettext_lazy("question calculée"),
    "calculatedmulti": gettext_lazy("choix multiple calculé"),
    "randomsamatch": gettext_lazy("appariement tiré au sort"),
    "random": gettext_lazy("question tirée au sort"),
    "stack": gettext_lazy("question STACK"),
    "coderunner": gettext_lazy("programme à écrire"),
}


def read_moodle_xml(data: bytes) -> Reading:
    """The questions of a Moodle XML file. Raises QuestionFileRefused for what is not one, or hides something."""
    reading = Reading()
    root = _root(data, reading)
    if root.tag != "quiz":
        raise QuestionFileRefused(
            _("Ce fichier XML n’est pas un export de questions de Moodle (il commence par <%(tag)s>).")
            % {"tag": root.tag[:40]}
        )
    tags: tuple[str, ...] = ()
    for rank, element in enumerate(root.iter("question"), 1):
        kind = (element.get("type") or "").strip().lower()
        if kind == "category":
            tags = category_tags(_said(element, "category"))
            continue
        name = one_line(_said(element, "name"))
        where = (
            _("question %(n)d, « %(name)s »") % {"n": rank, "name": name[:60]}
            if name
            else _("question %(n)d") % {"n": rank}
        )
        take(reading, where, _Question(reading, where, element, kind, name, tags).read)
    return reading


def _root(data: bytes, reading: Reading) -> Element:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        declared = re.search(rb"encoding\s*=\s*[\"']([\w.-]+)", data[:200])
        if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and (not declared or declared[1].lower() in (b"utf-8", b"utf8")):
            line = data[: error.start].count(b"\n") + 1
            message = _("Le fichier n’est pas en UTF-8 : il est lu comme du Windows-1252. Vérifiez les accents.")
            reading.remarks.append(Remark(WARNING, _("ligne %(n)d") % {"n": line}, message))
            data = data.decode("cp1252", errors="replace").encode()
    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise QuestionFileRefused(
            _("Le fichier XML définit des entités ou un DTD : un export de Moodle n’en a pas, il est refusé.")
        ) from error
    except ParseError as error:
        raise QuestionFileRefused(
            _("XML mal formé, ligne %(line)d, colonne %(column)d.")
            % {"line": error.position[0], "column": error.position[1]}
        ) from error
    except (LookupError, ValueError) as error:
        raise QuestionFileRefused(_("L’encodage annoncé par le fichier XML est inconnu.")) from error


def _said(element: Element, path: str) -> str:
    """The text of a child, directly or in its <text>."""
    found = element.find(path)
    if found is None:
        return ""
    return found.findtext("text") or found.text or ""


class _Question:
    """One question being read."""

    def __init__(self, reading: Reading, where: str, element: Element, kind: str, name: str, tags: tuple[str, ...]):
        self.reading, self.where, self.element = reading, where, element
        self.kind, self.name, self.tags = kind, name, tags

    def read(self) -> ImportedQuestion:
        read_answer = getattr(self, f"_{self.kind}", None) if self.kind in TYPES else None
        if read_answer is None:
            label = OTHER_TYPES.get(self.kind, self.kind[:40] or "?")
            raise Skipped(_("Type non repris : %(type)s.") % {"type": label})
        kind, content, comments = read_answer()
        general = self._text(_("Explication"), self.element.find("generalfeedback"))
        own_tags = (_said_text(tag) for tag in self.element.iterfind("tags/tag"))
        self._note_left_out()
        return ImportedQuestion(
            type=kind,
            prompt=self._text(_("Énoncé"), self.element.find("questiontext")),
            answer=content,
            code=code_from(self.element.findtext("idnumber") or ""),
            title=self.name,
            explanation=explained(general, comments, self.reading, self.where),
            tags=normal_tags((*self.tags, *own_tags), self.reading, self.where),
            where=self.where,
        )

    def _note_left_out(self) -> None:
        feedbacks = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
        counted = {
            "common_feedback": any(_said(self.element, name).strip() for name in feedbacks),
            "hints": any(_said_text(hint).strip() for hint in self.element.iterfind("hint")),
            "points": (number_from(self.element.findtext("defaultgrade") or "1") or 1) != 1,
        }
        self.reading.left_out.update([name for name, is_there in counted.items() if is_there])

    def _text(self, name: str, element: Element | None) -> str:
        if element is None:
            return ""
        text, markup = _said_text(element), MARKUPS.get(element.get("format") or "", "moodle")
        if element.find("file") is not None and "<img" not in text:
            message = _("%(name)s : le fichier joint « %(file)s » n’est pas repris.")
            self.reading.warn(
                self.where, message % {"name": name, "file": (element.find("file").get("name") or "")[:60]}
            )
        return read_text(self.reading, self.where, name, text, markup)

    def _answers(self):
        """Each answer with its weight in percent. Raises Unreadable."""
        for answer in self.element.iterfind("answer"):
            weight = number_from(answer.get("fraction") or "0")
            if weight is None:
                raise Unreadable(_("Un poids n’est pas un nombre."))
            yield answer, weight

    def _comment(self, answer: Element) -> str:
        return self._text(_("Commentaire"), answer.find("feedback"))

    def _multichoice(self):
        rows = [
            (one_line(self._text(_("Option"), answer)), weight, self._comment(answer))
            for answer, weight in self._answers()
        ]
        is_single = (self.element.findtext("single") or "true").strip().lower() in ("true", "1")
        options = [(text, weight) for text, weight, _comment in rows]
        kind, content = choice_of(options, is_single, self.reading, self.where)
        return kind, content, [(text, comment) for text, _weight, comment in rows]

    def _truefalse(self):
        rows = [(_said_text(answer).strip().lower(), weight, answer) for answer, weight in self._answers()]
        right = {text for text, weight, _answer in rows if weight > 0}
        if len(right) != 1 or not right <= {"true", "false"}:
            raise Unreadable(_("On ne sait pas si l’énoncé est vrai ou faux."))
        labels = {"true": _("Vrai"), "false": _("Faux")}
        comments = [(labels.get(text, text), self._comment(answer)) for text, _weight, answer in rows]
        return "true_false", {"is_true": right == {"true"}}, comments

    def _shortanswer(self):
        rows = [(one_line(_said_text(answer)), weight, answer) for answer, weight in self._answers()]
        accepted = accepted_of([(text, weight) for text, weight, _answer in rows], self.reading, self.where)
        ignore_case = (self.element.findtext("usecase") or "0").strip() in ("0", "false")
        comments = [(text, self._comment(answer)) for text, _weight, answer in rows]
        return "short_text", {"accepted": accepted, "ignore_case": ignore_case, "ignore_accents": None}, comments

    def _numerical(self):
        rows, comments = [], []
        for answer, weight in self._answers():
            text = _said_text(answer).strip()
            comments.append((text, self._comment(answer)))
            if text == "*":
                continue
            value, tolerance = number_from(text), number_from(answer.findtext("tolerance") or "0")
            if value is None or tolerance is None:
                raise Unreadable(_("« %(text)s » n’est pas un nombre.") % {"text": text[:60]})
            rows.append((value, tolerance, weight))
        return "numeric", {**number_of(rows, self.reading, self.where), "unit": self._unit()}, comments

    def _unit(self) -> str | None:
        units = [one_line(unit.findtext("unit_name") or "") for unit in self.element.iterfind("units/unit")]
        if len(units) > 1:
            self.reading.warn(self.where, _("Seule la première unité est reprise : %(unit)s.") % {"unit": units[0]})
        return units[0] if units else None

    def _matching(self):
        pairs = []
        for each in self.element.iterfind("subquestion"):
            left = one_line(self._text(_("Élément"), each))
            right = one_line(_said(each, "answer"))
            if left:
                pairs.append((left, right))
            elif right:
                message = _("Le leurre « %(text)s » n’est pas repris : chaque proposition a son élément.")
                self.reading.warn(self.where, message % {"text": right[:60]})
        return "matching", {"pairs": tuple(pairs)}, []

    def _ordering(self):
        rows = list(self._answers())
        if len({weight for _answer, weight in rows}) == len(rows):
            rows.sort(key=lambda row: row[1])  # the fraction is the rank
        items = tuple(one_line(self._text(_("Élément"), answer)) for answer, _weight in rows)
        return "ordering", {"items": items}, []


TYPES = {"multichoice", "truefalse", "shortanswer", "numerical", "matching", "ordering"}


def _said_text(element: Element) -> str:
    return plain(element.findtext("text") or "")

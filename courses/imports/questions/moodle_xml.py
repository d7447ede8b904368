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
    matched,
    number_of,
    read_text,
    take,
)
from courses.imports.questions.cloze import read_cloze
from courses.imports.questions.gift import category_tags
from courses.imports.questions.neutral import (
    WARNING,
    ImportedQuestion,
    QuestionFileRefused,
    Reading,
    Remark,
    Skipped,
    Told,
    Unreadable,
    code_from,
    normal_tags,
    number_from,
    unseen,
)
from courses.imports.questions.texts import one_line, plain
from courses.rules.answers import GAP, MAX_UPLOAD_MB, MAX_WORDS, UPLOAD_EXTENSIONS
from courses.rules.rich_text import Text, words_of

MARKUPS = {"html": "html", "plain_text": "plain", "markdown": "markdown", "moodle_auto_format": "moodle"}
OTHER_TYPES = {
    "description": gettext_lazy("texte sans question"),
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


def read_moodle_xml(data: bytes, told: Told = unseen) -> Reading:
    """The questions of a Moodle XML file. Raises QuestionFileRefused for what is not one, or hides something."""
    reading = Reading(told=told)
    root = _root(data, reading)
    if root.tag != "quiz":
        raise QuestionFileRefused(
            _("Ce fichier XML n’est pas un export de questions de Moodle (il commence par <%(tag)s>).")
            % {"tag": root.tag[:40]}
        )
    tags: tuple[str, ...] = ()
    elements = list(root.iter("question"))
    for rank, element in enumerate(reading.through(elements, len(elements)), 1):
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
        self.kind, self.name, self.tags, self.prompt = kind, name, tags, ""

    def read(self) -> ImportedQuestion:
        read_answer = getattr(self, f"_{self.kind}", None) if self.kind in TYPES else None
        if read_answer is None:
            label = OTHER_TYPES.get(self.kind, self.kind[:40] or "?")
            raise Skipped(_("Type non repris : %(type)s.") % {"type": label})
        prompt = self._text(_("Énoncé"), self.element.find("questiontext")) if self.kind not in IN_TEXT else ""
        kind, content, comments = read_answer()
        general = self._text(_("Explication"), self.element.find("generalfeedback"))
        own_tags = (_said_text(tag) for tag in self.element.iterfind("tags/tag"))
        self._note_left_out()
        return ImportedQuestion(
            type=kind,
            prompt=self.prompt or prompt,
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

    def _words(self, name: str, element: Element | None) -> str:
        """A text in plain words, for what the bank keeps plain."""
        return words_of(self._text(name, element))

    def _text(self, name: str, element: Element | None, is_inline: bool = False) -> Text:
        if element is None:
            return ""
        text, markup = _said_text(element), MARKUPS.get(element.get("format") or "", "moodle")
        if element.find("file") is not None and "<img" not in text:
            message = _("%(name)s : le fichier joint « %(file)s » n’est pas repris.")
            self.reading.warn(
                self.where, message % {"name": name, "file": (element.find("file").get("name") or "")[:60]}
            )
        files = {file.get("name") or "": file.text or "" for file in element.iterfind("file")}
        return read_text(self.reading, self.where, name, text, markup, is_inline, files)

    def _answers(self):
        """Each answer with its weight in percent. Raises Unreadable."""
        for answer in self.element.iterfind("answer"):
            weight = number_from(answer.get("fraction") or "0")
            if weight is None:
                raise Unreadable(_("Un poids n’est pas un nombre."))
            yield answer, weight

    def _comment(self, answer: Element) -> str:
        return self._words(_("Commentaire"), answer.find("feedback"))

    def _multichoice(self):
        rows = [
            (one_line(self._text(_("Option"), answer, is_inline=True)), weight, self._comment(answer))
            for answer, weight in self._answers()
        ]
        is_single = (self.element.findtext("single") or "true").strip().lower() in ("true", "1")
        return *choice_of(rows, is_single, self.reading, self.where), []

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
        return (
            "short_text",
            {"accepted": accepted, "ignore_case": ignore_case, "ignore_accents": None, "typos": None},
            comments,
        )

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
        pairs, distractors = [], []
        for each in self.element.iterfind("subquestion"):
            left = one_line(self._text(_("Élément"), each, is_inline=True))
            right = one_line(_said(each, "answer"))
            if left:
                pairs.append((left, right))
            elif right:
                distractors.append(right)
        return "matching", matched(pairs, distractors), []

    def _ordering(self):
        rows = list(self._answers())
        if len({weight for _answer, weight in rows}) == len(rows):
            rows.sort(key=lambda row: row[1])  # the fraction is the rank
        items = tuple(one_line(self._text(_("Élément"), answer, is_inline=True)) for answer, _weight in rows)
        return "ordering", {"items": items}, []

    def _essay(self):
        """A composition; a file to hand in where only attachments are asked for."""
        guide = self._words(_("Pour qui corrige"), self.element.find("graderinfo")) or None
        by_hand = {"rubric": None, "guide": guide}
        if self._value("responseformat") == "noinline":
            names = re.findall(r"\.(\w+)", self._value("filetypeslist"))
            megabytes = int(number_from(self._value("maxbytes")) or 0) // MEBIBYTE
            kept = tuple(name for name in UPLOAD_EXTENSIONS if name in names or (name == "jpg" and "jpeg" in names))
            if set(names) - set(UPLOAD_EXTENSIONS) - {"jpeg"}:
                self.reading.warn(self.where, _("Certains types de fichier acceptés par Moodle ne le sont pas ici."))
            most = min(megabytes, MAX_UPLOAD_MB) or None
            return "file", {**by_hand, "extensions": kept or None, "max_mb": most}, []
        least, most = (int(number_from(self._value(f"{name}wordlimit")) or 0) or None for name in ("min", "max"))
        most = most and min(most, MAX_WORDS)
        return "essay", {**by_hand, "min_words": least and min(least, most or MAX_WORDS), "max_words": most}, []

    def _value(self, name: str) -> str:
        return (self.element.findtext(name) or "").strip()

    def _multianswer(self):
        """A text whose gaps are written in codes."""
        return "gap_fill", read_cloze(self._gap_text(), self.reading, self.where), []

    _cloze = _multianswer

    def _gapselect(self):
        """A text whose gaps [[n]] are filled from lists, the n-th text of its list being right."""
        rows = [
            (one_line(self._words(_("Option"), each)), self._group(each))
            for name in ("selectoption", "dragbox")
            for each in self.element.iterfind(name)
        ]
        gaps: list[tuple[str, dict]] = []

        def gap(found: re.Match) -> str:
            if not 0 < int(found[1]) <= len(rows):
                raise Unreadable(_("Le trou %(n)s ne nomme aucune option.") % {"n": found[1]})
            right, group = rows[int(found[1]) - 1]
            texts = dict.fromkeys(text for text, of in rows if of == group)
            gaps.append(("single", {"options": tuple((text, text == right) for text in texts)}))
            return f"[[{len(gaps)}]]"

        text = GAP.sub(gap, self._gap_text())
        if not gaps:
            raise Unreadable(_("Le texte n’a pas de trou."))
        return "gap_fill", {"text": text, "gaps": tuple(gaps)}, []

    _ddwtos = _gapselect

    def _group(self, element: Element) -> str:
        return (element.findtext("group") or element.findtext("draggroup") or "1").strip()

    def _gap_text(self) -> str:
        """The text with its gaps, plain; what stands before a rule across the page is the prompt."""
        element = self.element.find("questiontext")
        text = _said_text(element) if element is not None else ""
        before, rule, after = re.split(RULE, text, maxsplit=1) if re.search(RULE, text) else ("", "", text)
        markup = MARKUPS.get(element.get("format") or "", "moodle") if element is not None else "plain"
        files = {file.get("name") or "": file.text or "" for file in element.iterfind("file")} if rule else {}
        self.prompt = _("Complétez le texte.")
        if before:
            self.prompt = read_text(self.reading, self.where, _("Énoncé"), before, markup, files=files)
        return words_of(read_text(self.reading, self.where, _("Texte à trous"), after, markup))


MEBIBYTE = 1_048_576
RULE = r"(<hr ?/?>)"
IN_TEXT = {"multianswer", "cloze", "gapselect", "ddwtos"}
TYPES = {"multichoice", "truefalse", "shortanswer", "numerical", "matching", "ordering", "essay"} | IN_TEXT


def _said_text(element: Element) -> str:
    return plain(element.findtext("text") or "")

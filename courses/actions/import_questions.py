"""Bringing questions read from a file into the bank: what would happen, and doing it, all in one transaction."""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Collection, ReferenceIndex
from wagtail.search.backends import get_search_backends

from courses.actions.import_pictures import embedded, library_images, same_pictures
from courses.actions.imports import AlreadyAsked, as_rows, forget_file, from_aside, keep_preview, paced
from courses.actions.load import OPTION_IDS
from courses.actions.raw_answers import raw_value
from courses.actions.tag_questions import tags_named
from courses.exports.from_bank import CHUNK, latest_versions, neutral_of
from courses.imports.questions.files import read_questions
from courses.imports.questions.neutral import (
    ERROR,
    RICH_LISTS,
    SKIPPED,
    WARNING,
    ImportedQuestion,
    Reading,
    Remark,
    Row,
    Told,
    identified,
    tag_key,
    unseen,
)
from courses.imports.questions.texts import STRAY_NO_BREAK, one_line, plain
from courses.models import Question, QuestionImport, QuestionVersion, TaggedQuestion
from courses.models.banks import reach_of, read_with
from courses.models.questions import QuestionQuerySet
from courses.pictures import freeze_pictures
from courses.rules.answers import frozen_content
from courses.rules.rich_text import Rich, Text, to_html, words_of
from courses.uses import named_beyond
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User
from lms.skills.models import Competence

JOB = "courses.import_questions"


@dataclass
class Plan:
    """What an import does to the bank, and its whole report."""

    created: list[ImportedQuestion] = field(default_factory=list)
    updated: list[tuple[QuestionVersion, ImportedQuestion]] = field(default_factory=list)
    unchanged: int = 0
    kept: int = 0  # in the bank under the same code, different, and left as they are
    remarks: list[Remark] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)  # by SHA-256

    @property
    def counts(self) -> dict[str, int]:
        levels = Counter(remark.level for remark in self.remarks)
        return {
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "kept": self.kept,
            **{level: levels[level] for level in (ERROR, WARNING, SKIPPED)},
        }

    @property
    def is_whole(self) -> bool:
        """Whether every question of the file was understood."""
        return not any(remark.level in (ERROR, SKIPPED) for remark in self.remarks)


def plan_import(reading: Reading, bank: Collection, replaces: bool, kept: Container[int] = frozenset()) -> Plan:
    """What importing this reading into a bank would do, as it is today; a few queries per 500 questions, nothing written.

    Its codes are those of the questions that who writes there may ask; no other is looked at, replaced or told of.
    `kept`: the questions that stay as they are, for pages name them that only change by review.
    """
    plan = Plan(remarks=list(reading.remarks), pictures=reading.pictures)
    competences = set(Competence.objects.values_list("code", flat=True))
    wanted: dict[str, ImportedQuestion] = {}
    for question in reading.questions:
        if question.competence and question.competence not in competences:
            plan.remarks.append(
                Remark(ERROR, question.where, _("Compétence inconnue : %(code)s.") % {"code": question.competence[:40]})
            )
            continue
        coded = replace(question, code=question.code or code_of(question))
        if coded.code not in wanted:
            wanted[coded.code] = coded
        elif question.code:
            message = _("Le code « %(code)s » est déjà celui d’une autre question du fichier.")
            plan.remarks.append(Remark(ERROR, question.where, message % {"code": question.code}))
        else:
            message = _("La même question est déjà dans le fichier.")
            plan.remarks.append(Remark(SKIPPED, question.where, message))
    known = existing(wanted, bank)
    taken = codes_taken(wanted, bank)
    for code, question in wanted.items():
        if code in taken and code not in known:
            message = _("Le code « %(code)s » est déjà pris : donnez-en un autre à cette question.")
            plan.remarks.append(Remark(ERROR, question.where, message % {"code": code}))
            continue
        if code not in known:
            plan.created.append(question)
            continue
        version, tags = known[code]
        if is_same(question, neutral_of(version, tags)):
            plan.unchanged += 1
        elif replaces and version.question_id in kept:
            plan.kept += 1
            message = _(
                "La question « %(code)s » est posée par une page publiée ou qui attend de l’être : elle ne change pas sans relecture. Importez-la sous un autre code."
            )
            plan.remarks.append(Remark(WARNING, question.where, message % {"code": code}))
        elif replaces:
            plan.updated.append((version, question))
            message = _("La question « %(code)s » de la banque est remplacée.")
            plan.remarks.append(Remark(WARNING, question.where, message % {"code": code}))
        else:
            plan.kept += 1
            message = _(
                "La question « %(code)s » est déjà dans la banque, différente : elle y est laissée comme elle est."
            )
            plan.remarks.append(Remark(WARNING, question.where, message % {"code": code}))
    return plan


def existing(codes: Iterable[str], bank: Collection) -> dict[str, tuple[QuestionVersion, tuple[str, ...]]]:
    """The latest version and the tags of the questions within a bank's reach that have these codes."""
    listed, found = list(codes), {}
    for start in range(0, len(listed), CHUNK):
        part = Question.objects.within(bank).filter(code__in=listed[start : start + CHUNK]).order_by("pk")
        for version, tags in latest_versions(part.values_list("pk", flat=True)):
            found[version.question.code] = version, tags
    return found


def codes_taken(codes: Iterable[str], bank: Collection) -> set[str]:
    """Those of these codes that name a question beyond the bank's reach, in a bank read with it."""
    beyond = set(read_with(bank)) - set(reach_of(bank))
    listed, taken = list(codes) if beyond else [], set()
    for start in range(0, len(listed), CHUNK):
        found = Question.objects.filter(collection__in=beyond, code__in=listed[start : start + CHUNK])
        taken |= set(found.values_list("code", flat=True))
    return taken


def code_of(question: ImportedQuestion) -> str:
    """A code for a question that has none: the same for the same question, another as soon as it differs."""
    said = json.dumps([question.type, question.prompt, question.answer], ensure_ascii=False, default=str)
    start = slugify(question.title or words_of(question.prompt))[:60].strip("-") or "question"
    return f"{start}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"


def is_same(question: ImportedQuestion, held: ImportedQuestion) -> bool:
    """Whether a file says nothing new of the question held; what it does not say is not compared."""
    return normal(filled(question, held)) == normal(held)


def filled(question: ImportedQuestion, held: ImportedQuestion) -> ImportedQuestion:
    """The question with what its file does not say taken from the one held."""
    answer = question.answer
    if held.type == question.type:
        answer = filled_answer(answer, held.answer)
    names = ("explanation", "competence", "level", "difficulty", "tags")
    unsaid = {name: getattr(held, name) for name in names if getattr(question, name) is None}
    return replace(question, answer=answer, **unsaid)


def filled_answer(answer: dict, held: dict) -> dict:
    """The answer with what its file does not say taken from the one held; gap by gap where the gaps are of the same types."""
    answer = {name: held.get(name) if value is None else value for name, value in answer.items()}
    kinds = [[kind for kind, _gap in each.get("gaps", ())] for each in (answer, held)]
    if "gaps" in answer and kinds[0] == kinds[1]:
        pairs = zip(answer["gaps"], held["gaps"], strict=True)
        answer["gaps"] = tuple((kind, filled_answer(gap, old)) for (kind, gap), (_kind, old) in pairs)
    return answer


def normal(question: ImportedQuestion) -> tuple:
    """What makes two questions the same: the texts as files can write them, tags in any order."""
    return (
        question.type,
        normal_text(question.prompt),
        normal_answer(question.answer),
        normal_text(question.explanation or ""),
        question.competence,
        question.level,
        question.difficulty,
        {tag_key(tag) for tag in question.tags or ()},
    )


def normal_text(text: Text) -> object:
    """A text as files can write it: pictures by what they hold, no-break spaces where French punctuation has them."""
    return Rich(same_pictures(text.html)) if isinstance(text, Rich) else STRAY_NO_BREAK.sub(" ", plain(text))


def normal_answer(value: object) -> object:
    """An answer whose texts stand on one line, whose numbers compare by value, and whose silences are empty."""
    match value:
        case dict():
            return {name: normal_answer(each) for name, each in value.items()}
        case tuple() | list():
            return tuple(normal_answer(each) for each in value)
        case Rich():
            return normal_text(value)
        case str():
            return one_line(STRAY_NO_BREAK.sub(" ", value))
        case None:
            return ""
    return value


# --- Writing


@transaction.atomic
def carry_out(plan: Plan, bank: Collection, author: User | None = None, told: Told = unseen) -> None:
    """Write the plan, by bulk; new questions are by `author`, in the bank. Locks the questions it replaces.

    `told` hears how far along the writing is by the questions filled, then written, 0 to 0.75: the rest is the search.
    """
    count = len(plan.created) + len(plan.updated)
    competences = {competence.code: competence for competence in Competence.objects.all()}
    images = library_images(plan.pictures, bank, author)
    pks = [version.question_id for version, _question in plan.updated]
    locked = {question.pk: question for question in Question.objects.select_for_update().filter(pk__in=pks)}
    written, versions = [], []
    for imported in plan.created:
        question = Question(code=imported.code, collection=bank, author=author)
        versions.append(fill(question, imported, competences, None, images))
        written.append((question, imported))
        told(len(written) / count / 4)
    for part in in_parts([question for question, _imported in written], told, 0.25):
        Question.objects.bulk_create(part)
    for held, imported in plan.updated:
        question = locked[held.question_id]
        version = fill(question, imported, competences, held, images)
        if version.fingerprint != held.fingerprint:
            versions.append(version)
        written.append((question, imported))
    fields = ["prompt", "answer", "explanation", "competence", "level", "difficulty"]
    Question.objects.bulk_update(locked.values(), fields, batch_size=25)
    for version in versions:
        version.question_id = version.question.pk
    for part in in_parts(versions, told, 0.5):
        QuestionVersion.objects.bulk_create(part)
    put_tags(written, Question.objects.within(bank))
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(Question, [question for question, _imported in written])
    for question, _imported in written:
        if question.competence_id or "<embed" in f"{question.prompt}{question.explanation}{question.answer.raw_data}":
            ReferenceIndex.create_or_update_for_object(question)


def in_parts(rows: list[Row], told: Told, since: float) -> Iterator[list[Row]]:
    """The rows by so many, which are a quarter of the work; `told` after each part."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
        told(since + 0.25 * min((start + CHUNK) / len(rows), 1))


def fill(
    question: Question,
    imported: ImportedQuestion,
    competences: dict,
    held: QuestionVersion | None,
    images: dict[str, int],
) -> QuestionVersion:
    """Write what the file says on the question; give the version that freezes it, its options keeping their identifiers.

    `images`: the picture of the library for each hash.
    """
    own_explanation = question.explanation if imported.explanation is None else None
    ids = ids_by_text(held) if held and held.type == imported.type else {}
    if held:
        imported = filled(imported, neutral_of(held, ()))

    def id_of(text: str) -> str:
        return ids.get(text) or str(uuid.uuid5(OPTION_IDS, f"{question.code}/{text}"))

    answer = with_images(identified(imported.answer, id_of), images)
    question.prompt = embedded(to_html(imported.prompt), images)
    question.explanation = own_explanation or embedded(to_html(imported.explanation or ""), images)
    question.competence = competences[imported.competence] if imported.competence else None
    question.level, question.difficulty = imported.level, imported.difficulty or ""
    raw = {
        "type": imported.type,
        "value": raw_value(imported.type, answer),
        "id": str(uuid.uuid5(OPTION_IDS, question.code)),
    }
    question.answer = [raw]
    content = frozen_content(imported.type, with_frozen_pictures(answer))
    says = {"type": imported.type, "content": content, **question.texts()}
    fingerprint = QuestionVersion.fingerprint_of(**says)
    number = held.number + 1 if held else 1
    return QuestionVersion(question=question, number=number, fingerprint=fingerprint, **says)


def with_images(answer: dict, images: dict[str, int]) -> dict:
    """The answer whose texts name pictures of the library."""
    return _texts_through(answer, lambda html: embedded(html, images))


def with_frozen_pictures(answer: dict) -> dict:
    """The answer whose texts have frozen copies of their pictures."""
    return _texts_through(answer, freeze_pictures)


def _texts_through(answer: dict, change: Callable[[str], str]) -> dict:
    listed = {
        name: [
            (pk, Rich(change(text.html)) if isinstance(text, Rich) else text, *more) for pk, text, *more in answer[name]
        ]
        for name in RICH_LISTS & answer.keys()
    }
    return {**answer, **listed}


def ids_by_text(version: QuestionVersion) -> dict[str, str]:
    """The identifiers of the options, left sides or items of a version."""
    rows = version.content.get("options") or version.content.get("left") or version.content.get("items") or []
    return {row.get("html") or row["text"]: row["id"] for row in rows}


def put_tags(written: list[tuple[Question, ImportedQuestion]], among: QuestionQuerySet) -> None:
    """Give the questions the tags their file says; one that a question of `among` carries is taken, whatever its case."""
    said = [(question, imported.tags) for question, imported in written if imported.tags is not None]
    tags = tags_named(dict.fromkeys(name for _question, names in said for name in names), among) if said else {}
    pks = [question.pk for question, _names in said]
    for start in range(0, len(pks), CHUNK):
        TaggedQuestion.objects.filter(content_object__in=pks[start : start + CHUNK]).delete()
    rows = (
        TaggedQuestion(content_object=question, tag=tags[tag_key(name)]) for question, names in said for name in names
    )
    TaggedQuestion.objects.bulk_create(rows, batch_size=CHUNK)


# --- The import as its author lives it


def begin_import(name: str, data: bytes, bank: Collection, user: User, now: datetime) -> QuestionImport:
    """Read a file, keep it, and give the preview of its import; nothing enters the bank. Raises QuestionFileRefused.

    Previews that the same person forgot are cleared away with their files. Reading holds no lock.
    """
    plan_format, plan = previewed(data, bank)
    begun = QuestionImport(name=name[:200], format=plan_format, bank=bank, created_by=user)
    begun.counts, begun.remarks = plan.counts, as_rows(plan.remarks)
    return keep_preview(begun, data, now)


def previewed(data: bytes, bank: Collection) -> tuple[str, Plan]:
    """The format of a file and what importing it would do. Raises QuestionFileRefused."""
    reading = read_questions(data)
    return reading.format, plan_import(reading, bank, replaces=False)


@transaction.atomic
def confirm_import(begun: QuestionImport, user: User, all_or_nothing: bool, replaces: bool) -> QuestionImport:
    """Ask for the import in the background; locks it. Raises AlreadyAsked."""
    begun = QuestionImport.objects.select_for_update().get(pk=begun.pk)
    if begun.state != QuestionImport.State.PREVIEW:
        raise AlreadyAsked
    begun.all_or_nothing, begun.replaces, begun.state = all_or_nothing, replaces, QuestionImport.State.ASKED
    begun.job = enqueue(JOB, key=f"{JOB}:{begun.pk}", payload={"import": begun.pk}, on_behalf_of=user)
    begun.save()
    return begun


def run_import(pk: int, now: datetime, told: Callable[[int], None] = lambda percent: None) -> QuestionImport:
    """Read the file again and bring its questions in, each wholly, all in one transaction; again changes nothing.

    `told` hears how many percent are done, by the rows read, then written, a few times a second at most.
    """
    begun = QuestionImport.objects.get(pk=pk)
    if begun.state != QuestionImport.State.ASKED:
        return begun
    tell, tell_aside = paced(told), paced(from_aside(told))
    with begun.file.open("rb") as file:
        reading = read_questions(file.read(), lambda share: tell(round(50 * share)))
    with transaction.atomic():
        begun = QuestionImport.objects.select_for_update(of=("self",)).select_related("created_by", "bank").get(pk=pk)
        if begun.state != QuestionImport.State.ASKED:
            return begun
        beyond = named_beyond(begun.created_by, Question) if begun.replaces else {}
        plan = plan_import(reading, begun.bank, begun.replaces, kept=set().union(*beyond.values()))
        begun.state = QuestionImport.State.DONE
        if begun.all_or_nothing and not plan.is_whole:
            begun.state = QuestionImport.State.REFUSED
        else:
            carry_out(plan, begun.bank, begun.created_by, lambda share: tell_aside(round(51 + 48 * share)))
        begun.counts, begun.remarks, begun.finished_at = plan.counts, as_rows(plan.remarks), now
        forget_file(begun)
        begun.save()
        audit.record("question.import", actor=begun.created_by, obj=begun, state=begun.state, **plan.counts)
    return begun

"""Questions of the bank in the neutral shape of imports, as their latest version says them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from courses.imports.questions.neutral import ImportedQuestion
from courses.models import QuestionVersion, TaggedQuestion

CHUNK = 500


def latest_versions(question_pks: Iterable[int]) -> Iterator[tuple[QuestionVersion, tuple[str, ...]]]:
    """The latest version of each question with the names of its tags, in the order given; two queries per 500."""
    pks = list(question_pks)
    for start in range(0, len(pks), CHUNK):
        part = pks[start : start + CHUNK]
        rows = QuestionVersion.objects.current().filter(question__in=part).select_related("question__competence")
        versions = {version.question_id: version for version in rows}
        tags = defaultdict(list)
        tagged = TaggedQuestion.objects.filter(content_object__in=part).order_by("tag__name")
        for pk, name in tagged.values_list("content_object", "tag__name"):
            tags[pk].append(name)
        for pk in part:
            if pk in versions:
                yield versions[pk], tuple(tags[pk])


def neutral_questions(question_pks: Iterable[int]) -> list[ImportedQuestion]:
    """The questions, in the order given."""
    return [neutral_of(version, tags) for version, tags in latest_versions(question_pks)]


def neutral_of(version: QuestionVersion, tags: tuple[str, ...]) -> ImportedQuestion:
    """A version as a file would say it, all of it."""
    question = version.question
    return ImportedQuestion(
        type=version.type,
        prompt=version.prompt,
        answer=neutral_answer(version.type, version.content),
        code=question.code,
        title=question.code,
        explanation=version.explanation,
        competence=question.competence.code if question.competence else None,
        level=question.level,
        tags=tags,
        where=question.code,
    )


def neutral_answer(kind: str, content: dict) -> dict:
    """The answer that the content of a version freezes, without its identifiers."""
    match kind:
        case "single" | "multiple":
            right = content["answer"] if kind == "multiple" else [content["answer"]]
            return {"options": tuple((option["text"], option["id"] in right) for option in content["options"])}
        case "matching":
            texts = texts_by_id(content["right"])
            pairs = ((left["text"], texts[content["answer"][left["id"]]]) for left in content["left"])
            return {"pairs": tuple(pairs)}
        case "ordering":
            texts = texts_by_id(content["items"])
            return {"items": tuple(texts[pk] for pk in content["answer"])}
        case "numeric":
            return {
                "value": Decimal(content["answer"]),
                "tolerance": Decimal(content["tolerance"]),
                "unit": content["unit"],
            }
        case "short_text":
            return {**content, "accepted": tuple(content["accepted"])}
        case "true_false":
            return {"is_true": content["answer"]}
    return dict(content)


def texts_by_id(items: list[dict]) -> dict[str, str]:
    return {item["id"]: item["text"] for item in items}

"""Questions of the bank in the neutral shape of imports, as their latest version says them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from courses.imports.questions.choices import matched
from courses.imports.questions.neutral import ImportedQuestion
from courses.models import QuestionVersion, TaggedQuestion
from courses.rules.rich_text import Text, frozen

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
        prompt=version.rich_prompt,
        answer=neutral_answer(version.type, version.content),
        code=question.code,
        title=question.code,
        explanation=version.rich_explanation,
        competence=question.competence.code if question.competence else None,
        level=question.level,
        difficulty=question.difficulty or None,
        tags=tags,
        where=question.code,
    )


def neutral_answer(kind: str, content: dict) -> dict:
    """The answer that the content of a version freezes, without its identifiers."""
    match kind:
        case "single" | "multiple":
            right = content["answer"] if kind == "multiple" else [content["answer"]]
            return {"options": tuple(_option(option, option["id"] in right) for option in content["options"])}
        case "matching":
            texts = texts_by_id(content["right"])
            pairs = tuple((_text(left), texts[content["answer"][left["id"]]]) for left in content["left"])
            return matched(pairs, [texts[pk] for pk in texts if pk not in content["answer"].values()])
        case "ordering":
            items = {item["id"]: _text(item) for item in content["items"]}
            return {"items": tuple(items[pk] for pk in content["answer"])}
        case "numeric":
            (value, tolerance), *others = map(_number, [content, *content.get("others", ())])
            answer = {"value": value, "tolerance": tolerance, "unit": content["unit"]}
            return answer | {"others": tuple(others)} if others else answer
        case "short_text":
            names = ("ignore_case", "ignore_accents")
            said = {name: content[name] for name in names} | {"typos": content.get("typos", 0)}
            return {"accepted": tuple(content["accepted"]), **said}
        case "gap_fill":
            gaps = content["gaps"]
            marks = [f"[[{rank}]]" for rank in range(1, len(gaps) + 1)]
            text = "".join(map("".join, zip(content["texts"], [*marks, ""], strict=True)))
            return {"text": text, "gaps": tuple((gap["type"], neutral_answer(gap["type"], gap)) for gap in gaps)}
        case "survey":
            return _survey(content)
        case "essay" | "file":
            rubric = ((row["text"], row["points"], row["description"]) for row in content.get("rubric", ()))
            listed = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
            return {"rubric": tuple(rubric), **{name: value for name, value in listed.items() if name != "rubric"}}
        case "true_false":
            return {"is_true": content["answer"]}
    return dict(content)


def _option(option: dict, is_right: bool) -> tuple:
    told = (option["feedback"],) if "feedback" in option else ()
    return _text(option), is_right, *told


def _text(item: dict) -> Text:
    return frozen(item["text"], item.get("html", ""))


def _number(content: dict) -> tuple[Decimal, Decimal]:
    return Decimal(content["answer"]), Decimal(content["tolerance"])


def _survey(content: dict) -> dict:
    options, is_scale = content.get("options", []), content["form"] == "scale"
    return {
        "choices": () if is_scale else tuple(option["text"] for option in options),
        "form": content["form"],
        "steps": len(options) if is_scale else 5,
        "low": content.get("low", ""),
        "high": content.get("high", ""),
    }


def texts_by_id(items: list[dict]) -> dict[str, str]:
    return {item["id"]: item["text"] for item in items}

"""The raw StreamField of an answer, as the block of its type keeps it, from the shape that `frozen_content` takes."""

from decimal import Decimal

from courses.rules.rich_text import Text, to_html


def raw_value(kind: str, answer: dict, is_gap: bool = False) -> dict:
    """The raw value of the block of this type, each item under its identifier; options of gaps are plain."""
    match kind:
        case "single" | "multiple":
            return {"options": [_item(pk, _option(is_gap, *row)) for pk, *row in answer["options"]]}
        case "matching":
            pairs = [_item(pk, {"left": _line(left), "right": right}) for pk, left, right in answer["pairs"]]
            return {"pairs": pairs, "distractors": list(answer.get("distractors", ()))}
        case "ordering":
            return {"items": [_item(pk, _line(text)) for pk, text in answer["items"]]}
        case "numeric":
            others = [
                {"value": str(value), "tolerance": str(tolerance)} for value, tolerance in answer.get("others", ())
            ]
            return {**_written(answer), "others": others}
        case "short_text":
            return {**answer, "typos": str(answer.get("typos") or 0)}
        case "gap_fill":
            gaps = [{"type": type, "value": raw_value(type, gap, True), "id": pk} for pk, type, gap in answer["gaps"]]
            return {"text": answer["text"], "gaps": gaps}
        case "survey":
            options = [_item(pk, text) for pk, text in answer["options"]]
            return {name: answer[name] for name in ("form", "steps", "low", "high")} | {"options": options}
        case "essay" | "file":
            rubric = [
                _item(pk, {"text": text, "points": points, "description": detail})
                for pk, text, points, detail in answer["rubric"]
            ]
            extensions = {"extensions": list(answer["extensions"])} if kind == "file" else {}
            return {**answer, **extensions, "rubric": rubric}
    return _written(answer)


def _option(is_gap: bool, text, is_right: bool, feedback: str = "") -> dict:
    if is_gap:
        return {"text": text, "is_correct": is_right}
    return {"text": _line(text), "is_correct": is_right, "feedback": feedback}


def _line(text: Text) -> str:
    return to_html(text, is_inline=True)


def _item(pk: str, value) -> dict:
    return {"type": "item", "id": pk, "value": value}


def _written(answer: dict) -> dict:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in answer.items()}

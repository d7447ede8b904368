"""What an author put in an answer block, as plain data: what `courses.rules.answers` freezes."""

import uuid

from wagtail.rich_text import RichText

from courses.pictures import freeze_pictures
from courses.rules.rich_text import Rich, Text


def plain_answer(block) -> dict:
    """The values of an answer block as plain data; the items of lists keep their identifiers."""

    def items(name):
        return [(child.id, child.value) for child in block.value[name].bound_blocks]

    match block.block_type:
        case "single" | "multiple":
            rows = items("options")
            return {
                "options": [
                    (pk, option_text(row), bool(row["is_correct"]), row.get("feedback") or "") for pk, row in rows
                ]
            }
        case "matching":
            pairs = [(pk, value["left"], value["right"]) for pk, value in items("pairs")]
            return {"pairs": pairs, "distractors": list(block.value["distractors"])}
        case "ordering":
            return {"items": items("items")}
        case "numeric":
            others = [(value["value"], value["tolerance"]) for value in block.value["others"]]
            return {**block.value, "others": others}
        case "short_text":
            return {**block.value, "accepted": [text for _pk, text in items("accepted")]}
        case "gap_fill":
            for gap in block.value["gaps"]:
                gap.id = gap.id or str(uuid.uuid4())
            gaps = [(gap.id, gap.block_type, plain_answer(gap)) for gap in block.value["gaps"]]
            return {"text": block.value["text"], "gaps": gaps}
        case "survey":
            return {**block.value, "options": items("options")}
        case "essay" | "file":
            rubric = [(pk, row["text"], row["points"], row["description"]) for pk, row in items("rubric")]
            return {**block.value, "rubric": rubric}
    return dict(block.value)


def option_text(option) -> Text:
    """The text of an option: rich, but in the list of a gap."""
    text = option["text"]
    return Rich(freeze_pictures(text.source)) if isinstance(text, RichText) else text

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
                    (pk, text_of(row["text"]), bool(row["is_correct"]), row.get("feedback") or "") for pk, row in rows
                ]
            }
        case "matching":
            pairs = [(pk, text_of(value["left"]), value["right"]) for pk, value in items("pairs")]
            return {"pairs": pairs, "distractors": list(block.value["distractors"])}
        case "ordering":
            return {"items": [(pk, text_of(text)) for pk, text in items("items")]}
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


def text_of(text: RichText | str) -> Text:
    """A text of an answer, rich but in lists to pick from."""
    return Rich(freeze_pictures(text.source)) if isinstance(text, RichText) else text

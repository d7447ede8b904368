"""The left sides of pairs and the items to put in order become HTML: those with a sign that HTML reads otherwise are escaped.

Versions stay as they are.
"""

from django.db import migrations

from courses.rules.rich_text import to_html, to_text


def to_rich(apps, schema_editor):
    convert(apps, lambda text: to_html(text, is_inline=True))


def to_plain(apps, schema_editor):
    convert(apps, to_text)


def convert(apps, change):
    for question in apps.get_model("courses", "Question").objects.iterator():
        raw = [converted(dict(block), change) for block in question.answer.raw_data]
        if raw != list(question.answer.raw_data):
            question.answer = raw
            question.save()


def converted(block, change):
    if block["type"] == "matching":
        pairs = [in_item(item, lambda pair: {**pair, "left": change(pair["left"])}) for item in block["value"]["pairs"]]
        return {**block, "value": {**block["value"], "pairs": pairs}}
    if block["type"] == "ordering":
        return {**block, "value": {**block["value"], "items": [in_item(each, change) for each in block["value"]["items"]]}}
    return block


def in_item(item, change):
    """An item of a list: with an identifier, or bare as they once were."""
    is_wrapped = isinstance(item, dict) and "value" in item
    return {**item, "value": change(item["value"])} if is_wrapped else change(item)


class Migration(migrations.Migration):
    dependencies = [("courses", "0030_rich_items")]
    operations = [migrations.RunPython(to_rich, to_plain)]

"""The texts that authors edit become HTML: those with a sign that HTML reads otherwise are escaped. Versions stay as they are."""

import re

from django.db import migrations

from courses.rules.rich_text import to_html, to_text

READ_OTHERWISE = re.compile(r"[<>&\n]")


def to_rich(apps, schema_editor):
    convert(apps, lambda text: to_html(text) if READ_OTHERWISE.search(text) else text, to_html_line)


def to_plain(apps, schema_editor):
    convert(apps, to_text, to_text)


def to_html_line(text):
    return to_html(text, is_inline=True) if READ_OTHERWISE.search(text) else text


def convert(apps, prose, option):
    for question in apps.get_model("courses", "Question").objects.iterator():
        raw = [dict(block) for block in question.answer.raw_data]
        for block in raw:
            if block["type"] in ("single", "multiple"):
                block["value"] = {"options": [converted(item, option) for item in block["value"]["options"]]}
        texts = [prose(question.prompt), prose(question.explanation)]
        if raw != list(question.answer.raw_data) or texts != [question.prompt, question.explanation]:
            question.prompt, question.explanation = texts
            question.answer = raw
            question.save()


def converted(item, option):
    """An item of a list of options: with an identifier, or bare as they once were."""
    if "value" in item:
        return {**item, "value": converted(item["value"], option)}
    return {**item, "text": option(item["text"])}


class Migration(migrations.Migration):
    dependencies = [("courses", "0012_rich_questions")]
    operations = [migrations.RunPython(to_rich, to_plain)]

from itertools import islice

from django.db import migrations

BATCH = 2000


def write_lines(apps, schema_editor):
    """What was marked before there was a ledger was marked automatically, at submission."""
    MarkLine = apps.get_model("assessment", "MarkLine")
    ServedQuestion = apps.get_model("assessment", "ServedQuestion")
    marked = ServedQuestion.objects.filter(attempt__state="submitted", awarded_points__isnull=False)
    rows = marked.order_by("pk").values_list(
        "pk", "attempt_id", "points", "awarded_points", "attempt__submitted_at"
    )
    lines = (
        MarkLine(
            question_id=pk,
            attempt_id=attempt,
            kind="automatic",
            points=awarded,
            max_points=points,
            created_at=submitted_at,
        )
        for pk, attempt, points, awarded, submitted_at in rows.iterator(BATCH)
    )
    while batch := list(islice(lines, BATCH)):
        MarkLine.objects.bulk_create(batch)


def remove_lines(apps, schema_editor):
    apps.get_model("assessment", "MarkLine").objects.all().delete()


class Migration(migrations.Migration):
    """The ledger holds the marks given so far."""

    dependencies = [("assessment", "0002_mark_ledger")]

    operations = [migrations.RunPython(write_lines, remove_lines)]

"""Answers of attempts submitted before the columns existed: final, and given when they were received."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    rows = apps.get_model("assessment", "ServedQuestion").objects
    rows.filter(answered_at__isnull=False).update(given_at=F("answered_at"))
    rows.filter(awarded_points__isnull=False).update(is_final=True)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0007_rules_and_deadlines_of_attempts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

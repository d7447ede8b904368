"""Marks of exams that have not closed are withheld, as from now on; what their courses were told before stays."""

from django.db import migrations
from django.utils import timezone


def withhold(apps, schema_editor):
    attempts = apps.get_model("assessment", "Attempt").objects
    attempts.filter(state="submitted", rules__preset="exam", quiz__closes_at__gt=timezone.now()).update(is_withheld=True)


def tell(apps, schema_editor):
    apps.get_model("assessment", "Attempt").objects.filter(is_withheld=True).update(is_withheld=False)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0012_handed_in_and_withheld_attempts")]
    operations = [migrations.RunPython(withhold, tell)]

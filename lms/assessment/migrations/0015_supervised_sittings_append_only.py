from django.db import migrations

from lms.assessment import sitting_triggers


def install(apps, schema_editor):
    sitting_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    sitting_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was written of sittings."""

    dependencies = [("assessment", "0014_supervised_sittings")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from lms.assessment import mark_triggers


def install(apps, schema_editor):
    mark_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    mark_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove lines of the ledger."""

    dependencies = [("assessment", "0003_mark_ledger_begins")]

    operations = [migrations.RunPython(install, remove)]

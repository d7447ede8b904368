from django.db import migrations

from lms.core import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, "assessment_markline")


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, "assessment_markline")


class Migration(migrations.Migration):
    """The database itself refuses to change or remove lines of the ledger."""

    dependencies = [("assessment", "0003_mark_ledger_begins")]

    operations = [migrations.RunPython(install, remove)]

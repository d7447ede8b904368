from django.db import migrations

from lms.core import append_only

TABLES = ("assessment_allowance", "assessment_regrade")


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, *TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, *TABLES)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was granted to someone, and decided of a question."""

    dependencies = [("assessment", "0015_supervised_sittings_append_only")]

    operations = [migrations.RunPython(install, remove)]

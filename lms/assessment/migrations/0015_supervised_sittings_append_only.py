from django.db import migrations

from lms.core import append_only

TABLES = (
    "assessment_supervisedsitting",
    "assessment_sittingsupervisor",
    "assessment_sittingentry",
    "assessment_identitycheck",
    "assessment_sittingincident",
    "assessment_sittingrecord",
)


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, *TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, *TABLES)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was written of sittings."""

    dependencies = [("assessment", "0014_supervised_sittings")]

    operations = [migrations.RunPython(install, remove)]

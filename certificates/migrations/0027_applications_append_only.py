from django.db import migrations

from lms.core import append_only

TABLES = ("certificates_workapplication", "certificates_workdecision")


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, *TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, *TABLES)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was stated and answered."""

    dependencies = [("certificates", "0026_applications_at_work")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from lms.core import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, "core_auditentry")


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, "core_auditentry")


class Migration(migrations.Migration):
    """The database itself refuses to change or remove entries of the audit trail."""

    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from lms.core import audit_triggers


def install(apps, schema_editor):
    audit_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    audit_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove entries of the audit trail."""

    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]

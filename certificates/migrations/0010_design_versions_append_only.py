from django.db import migrations

from lms.core import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, "certificates_designversion")


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, "certificates_designversion")


class Migration(migrations.Migration):
    """The database itself refuses to change or remove the versions of designs."""

    dependencies = [("certificates", "0009_designs")]

    operations = [migrations.RunPython(install, remove)]

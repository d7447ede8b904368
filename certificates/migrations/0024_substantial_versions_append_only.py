from django.db import migrations

from lms.core import append_only

TABLES = ("certificates_substantialversion", "certificates_versiondecision")


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, *TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, *TABLES)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was marked and decided."""

    dependencies = [("certificates", "0023_substantial_versions")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from certificates import version_triggers


def install(apps, schema_editor):
    version_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    version_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was marked and decided."""

    dependencies = [("certificates", "0023_substantial_versions")]

    operations = [migrations.RunPython(install, remove)]

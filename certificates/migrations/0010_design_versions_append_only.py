from django.db import migrations

from certificates import design_triggers


def install(apps, schema_editor):
    design_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    design_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove the versions of designs."""

    dependencies = [("certificates", "0009_designs")]

    operations = [migrations.RunPython(install, remove)]

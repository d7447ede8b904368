from django.db import migrations

from certificates import application_triggers


def install(apps, schema_editor):
    application_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    application_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was stated and answered."""

    dependencies = [("certificates", "0026_applications_at_work")]

    operations = [migrations.RunPython(install, remove)]

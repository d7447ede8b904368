from django.db import migrations

from certificates import log_triggers


def install(apps, schema_editor):
    log_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    log_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove lines of the log of acts."""

    dependencies = [("certificates", "0014_log_of_acts")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from lms.core import append_only

COLUMNS = {"certificates_workapplication": "statement", "certificates_workdecision": "reason"}


def let_erase(apps, schema_editor):
    for table, column in COLUMNS.items():
        append_only.let_erase(schema_editor.connection, table, column)


def install_again(apps, schema_editor):
    append_only.remove(schema_editor.connection, *COLUMNS)
    append_only.install(schema_editor.connection, *COLUMNS)


class Migration(migrations.Migration):
    """What was stated and answered is erased with its holder's name, and the database lets nothing else change."""

    dependencies = [("certificates", "0027_applications_append_only")]

    operations = [migrations.RunPython(let_erase, install_again)]

from django.db import migrations

from lms.core import append_only

TABLES = ("certificates_logentry", "certificates_treenode", "certificates_treehead")


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, *TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, *TABLES)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove lines of the log of acts."""

    dependencies = [("certificates", "0014_log_of_acts")]

    operations = [migrations.RunPython(install, remove)]

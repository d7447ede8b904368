from django.db import migrations

from lms.core import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, "courses_reviewrecord")


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, "courses_reviewrecord")


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what reviewers decided."""

    dependencies = [("courses", "0024_pedagogical_review")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from lms.core import append_only

TABLE = "learning_rapidfinish"


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLE)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, TABLE)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what was finished faster than it can be read."""

    dependencies = [("learning", "0005_lessons_asked_again")]

    operations = [migrations.RunPython(install, remove)]

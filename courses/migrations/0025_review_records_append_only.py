from django.db import migrations

from courses import review_triggers


def install(apps, schema_editor):
    review_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    review_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove what reviewers decided."""

    dependencies = [("courses", "0024_pedagogical_review")]

    operations = [migrations.RunPython(install, remove)]

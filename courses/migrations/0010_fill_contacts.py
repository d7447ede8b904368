"""Every course has a contact: those that had none, and their latest draft, get the one of the settings."""

from django.conf import settings
from django.db import migrations


def fill(apps, schema_editor):
    CoursePage = apps.get_model("courses", "CoursePage")
    Revision = apps.get_model("wagtailcore", "Revision")
    CoursePage.objects.filter(contact_email="").update(contact_email=settings.LMS_CONTACT_EMAIL)
    for course in CoursePage.objects.exclude(latest_revision=None).select_related("latest_revision"):
        draft = course.latest_revision
        if not draft.content.get("contact_email"):
            draft.content["contact_email"] = course.contact_email
            Revision.objects.filter(pk=draft.pk).update(content=draft.content)


class Migration(migrations.Migration):
    dependencies = [("courses", "0009_course_sheet")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

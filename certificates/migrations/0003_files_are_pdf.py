"""What was of the nature "PDF at level B-B" is of the nature PDF; its level has a column of its own."""

from django.db import migrations


def name_them_pdf(apps, schema_editor):
    apps.get_model("certificates", "CertificateFile").objects.filter(kind="pdf-bb").update(kind="pdf")


def name_them_pdf_bb(apps, schema_editor):
    apps.get_model("certificates", "CertificateFile").objects.filter(kind="pdf").update(kind="pdf-bb")


class Migration(migrations.Migration):

    dependencies = [
        ("certificates", "0002_file_levels_and_generations"),
    ]

    operations = [
        migrations.RunPython(name_them_pdf, name_them_pdf_bb),
    ]

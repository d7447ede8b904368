from django.db import migrations

from certificates.rules.names import name_seal
from certificates.keys.register import register_key
from certificates.rules import new_public_code


def give_each_its_own(apps, schema_editor):
    Certificate = apps.get_model("certificates", "Certificate")
    key = register_key()
    for certificate in Certificate.objects.only("pk", "public_code", "printed_name").iterator():
        Certificate.objects.filter(pk=certificate.pk).update(
            link_key=new_public_code(), name_seal=name_seal(key, certificate.public_code, certificate.printed_name)
        )


class Migration(migrations.Migration):

    dependencies = [
        ("certificates", "0004_visibility_and_counts"),
    ]

    operations = [
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
    ]

from django.db import migrations

FIRST = [
    {
        "name": "Certificat de réussite",
        "kind": "certificate",
        "title_fr": "Certificat de réussite",
        "given_to_fr": "décerné à",
        "purpose_fr": "pour avoir suivi la formation et réussi son évaluation",
        "main_colour": "#1a2350",
        "second_colour": "#0f6368",
    },
    {
        "name": "Attestation de suivi",
        "kind": "attestation",
        "title_fr": "Attestation de suivi",
        "given_to_fr": "délivrée à",
        "purpose_fr": "pour avoir suivi toute la formation",
        "main_colour": "#0f4f54",
        "second_colour": "#1a2350",
    },
]


def put_in_service(apps, schema_editor):
    Design = apps.get_model("certificates", "Design")
    for fields in FIRST:
        Design.objects.get_or_create(
            name=fields["name"],
            defaults={**fields, "is_in_service": True, "accent_colour": "#9c3d24", "ground_colour": "#faf3e4"},
        )


def take_away_what_is_unused(apps, schema_editor):
    names = [fields["name"] for fields in FIRST]
    apps.get_model("certificates", "Design").objects.filter(name__in=names, versions__isnull=True).delete()


class Migration(migrations.Migration):
    """One design of each kind in service for the whole platform, so that documents look as they did."""

    dependencies = [("certificates", "0010_design_versions_append_only")]

    operations = [migrations.RunPython(put_in_service, take_away_what_is_unused)]

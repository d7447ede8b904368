"""Trainers write in the branch of their unit: their group no longer holds the catalogue, the library and the bank.

Branches are opened by `sync_branches` (each night, at `sync_roles`, and as soon as a role is given).
"""

from django.db import migrations

TRAINERS = "Formateurs"
PAGE_ACTS = ["add_page", "change_page", "publish_page", "lock_page"]
LIBRARY_ACTS = [f"{act}_{model}" for act in ("add", "change", "choose") for model in ("image", "document")]


def bank(apps):
    acts = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="courses")
    return acts.filter(codename__in=["add_question", "change_question", "view_question"])


def withdraw(apps, schema_editor):
    pages = apps.get_model("courses", "CataloguePage").objects.values("pk")
    apps.get_model("wagtailcore", "GroupPagePermission").objects.filter(group__name=TRAINERS, page__in=pages).delete()
    apps.get_model("wagtailcore", "GroupCollectionPermission").objects.filter(
        group__name=TRAINERS, collection__depth=1
    ).delete()
    for group in apps.get_model("auth", "Group").objects.filter(name=TRAINERS):
        group.permissions.remove(*bank(apps))


def give_back(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.filter(name=TRAINERS).first()
    permissions = apps.get_model("auth", "Permission").objects
    if group is None:
        return
    group.permissions.add(*bank(apps))
    on_pages = apps.get_model("wagtailcore", "GroupPagePermission").objects
    for page in apps.get_model("courses", "CataloguePage").objects.all():
        for permission in permissions.filter(content_type__app_label="wagtailcore", codename__in=PAGE_ACTS):
            on_pages.get_or_create(group=group, page_id=page.pk, permission=permission)
    on_files = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    for root in apps.get_model("wagtailcore", "Collection").objects.filter(depth=1):
        for permission in permissions.filter(
            content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=LIBRARY_ACTS
        ):
            on_files.get_or_create(group=group, collection=root, permission=permission)


class Migration(migrations.Migration):
    dependencies = [("courses", "0019_producer_branches")]
    operations = [migrations.RunPython(withdraw, give_back)]

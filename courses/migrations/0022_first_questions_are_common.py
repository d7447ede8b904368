"""The questions written while the bank was one go to the common one; who had that bank has it there.

A partner had none. The branches are granted their own bank by `sync_branches` (at `sync_roles`, and each night).
"""

from django.db import migrations
from wagtail.models import Collection as CollectionTree

SHARED = "Bibliothèque commune"
ACTS = ["add_question", "change_question", "view_question"]


def shared_collection(apps):
    """The common collection, made at the end of its level with what lay in the open library before it."""
    collections = apps.get_model("wagtailcore", "Collection").objects
    if shared := collections.filter(depth=2, name=SHARED).first():
        return shared
    root = collections.get(depth=1)
    last = collections.filter(depth=2).order_by("path").last()
    path = CollectionTree(path=last.path)._inc_path() if last else CollectionTree._get_path(root.path, 2, 1)
    shared = collections.create(name=SHARED, path=path, depth=2, numchild=0)
    root.numchild += 1
    root.save()
    for app, model in (("wagtailimages", "Image"), ("wagtaildocs", "Document")):
        apps.get_model(app, model).objects.filter(collection=root).update(collection=shared)
    return shared


def share(apps, schema_editor):
    questions = apps.get_model("courses", "Question").objects.filter(collection=None)
    imports = apps.get_model("courses", "QuestionImport").objects.filter(bank=None)
    if questions.exists() or imports.exists():
        shared = shared_collection(apps)
        questions.update(collection=shared)
        imports.update(bank=shared)
    permissions = apps.get_model("auth", "Permission").objects
    acts = permissions.filter(content_type__app_label="courses", codename__in=ACTS)
    branches = apps.get_model("courses", "ProducerPage").objects.exclude(group=None).filter(is_partner=False)
    granted = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    for branch in branches:
        for collection_id in (branch.collection_id, shared_collection(apps).pk):
            for act in acts:
                granted.get_or_create(group_id=branch.group_id, collection_id=collection_id, permission=act)
        branch.group.permissions.remove(*acts)


def gather(apps, schema_editor):
    """One bank for all again: the groups of the State have it, and no collection does."""
    permissions = apps.get_model("auth", "Permission").objects
    acts = permissions.filter(content_type__app_label="courses", codename__in=ACTS)
    apps.get_model("wagtailcore", "GroupCollectionPermission").objects.filter(permission__in=acts).delete()
    for branch in apps.get_model("courses", "ProducerPage").objects.exclude(group=None).filter(is_partner=False):
        branch.group.permissions.add(*acts)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0021_questions_in_banks"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]
    operations = [migrations.RunPython(share, gather)]

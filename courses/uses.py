"""Which pages show an image or a document, or name a question: as they are published, and as they wait to be.

What is submitted to a review or approved for a later hour is published as it was read; Wagtail's index knows only what pages
say now, so those few versions are read.
"""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, IntegerField, Model, Q
from django.db.models.functions import Cast
from wagtail.models import Page, ReferenceIndex, Revision, TaskState, get_default_page_content_type
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet


def named_in(pages: PageQuerySet, model: type[Model], pk: int | None = None) -> dict[int, set[int]]:
    """The rows of `model` (or the one of this key) that these pages name, published or waiting to be, by page."""
    found: dict[int, set[int]] = defaultdict(set)
    kind = ContentType.objects.get_for_model(model)
    index = ReferenceIndex.objects.filter(base_content_type=get_default_page_content_type(), to_content_type=kind)
    index = index.filter(to_object_id=str(pk)) if pk else index
    naming = index.order_by().annotate(page=Cast("object_id", output_field=IntegerField())).values("page")
    live = set(pages.live().filter(pk__in=naming).values_list("pk", flat=True))
    for page, row in index.values_list("object_id", "to_object_id"):
        if int(page) in live:
            found[int(page)].add(int(row))
    for revision in waiting_versions(pages):
        said = ReferenceIndex._extract_references_from_object(revision.as_object())  # as the index is filled
        rows = {int(row) for to_kind, row, *_where in said if to_kind == kind.pk and pk in (None, int(row))}
        if rows:
            found[int(revision.object_id)] |= rows
    return found


def waiting_versions(pages: PageQuerySet):
    """The versions of these pages that are under review, or approved for a later hour."""
    keys = pages.order_by().annotate(key=Cast("pk", output_field=CharField())).values("key")
    under_review = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).values("revision")
    waiting = Q(approved_go_live_at__isnull=False) | Q(pk__in=under_review)
    return Revision.objects.page_revisions().filter(waiting, object_id__in=keys)


def named_beyond(user, model: type[Model], pk: int | None = None) -> dict[int, set[int]]:
    """The same, of the pages that `user` may not publish: what they name changes with them alone."""
    publishable = page_permission_policy.instances_user_has_permission_for(user, "publish")
    return named_in(Page.objects.exclude(pk__in=publishable.values("pk")), model, pk)

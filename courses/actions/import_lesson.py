"""Bringing a lesson in from a file: its preview, then a draft in its course, all or nothing."""

from collections import Counter
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Page

from courses.actions.imports import AlreadyAsked, as_rows, forget_file, keep_preview
from courses.actions.library import add_pictures, files_kept_if_done
from courses.addresses import free_slug
from courses.imports.lessons.files import read_lesson
from courses.imports.lessons.reading import LessonReading
from courses.models import LessonImport, LessonPage
from courses.models.banks import bank_of
from lms.core import audit
from lms.people.models import User


def begin_lesson_import(parent: Page, name: str, data: bytes, user: User, now: datetime) -> LessonImport:
    """Read a file, keep it, and give the preview of its import; no page is made. Raises ImportRefused."""
    reading = read_lesson(data)
    begun = LessonImport(name=name[:200], parent=parent, created_by=user)
    begun.title = reading.title or PurePath(name).stem[:200] or "Leçon"
    begun.counts, begun.remarks = Counter(block["type"] for block in reading.blocks), as_rows(reading.remarks)
    return keep_preview(begun, data, now)


def read_again(begun: LessonImport) -> LessonReading:
    """What the file of an import says. Raises ImportRefused."""
    with begun.file.open("rb") as file:
        return read_lesson(file.read())


def save_lesson_import(begun: LessonImport, title: str, user: User, now: datetime) -> LessonPage:
    """Make the lesson, as a draft after the lessons there; its pictures go to the collection of its branch.

    Locks the import. Raises AlreadyAsked, ImportRefused; nothing stays then, neither row nor file.
    """
    with files_kept_if_done() as files, transaction.atomic():
        begun = LessonImport.objects.select_for_update().get(pk=begun.pk)
        if begun.state != LessonImport.State.PREVIEW:
            raise AlreadyAsked
        reading = read_again(begun)
        parent = Page.objects.get(pk=begun.parent_id)
        images = add_pictures(reading.pictures, bank_of(parent), user, files)
        lesson = LessonPage(title=title, slug=free_slug(parent, slugify(title)[:80] or "lecon"), live=False, owner=user)
        lesson.body = [(block["type"], value_of(block, images)) for block in reading.blocks]
        place(parent, lesson)
        lesson.save_revision(user=user, log_action=True)
        begun.lesson, begun.state, begun.finished_at = lesson, LessonImport.State.DONE, now
        forget_file(begun)
        begun.save()
        audit.record("lesson.import", actor=user, obj=lesson, file=begun.name, **begun.counts)
    return lesson


def value_of(block: dict, images: list):
    """The value of a block as its StreamField takes it; a picture is the image it became."""
    if block["type"] != "image":
        body = LessonPage._meta.get_field("body").stream_block
        return body.child_blocks[block["type"]].to_python(block["value"])
    image = images[block["value"]["picture"]]
    image.contextual_alt_text, image.decorative = block["value"]["alt_text"], False
    return image


def place(parent: Page, lesson: LessonPage) -> None:
    """Put a lesson after the last one of its course or module: a quiz at the end stays there."""
    before = LessonPage.objects.child_of(parent).order_by("path").last()
    if before is not None:
        Page.objects.get(pk=before.pk).add_sibling(pos="right", instance=lesson)
    else:
        parent.add_child(instance=lesson)

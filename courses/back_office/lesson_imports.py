"""The back office of imports of lessons: a file, its preview with a report, the draft it becomes."""

from base64 import b64encode
from functools import wraps
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from PIL import Image
from wagtail.admin import messages
from wagtail.models import Page

from courses.actions.import_lesson import begin_lesson_import, read_again, save_lesson_import
from courses.actions.imports import AlreadyAsked
from courses.back_office.question_imports import REPORTS, spreadsheet
from courses.forms import LessonFileForm, LessonTitleForm
from courses.imports.remarks import ImportRefused, Remark
from courses.models import CoursePage, LessonImport, LessonPage
from courses.permissions import can_import_lesson
from courses.preview import lesson_context

SMALL_BYTES, PREVIEW_PIXELS = 200_000, 720


def lesson_import(request, pk: int):
    """Choose a file for a course or module; its preview follows, or the reason why it cannot be read."""
    parent = get_object_or_404(Page.objects.filter(depth__gt=1), pk=pk).specific
    if not can_import_lesson(request.user, parent):
        if CoursePage.objects.taught_by(request.user).filter(pk=pk).exists():
            raise PermissionDenied
        raise Http404
    form = LessonFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            begun = begin_lesson_import(parent, file.name, file.read(), request.user, timezone.now())
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("courses_lesson_import_detail", begun.pk)
    context = {"form": form, "parent": parent, "cancel_url": reverse("wagtailadmin_explore", args=[parent.pk])}
    return render(request, "courses/back_office/lesson_import.html", context)


def of_ones_own(view):
    """Hand the view an import of the user's own, whose place they may still write in."""

    @wraps(view)
    def checked(request, pk: int, **kwargs):
        rows = LessonImport.objects.visible_to(request.user).select_related("parent", "lesson")
        begun = get_object_or_404(rows, pk=pk)
        if not can_import_lesson(request.user, begun.parent.specific):
            raise PermissionDenied
        return view(request, begun, **kwargs)

    return checked


@of_ones_own
def lesson_import_detail(request, begun: LessonImport):
    """The preview with what could not be kept; confirmed, the lesson is a draft and its editor opens."""
    form = LessonTitleForm(request.POST or None, initial={"title": begun.title})
    if request.method == "POST" and form.is_valid():
        try:
            lesson = save_lesson_import(begun, form.cleaned_data["title"], request.user, timezone.now())
        except AlreadyAsked:
            messages.warning(request, _("Cette leçon a déjà été importée."))
            return redirect("courses_lesson_import_detail", begun.pk)
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("courses_lesson_import_detail", begun.pk)
        messages.success(request, _("La leçon est un brouillon : relisez-la, complétez les images, puis publiez-la."))
        return redirect("wagtailadmin_pages:edit", lesson.pk)
    context = {
        "begun": begun,
        "form": form if begun.state == LessonImport.State.PREVIEW else None,
        "remarks": [Remark(*row) for row in begun.remarks],
        "counts": [
            (LessonPage.body.field.stream_block.child_blocks[name].label, n) for name, n in begun.counts.items()
        ],
        "cancel_url": reverse("wagtailadmin_explore", args=[begun.parent_id]),
    }
    return render(request, "courses/back_office/lesson_import_detail.html", context)


@of_ones_own
def lesson_import_preview(request, begun: LessonImport):
    """The lesson as its readers would see it, by the very templates of lessons."""
    if begun.state != LessonImport.State.PREVIEW:
        raise Http404
    parent = begun.parent
    page = LessonPage(title=begun.title, slug="apercu")
    page.depth, page.path = parent.depth + 1, Page._get_children_path_interval(parent.path)[1]
    try:
        body = preview_body(read_again(begun))
    except ImportRefused as refusal:
        raise Http404 from refusal
    context = lesson_context(page) | {"body": body, "weight": None}
    return render(request, LessonPage.template, context)


@of_ones_own
def lesson_import_report(request, begun: LessonImport, file_format: str):
    """Every remark, as a spreadsheet."""
    return spreadsheet(REPORTS, file_format, [Remark(*row) for row in begun.remarks], "rapport-lecon")


def preview_body(reading) -> str:
    """The blocks of a file as a lesson shows them; its pictures, not in the library yet, stand in the page."""
    stream = LessonPage._meta.get_field("body").stream_block
    parts = []
    for block in reading.blocks:
        if block["type"] == "image":
            source = picture_source(reading.pictures[block["value"]["picture"]])
            context = {"source": source, "alt_text": block["value"]["alt_text"]}
            parts.append(render_to_string("courses/back_office/imported_picture.html", context))
        else:
            parts.append(stream.to_python([block]).render_as_block())
    return mark_safe("".join(parts))  # noqa: S308 - rendered by templates, its rich text went through Wagtail's whitelist


def picture_source(picture) -> str:
    """A picture as the address of an image that carries it, made smaller when it is heavy."""
    data, kind = picture.data, picture.name.rpartition(".")[2].replace("jpg", "jpeg")
    if len(data) > SMALL_BYTES:
        with Image.open(BytesIO(data)) as opened:
            opened.draft("RGB", (PREVIEW_PIXELS * 2, PREVIEW_PIXELS * 2))
            opened.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
            stream = BytesIO()
            opened.convert("RGB").save(stream, "JPEG", quality=70)
        data, kind = stream.getvalue(), "jpeg"
    return f"data:image/{kind};base64,{b64encode(data).decode()}"

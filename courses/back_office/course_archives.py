"""The back office of whole courses: taken away as one archive, brought in from one, with a preview and a report."""

import tempfile
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from courses.actions.import_course import begin_course_import, confirm_course_import
from courses.actions.imports import AlreadyAsked
from courses.back_office.question_imports import LEVELS, REPORTS, SHOWN_REMARKS, spreadsheet
from courses.forms import ConfirmCourseForm, CourseArchiveForm
from courses.imports.remarks import ERROR, ImportRefused, Remark
from courses.models import CourseImport, CoursePage
from courses.packages.writing import write_course
from courses.permissions import can_import_course, can_teach
from lms.core import audit

LIST = "formations:index"


@require_safe
def course_export(request, pk: int):
    """The whole course as one archive, questions and answers included; who took it is written in the audit trail."""
    course = get_object_or_404(CoursePage, pk=pk)
    if not can_teach(request.user, course):
        if CoursePage.objects.visible_to(request.user).filter(pk=pk).exists():
            raise PermissionDenied
        raise Http404
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    manifest = write_course(course, file)
    file.seek(0)
    audit.record("course.export", actor=request.user, obj=course, questions=len(manifest["questions"]))
    return FileResponse(
        file, as_attachment=True, filename=f"formation-{course.code}.zip", content_type="application/zip"
    )


def for_importers(view):
    """Only those who may add a course and questions."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not can_import_course(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@for_importers
def course_import(request):
    """Choose an archive; its preview follows, or the reason why it cannot be read."""
    form = CourseArchiveForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            begun = begin_course_import(file.name, file.read(), request.user, timezone.now())
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("courses_course_import_detail", begun.pk)
    return render(request, "courses/back_office/course_import.html", {"form": form, "cancel_url": reverse(LIST)})


@for_importers
def course_import_detail(request, pk: int):
    """The preview before it is confirmed, how far it is, then what became of it."""
    begun = get_object_or_404(CourseImport.objects.visible_to(request.user).select_related("job", "course"), pk=pk)
    remarks = [Remark(*row) for row in begun.remarks]
    is_preview = begun.state == CourseImport.State.PREVIEW
    context = {
        "begun": begun,
        "counts": counts_told(begun),
        "remarks": [(LEVELS[remark.level](), remark) for remark in remarks[:SHOWN_REMARKS]],
        "more_remarks": max(0, len(remarks) - SHOWN_REMARKS),
        "form": ConfirmCourseForm() if is_preview and not begun.counts.get("unchanged") else None,
        "must_copy": is_preview and any(remark.level == ERROR for remark in remarks),
        "list_url": reverse(LIST),
    }
    return render(request, "courses/back_office/course_import_detail.html", context)


@require_POST
@for_importers
def course_import_confirm(request, pk: int):
    """Ask for the import; the same page says how far it is."""
    begun = get_object_or_404(CourseImport.objects.visible_to(request.user), pk=pk)
    form = ConfirmCourseForm(request.POST)
    form.full_clean()
    try:
        confirm_course_import(begun, request.user, form.cleaned_data["as_copy"])
    except AlreadyAsked:
        messages.warning(request, _("Cet import a déjà été demandé."))
    return redirect("courses_course_import_detail", pk)


@for_importers
def course_import_report(request, pk: int, file_format: str):
    """Every remark, as a spreadsheet."""
    begun = get_object_or_404(CourseImport.objects.visible_to(request.user), pk=pk)
    return spreadsheet(REPORTS, file_format, [Remark(*row) for row in begun.remarks], "rapport-formation")


def counts_told(begun: CourseImport) -> list[tuple[str, int]]:
    """What the import does, or did, in the words of the screen."""
    labels = {
        "module": _("Modules"),
        "lesson": _("Leçons"),
        "quiz": _("Évaluations"),
        "question": _("Questions nouvelles"),
        "reused": _("Questions déjà dans la banque, identiques"),
        "file": _("Images et documents nouveaux"),
    }
    return [(label, begun.counts.get(name, 0)) for name, label in labels.items()]

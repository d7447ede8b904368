"""The back office of imports of questions: a file, its preview, its confirmation, its report."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from courses.actions.import_questions import AlreadyAsked, begin_import, confirm_import
from courses.exports import sheet
from courses.forms import ConfirmImportForm, QuestionFileForm
from courses.imports.questions.files import FORMATS
from courses.imports.questions.neutral import ERROR, SKIPPED, WARNING, QuestionFileRefused, Remark
from courses.models import QuestionImport
from courses.models.banks import banks_written_by
from courses.permissions import can_import_questions, can_replace_questions

BANK = "wagtailsnippets_courses_question:list"
SHOWN_REMARKS = 200
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TEMPLATES = {"csv": sheet.write_csv, "xlsx": sheet.write_xlsx}
REPORTS = {"csv": sheet.remarks_csv, "xlsx": sheet.remarks_xlsx}


def for_importers(view):
    """Only those who may add questions."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not can_import_questions(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@for_importers
def question_import(request):
    """Choose a file; its preview follows, or the reason why it cannot be read."""
    form = QuestionFileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        file, bank = form.cleaned_data["file"], form.cleaned_data["bank"]
        try:
            begun = begin_import(file.name, file.read(), bank, request.user, timezone.now())
        except QuestionFileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("courses_question_import_detail", begun.pk)
    return render(request, "courses/back_office/question_import.html", {"form": form, "bank_url": reverse(BANK)})


@for_importers
def question_imports(request):
    """The imports one has begun, the latest first."""
    rows = QuestionImport.objects.visible_to(request.user).select_related("job").defer("remarks")
    page = Paginator(rows, 50).get_page(request.GET.get("p"))
    return render(request, "courses/back_office/question_imports.html", {"page": page, "bank_url": reverse(BANK)})


@for_importers
def import_detail(request, pk: int):
    """The preview before it is confirmed, how far it is, then what became of it."""
    rows = QuestionImport.objects.visible_to(request.user).select_related("job")
    begun = get_object_or_404(rows, pk=pk)
    remarks = [Remark(*row) for row in begun.remarks]
    context = {
        "begun": begun,
        "format": FORMATS.get(begun.format, begun.format),
        "counts": counts_told(begun),
        "remarks": [(LEVELS[remark.level](), remark) for remark in remarks[:SHOWN_REMARKS]],
        "more_remarks": max(0, len(remarks) - SHOWN_REMARKS),
        "form": ConfirmImportForm() if begun.state == QuestionImport.State.PREVIEW else None,
        "has_something": any(begun.counts.get(name) for name in ("created", "kept")),
        "bank_url": reverse(BANK),
    }
    if not can_replace_questions(request.user) and context["form"]:
        del context["form"].fields["replaces"]
    return render(request, "courses/back_office/question_import_detail.html", context)


@require_POST
@for_importers
def import_confirm(request, pk: int):
    """Ask for the import; the same page says how far it is."""
    mine = QuestionImport.objects.visible_to(request.user).filter(bank__in=banks_written_by(request.user))
    begun = get_object_or_404(mine, pk=pk)
    form = ConfirmImportForm(request.POST)
    form.full_clean()
    wish = form.cleaned_data
    replaces = wish["replaces"] and can_replace_questions(request.user)
    try:
        confirm_import(begun, request.user, wish["all_or_nothing"], replaces)
    except AlreadyAsked:
        messages.warning(request, _("Cet import a déjà été demandé."))
    return redirect("courses_question_import_detail", pk)


@for_importers
def import_report(request, pk: int, file_format: str):
    """Every remark, as a spreadsheet."""
    begun = get_object_or_404(QuestionImport.objects.visible_to(request.user), pk=pk)
    return spreadsheet(REPORTS, file_format, [Remark(*row) for row in begun.remarks], "rapport-import")


@for_importers
def import_template(request, file_format: str):
    """A table of one question of each type, to start from."""
    return spreadsheet(TEMPLATES, file_format, sheet.EXAMPLES, "modele-questions")


def spreadsheet(writers: dict, file_format: str, rows, name: str) -> HttpResponse:
    if file_format not in writers:
        raise Http404
    response = HttpResponse(writers[file_format](rows), content_type=CONTENT_TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response


def counts_told(begun: QuestionImport) -> list[tuple[str, int]]:
    """What the import does, or did, in the words of the screen."""
    is_done = begun.state == QuestionImport.State.DONE
    counts = begun.counts
    told = [
        (_("Questions créées") if is_done else _("Questions à créer"), counts["created"]),
        (_("Remplacées"), counts["updated"]),
        (_("Déjà dans la banque, identiques"), counts["unchanged"]),
        (_("Déjà dans la banque, différentes, laissées comme elles sont"), counts["kept"]),
        (_("Erreurs (questions non importées)"), counts[ERROR]),
        (_("Questions ignorées"), counts[SKIPPED]),
        (_("Avertissements"), counts[WARNING]),
    ]
    if begun.state == QuestionImport.State.REFUSED:
        told[0] = (_("Questions créées"), 0)
        told[1] = (_("Remplacées"), 0)
    return told


LEVELS = {
    ERROR: lambda: _("Erreur"),
    WARNING: lambda: _("Avertissement"),
    SKIPPED: lambda: _("Ignorée"),
}

"""Verification by file, for anyone: the PDF is checked, then forgotten."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates import storage
from certificates.actions.file_checks import TooManyWaiting, ask_for_check, is_given_up
from certificates.facts import public_facts
from certificates.forms import CodeForm, PdfForm
from certificates.models import FileCheck
from certificates.passports.today import passport_facts
from certificates.verifying.checks_made import count_check
from certificates.verifying.dropped import answer_by_register, answer_for_unknown
from certificates.verifying.limits import limited
from certificates.verifying.seals import compared
from certificates.verifying.verdicts import Check
from certificates.views.headers import unindexed

FILES_PER_MINUTE = 10
READS_PER_MINUTE = 120


@login_not_required  # anyone may check a certificate
@require_POST
@limited("verify-file", FILES_PER_MINUTE)
def verify_file(request):
    """Answer at once for the exact bytes of a document of ours; any other file goes to the worker of checks."""
    form = PdfForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask_again(request, form, status=422)
    content = form.cleaned_data["pdf"].read()
    sha256 = storage.fingerprint(content)
    if answer := answer_by_register(sha256, timezone.localdate()):
        if answer.certificate and request.user.pk != answer.certificate.person_id:
            count_check(answer.certificate, timezone.localdate())
        return show(request, answer, sha256)
    try:
        return redirect(ask_for_check(content, timezone.now()))
    except TooManyWaiting:
        form.add_error("pdf", _("Trop de fichiers attendent leur contrôle : réessayez dans quelques minutes."))
        return ask_again(request, form, status=503)


@login_not_required  # whoever brought the file; the address cannot be guessed
@require_safe
@limited("file-check", READS_PER_MINUTE)
def file_check(request, token):
    """What a file turned out to be, that its check is under way, or that it failed."""
    check = FileCheck.objects.filter(token=token).first()
    if check is None:
        context = {"code_form": CodeForm(), "pdf_form": PdfForm(), "is_forgotten": True}
        return unindexed(render(request, "certificates/verify.html", context, status=404))
    if check.checked_at:
        return show(request, answer_for_unknown(compared(Check.from_json(check.verdict))), check.sha256)
    is_late = timezone.now() - check.asked_at > timedelta(seconds=settings.LMS_CHECK_LATE_SECONDS)
    context = {"check": check, "is_late": is_late, "is_given_up": is_given_up(check)}
    return unindexed(render(request, "certificates/file_check.html", context))


def show(request, answer, sha256):
    """The three lines, and what is known of the document."""
    context = {
        "answer": answer,
        "facts": facts_of(answer),
        "file": answer.file or answer.passport,
        "sha256": sha256,
        "code_form": CodeForm(),
    }
    return unindexed(render(request, "certificates/verified_file.html", context))


def facts_of(answer):
    """What is printed; whoever has these very bytes has read the name in them."""
    if answer.passport:
        return passport_facts(answer.passport, True)
    return public_facts(answer.certificate, True) if answer.certificate else []


def ask_again(request, form, status):
    """The page of verification, with what is wrong with the file."""
    return render(request, "certificates/verify.html", {"code_form": CodeForm(), "pdf_form": form}, status=status)

"""Verification by file, for anyone: the PDF is checked, then forgotten."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates import storage
from certificates.facts import public_facts
from certificates.forms import CodeForm, PdfForm
from certificates.passports.today import passport_facts
from certificates.verifying.checks_made import count_check
from certificates.verifying.dropped import answer_to
from certificates.verifying.limits import limited
from certificates.verifying.quarantine import TooBusy
from certificates.views.headers import unindexed

FILES_PER_MINUTE = 10


@login_not_required  # anyone may check a certificate
@require_POST
@limited("verify-file", FILES_PER_MINUTE)
def verify_file(request):
    """Check a dropped PDF: its exact bytes first, then its seal."""
    form = PdfForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask_again(request, form, status=422)
    content = form.cleaned_data["pdf"].read()
    try:
        answer = answer_to(content, timezone.localdate())
    except TooBusy:
        form.add_error("pdf", _("Trop de fichiers se contrôlent en ce moment : réessayez dans une minute."))
        return ask_again(request, form, status=503)
    if answer.certificate and request.user.pk != answer.certificate.person_id:
        count_check(answer.certificate, timezone.localdate())
    context = {
        "answer": answer,
        "facts": facts_of(answer),
        "file": answer.file or answer.passport,
        "sha256": storage.fingerprint(content),
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

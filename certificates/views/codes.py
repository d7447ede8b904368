"""Verification by code, for anyone: the form, and the page of the short address printed in the QR code."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from certificates.facts import public_facts, standing_of
from certificates.forms import CodeForm, NameForm, PdfForm
from certificates.models import Certificate, Passport
from certificates.rules import code_from
from certificates.verifying.checks_made import count_check
from certificates.verifying.limits import limited, page_of_refusal
from certificates.verifying.shown import name_is_shown, typed_name_is_right
from certificates.views.headers import unindexed
from lms.core.limits import take

# Mobile operators put many people behind one address; a code has 60 random bits, so this leaks nothing.
CODES_PER_MINUTE = 60
NAMES_PER_HOUR = 20  # of one certificate, whoever tries: a name is no secret, but nobody runs a list through it
NO_SUCH_CODE = "-"  # asked of the database in place of what cannot be a code, so that both answers take as long


@login_not_required  # anyone may check a certificate
@require_safe
@limited("verify", CODES_PER_MINUTE)
def verify(request):
    """A form to type a code; with a code, the answer."""
    if "code" in request.GET:
        return answer_to_code(request, request.GET["code"])
    return render(request, "certificates/verify.html", {"code_form": CodeForm(), "pdf_form": PdfForm()})


@login_not_required  # the address in the QR code: whoever holds the document may check it
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify", CODES_PER_MINUTE)
def verify_code(request, typed):
    return answer_to_code(request, typed)


def certificate_of(typed: str, link_key: str) -> Certificate | None:
    """None when it is unknown, mistyped, not yet issued, or kept by its holder: one query in each case."""
    code = code_from(typed) or NO_SUCH_CODE
    return Certificate.objects.shown_to_anyone_with(code, (code_from(link_key) or "") or NO_SUCH_CODE).first()


def answer_to_code(request, typed):
    """The certificate of a code, or one and the same answer when there is none to show; a name typed is confirmed."""
    certificate = certificate_of(typed, request.GET.get("cle", ""))
    if certificate is None:
        if passport := Passport.objects.shown_to_anyone_with(code_from(typed) or NO_SUCH_CODE).first():
            return redirect(passport.public_path)
        return unindexed(render(request, "certificates/unknown_code.html", {"code_form": CodeForm()}, status=404))
    form = NameForm(request.POST or None)
    is_right = None
    if request.method == "POST":
        if not take("verify-name", str(certificate.pk), NAMES_PER_HOUR, 3600):
            return unindexed(page_of_refusal(request, 3600))
        is_right = form.is_valid() and typed_name_is_right(certificate, form.cleaned_data["name"])
    file = certificate.current_file()
    if request.method == "GET" and request.user.pk != certificate.person_id:
        count_check(certificate, timezone.localdate())
    context = {
        "certificate": certificate,
        "facts": public_facts(certificate, name_is_shown(certificate, is_right is True)),
        "standing": standing_of(certificate, timezone.localdate()),
        "file": file,
        "name_form": form,
        "is_right": is_right,
        "asks_name": not name_is_shown(certificate, False),
    }
    return unindexed(render(request, "certificates/verified.html", context))

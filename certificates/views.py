"""Pages of certificates: the holder's list and documents, and public verification."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from certificates import storage
from certificates.dropped import answer_for_known, answer_for_unknown, known_file
from certificates.facts import printed_facts, standing_of
from certificates.forms import CodeForm, PdfForm
from certificates.limits import limited
from certificates.models import Certificate
from certificates.quarantine import TooBusy, check_apart
from certificates.rules import code_from
from certificates.trust import time_roots, trusted_roots

# Mobile operators put many people behind one address; a code has 60 random bits, so this leaks nothing.
CODES_PER_MINUTE, FILES_PER_MINUTE = 60, 10
NO_SUCH_CODE = "-"  # asked of the database in place of what cannot be a code, so that both answers take as long


class CertificateList(ListView):
    """The certificates of the signed-in person, those being issued too."""

    paginate_by = 20
    template_name = "certificates/mine.html"

    def get_queryset(self):
        rows = Certificate.objects.filter(person=self.request.user).prefetch_related("files")
        return rows.order_by("-issued_on", "-pk")


mine = never_cache(CertificateList.as_view())


@require_safe
@never_cache
def certificate(request, pk):
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user).prefetch_related("files"), pk=pk)
    printed = certificate.printed
    context = {
        "certificate": certificate,
        "printed": printed,
        "facts": printed_facts(printed),
        "standing": standing_of(certificate, timezone.localdate()) if certificate.is_issued else None,
        "file": certificate.current_file(),
        "trail": [(_("Mes certificats"), reverse("certificates:mine")), (certificate.printed_number, None)],
    }
    return render(request, "certificates/certificate.html", context)


@require_safe
@never_cache
def download(request, pk):
    """The stored bytes, as they were sealed."""
    visible = Certificate.objects.visible_to(request.user).published()
    certificate = get_object_or_404(visible, pk=pk)
    file = certificate.current_file()
    return HttpResponse(
        storage.read(file.storage_name, file.sha256),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="certificat-{certificate.printed_number}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@login_not_required
@require_safe
@limited("verify", CODES_PER_MINUTE)
def verify(request):
    """A form to type a code; with a code, the answer."""
    if "code" in request.GET:
        return answer_to_code(request, request.GET["code"])
    return render(request, "certificates/verify.html", {"code_form": CodeForm(), "pdf_form": PdfForm()})


@login_not_required
@require_safe
@limited("verify", CODES_PER_MINUTE)
def verify_code(request, typed):
    return answer_to_code(request, typed)


def answer_to_code(request, typed):
    """The certificate of a code, or one and the same answer when it is unknown, mistyped or not yet issued."""
    rows = Certificate.objects.published().prefetch_related("files")
    certificate = rows.filter(public_code=code_from(typed) or NO_SUCH_CODE).first()
    if certificate is None:
        return unindexed(render(request, "certificates/unknown_code.html", {"code_form": CodeForm()}, status=404))
    context = {
        "certificate": certificate,
        "facts": printed_facts(certificate.printed),
        "standing": standing_of(certificate, timezone.localdate()),
        "file": certificate.current_file(),
    }
    return unindexed(render(request, "certificates/verified.html", context))


@login_not_required
@require_POST
@limited("verify-file", FILES_PER_MINUTE)
def verify_file(request):
    """Check a dropped PDF: its exact bytes first, then its seal."""
    form = PdfForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask_again(request, form, status=422)
    content = form.cleaned_data["pdf"].read()
    if file := known_file(storage.fingerprint(content)):
        answer = answer_for_known(file, timezone.localdate())
    else:
        try:
            answer = answer_for_unknown(check_apart(content, trusted_roots(), time_roots()))
        except TooBusy:
            form.add_error("pdf", _("Trop de fichiers se contrôlent en ce moment : réessayez dans une minute."))
            return ask_again(request, form, status=503)
    context = {
        "answer": answer,
        "facts": printed_facts(answer.certificate.printed) if answer.certificate else [],
        "file": file,
        "sha256": storage.fingerprint(content),
        "code_form": CodeForm(),
    }
    return unindexed(render(request, "certificates/verified_file.html", context))


def ask_again(request, form, status):
    """The page of verification, with what is wrong with the file."""
    return render(request, "certificates/verify.html", {"code_form": CodeForm(), "pdf_form": form}, status=status)


def unindexed(response):
    """Search engines keep out; no cache keeps a state that may change."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response

"""The holder asks for a name to be corrected, and follows the request."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.actions.corrections import CorrectionRefused, ask_for_correction
from certificates.forms import NameCorrectionForm
from certificates.models import Certificate
from lms.assessment.rules.uploads import UploadRefused


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correction(request, pk):
    """The requests made about a certificate, and another one to make while none is under way."""
    certificate = get_object_or_404(Certificate.objects.published().filter(person=request.user), pk=pk)
    person = request.user
    form = NameCorrectionForm(
        request.POST or None,
        request.FILES or None,
        initial={"first_name": person.first_name, "last_name": person.last_name},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            ask_for_correction(
                certificate, data["first_name"], data["last_name"], data["explanation"], data["proof"].name,
                data["proof"].read(), timezone.now(),
            )  # fmt: skip
        except UploadRefused as refusal:
            form.add_error("proof", str(refusal))
        except CorrectionRefused:
            form.add_error(None, _("Ce nom est déjà celui du certificat, ou une demande est en cours."))
        else:
            messages.success(request, _("Votre demande est envoyée. Vous serez informé par courriel de la décision."))
            return redirect("certificates:correction", pk)
    asked = list(certificate.name_corrections.order_by("-asked_at"))
    context = {
        "certificate": certificate,
        "form": form,
        "asked": asked,
        "may_ask": certificate.state == Certificate.State.VALID
        and not any(row.state in (row.State.ASKED, row.State.CHECKED) for row in asked),
        "trail": [
            (_("Mes certificats"), reverse("certificates:mine")),
            (certificate.printed_number, certificate.get_absolute_url()),
            (_("Corriger le nom"), None),
        ],
    }
    return render(request, "certificates/correction.html", context, status=422 if form.errors else 200)

"""The holder says where a certificate is applied at work; their manager confirms it or not."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates.actions import applying as acts
from certificates.application_forms import ApplicationForm, ConfirmationForm, RefusalForm
from certificates.models import Certificate, WorkApplication


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def application(request, pk):
    """What was asked about a certificate, what was answered, and another request to make while none is open."""
    rows = Certificate.objects.published().filter(person=request.user, enrolment__isnull=False)
    certificate = get_object_or_404(rows.select_related("enrolment__course"), pk=pk)
    may_ask = acts.may_ask(certificate)
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.ask_for_confirmation(certificate, form.cleaned_data["statement"], timezone.now())
        except acts.NoManager:
            form.add_error(
                None,
                _(
                    "Aucun responsable n’est indiqué dans votre affectation. Demandez à vos ressources humaines de le "
                    "renseigner, puis revenez : copiez votre texte d’ici là."
                ),
            )
        except acts.ApplicationRefused:
            form.add_error(None, _("Une demande attend déjà une réponse, ou ce certificat ne peut plus être confirmé."))
        else:
            messages.success(
                request, _("Votre demande est envoyée à votre responsable. Vous serez informé par courriel.")
            )
            return redirect("certificates:application", pk)
    asked = WorkApplication.objects.filter(enrolment=certificate.enrolment_id).select_related("decision__author")
    context = {
        "certificate": certificate,
        "form": form,
        "asked": asked.order_by("-pk"),
        "may_ask": may_ask,
        "managers": acts.managers_of(request.user, timezone.localdate()),
        "confirmed": acts.confirmed_certificate(certificate.enrolment_id),
        "trail": [
            (_("Mes certificats"), reverse("certificates:mine")),
            (certificate.printed_number, certificate.get_absolute_url()),
            (_("Application au travail"), None),
        ],
    }
    return render(request, "certificates/application.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def confirmations(request):
    """What the people I manage ask me to confirm, those that wait first."""
    rows = WorkApplication.objects.for_manager(request.user, timezone.localdate())
    rows = rows.select_related("holder", "certificate", "decision").order_by("decision__decided_at", "pk")
    context = {"waiting": rows.open(), "decided": rows.filter(decision__isnull=False).reverse()[:50]}
    return render(request, "certificates/confirmations.html", context | {"trail": _trail()})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirmation(request, pk):
    """One request: read it, then confirm with the day it was seen, or refuse with a reason."""
    rows = WorkApplication.objects.for_manager(request.user, timezone.localdate())
    related = "holder", "certificate", "decision__author", "enrolment__completion"
    found = get_object_or_404(rows.select_related(*related), pk=pk)
    act = request.POST.get("act")
    completed_on = timezone.localdate(found.enrolment.completion.completed_at)
    confirming = ConfirmationForm(request.POST if act == "confirm" else None, completed_on=completed_on)
    refusing = RefusalForm(request.POST if act == "refuse" else None)
    form = {"confirm": confirming, "refuse": refusing}.get(act)
    if form is not None and form.is_valid():
        _decide(request, found, act, form.cleaned_data)
        return redirect("certificates:confirmation", pk)
    context = {
        "application": found,
        "printed": found.certificate.printed,
        "confirming": confirming,
        "refusing": refusing,
        "trail": _trail((str(found.holder), None)),
    }
    has_errors = bool(confirming.errors or refusing.errors)
    return render(request, "certificates/confirmation.html", context, status=422 if has_errors else 200)


def _decide(request, found: WorkApplication, act: str, said: dict) -> None:
    try:
        if act == "confirm":
            acts.confirm_application(found, request.user, said["observed_on"], said["remark"], timezone.now())
        else:
            acts.refuse_application(found, request.user, said["reason"], timezone.now())
    except acts.ApplicationRefused:
        messages.error(request, _("Cette demande a déjà sa réponse, ou le certificat ne vaut plus."))
    else:
        messages.success(request, _("Votre réponse est enregistrée ; la personne en est informée."))


def _trail(*more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    url = reverse("certificates:confirmations") if more else None
    return [(_("Mon espace"), reverse("learning:home")), (_("Confirmations"), url), *more]

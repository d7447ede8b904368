"""The holder's passports: ask for one, see it made, download those made before; and its page for anyone with the code."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates import storage
from certificates.actions.passports import (
    NothingToList,
    TooManyPassports,
    ask_for_passport,
    is_given_up,
    listed_certificates,
)
from certificates.forms import CodeForm, PassportForm
from certificates.models import Certificate, Passport
from certificates.passports.today import lines_today, name_is_open, passport_facts
from certificates.rules import code_from
from certificates.verifying.limits import limited
from certificates.views.codes import CODES_PER_MINUTE, NO_SUCH_CODE
from certificates.views.headers import unindexed

SHOWN = 50  # of the last ones; five a day at most are made


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mine(request):
    """All one's passports; a POST asks for one as of today."""
    if request.method == "POST":
        form = PassportForm(request.POST)
        form.full_clean()
        try:
            ask_for_passport(request.user, form.cleaned_data["with_kept"], timezone.now())
        except NothingToList:
            messages.error(request, _("Il n’y a rien à mettre dans un passeport pour le moment."))
        except TooManyPassports:
            text = _("Vous avez demandé %(most)s passeports aujourd’hui : servez-vous du dernier, ou revenez demain.")
            messages.error(request, text % {"most": settings.LMS_PASSPORTS_PER_DAY})
        return redirect("certificates:passports")
    passports = list(Passport.objects.visible_to(request.user).exclude(state=Passport.State.ERASED)[:SHOWN])
    waiting = next((one for one in passports if one.state == Passport.State.ASKED), None)
    listed = listed_certificates(request.user)
    context = {
        "passports": [one for one in passports if one.state == Passport.State.MADE],
        "waiting": waiting,
        "is_given_up": waiting is not None and is_given_up(waiting),
        "count": listed.count(),
        "form": PassportForm(initial={"with_kept": True}),
        "has_kept": listed.filter(visibility=Certificate.Visibility.LINK).exists(),
        "most": settings.LMS_PASSPORTS_PER_DAY,
        "trail": [(_("Mes certificats"), reverse("certificates:mine")), (_("Passeport"), None)],
    }
    return render(request, "certificates/passports.html", context)


@require_safe
@never_cache
def download(request, pk):
    """The stored bytes, as they were sealed; for the holder alone."""
    passport = get_object_or_404(Passport.objects.visible_to(request.user), pk=pk, state=Passport.State.MADE)
    name = f"passeport-{timezone.localdate(passport.asked_at).isoformat()}-{passport.public_code}.pdf"
    return HttpResponse(
        storage.read(passport.storage_name, passport.sha256),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


@login_not_required  # the address in the QR code: whoever holds the passport may check it
@require_safe
@limited("verify", CODES_PER_MINUTE)
def code(request, typed):
    """What anyone with its code is shown of a passport; unknown, mistyped and not yet made are one answer."""
    passport = Passport.objects.shown_to_anyone_with(code_from(typed) or NO_SUCH_CODE).first()
    if passport is None:
        return unindexed(render(request, "certificates/unknown_code.html", {"code_form": CodeForm()}, status=404))
    context = {
        "passport": passport,
        "facts": passport_facts(passport, name_is_open(passport)),
        "lines": lines_today(passport, has_file=False),
    }
    return unindexed(render(request, "certificates/verified_passport.html", context))

"""The page that checks a QR code without network, and what it needs to be installed and to go on alone."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certificates.credentials.issuer import did_of
from certificates.credentials.open_badge import PURPOSES
from certificates.keys.purposes import Purpose
from certificates.models import Publication
from certificates.verifying.limits import limited
from certificates.views.api import too_many
from certificates.views.published import READS_PER_MINUTE, published_keys
from lms.core.identity import identity

WORKER = "lms/js/offline/worker.js"
CACHE = "verifier-1"  # as in the worker
ASKED = (Purpose.QR_ES256, Purpose.CREDENTIAL_ES256)


@login_not_required  # anyone may check a certificate; the page is the same for all
@require_safe
@limited("published", READS_PER_MINUTE)
def page(request):
    response = render(request, "certificates/offline.html", {"cache": CACHE, "codes": "/c/"})
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required  # keys and states, published for all, without a name
@require_safe
@limited("published", READS_PER_MINUTE, refuse=too_many)
def data(request):
    """What the page checks with: public keys, and the signed lists of states by number; two queries."""
    keys = [
        {**key.jwk, "purpose": key.purpose, "state": key.state, "is_specimen": key.is_specimen}
        for key in published_keys()
        if key.purpose in ASKED
    ]
    texts = dict(Publication.objects.filter(name__endswith=".jwt").values_list("name", "content"))
    last = max((int(Path(name).stem) for name in texts), default=0)
    lists = {
        purpose: [texts.get(f"{purpose}/{number}.jwt", "") for number in range(1, last + 1)] for purpose in PURPOSES
    }
    said = {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "issuer": did_of(settings.LMS_PUBLIC_URL),
        "keys": keys,
        "lists": lists,
    }
    return JsonResponse(said, headers={"Cache-Control": "no-cache"})


@login_not_required  # a script of ours, at an address that lets it serve the page and the addresses of codes
@require_safe
def worker(request):
    script = Path(finders.find(WORKER)).read_text()
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)


@login_not_required  # how phones install the page
@require_safe
def manifest(request):
    here = reverse("certificates:offline")
    said = {
        "name": _("Vérifier un certificat – %(site)s") % {"site": identity().name},
        "short_name": _("Vérifier"),
        "lang": "fr",
        "start_url": here,
        "scope": here,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1a2350",
        "icons": [{"src": static("lms/img/favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/manifest+json")

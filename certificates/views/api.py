"""The public interface for verification by machines, described in `static/lms/api/verification-v1.json` (OpenAPI 3.1).

The same answers as the pages, from the same functions; open to scripts of any origin, for it holds nothing of a session.
"""

import json
from functools import wraps
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import FileResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from certificates.rules.names import LONGEST_NAME
from certificates.verifying.checks_made import count_check
from certificates.verifying.dropped import answer_to
from certificates.verifying.limits import limited
from certificates.verifying.quarantine import TooBusy
from certificates.verifying.said import said_of_certificate, said_of_file
from certificates.verifying.shown import typed_name_is_right
from certificates.verifying.verdicts import LARGEST_BYTES
from certificates.views.codes import CODES_PER_MINUTE, NAMES_PER_HOUR, certificate_of
from certificates.views.files import FILES_PER_MINUTE
from certificates.views.headers import unindexed
from lms.core.limits import take

DESCRIPTION = "lms/api/verification-v1.json"
FIVE_MINUTES = "public, max-age=300"
PROBLEM = "application/problem+json"  # RFC 9457


def problem(status: int, title: str, **headers):
    return JsonResponse({"status": status, "title": title}, status=status, content_type=PROBLEM, headers=headers)


def too_many(request, seconds):
    return problem(429, "Trop de demandes : réessayez plus tard.", **{"Retry-After": str(seconds)})


def open_to_all(view):
    """Any page may read the answer; nobody signs in, no cookie is looked at, no cache keeps it unless the view says so."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        answer = unindexed(view(request, *args, **kwargs))
        if getattr(answer, "may_be_kept", False):
            answer["Cache-Control"] = FIVE_MINUTES
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    return wrapper


@open_to_all
@require_safe
def description(request):
    """What this interface is, for machines; reviewed, not made up from the code."""
    return FileResponse(Path(finders.find(DESCRIPTION)).open("rb"), content_type="application/openapi+json")


@open_to_all  # as the page of the short address
@require_safe
@limited("verify", CODES_PER_MINUTE, refuse=too_many)
def certificate(request, typed):
    found = certificate_of(typed, request.GET.get("cle", ""))
    if found is None:
        return problem(404, "Aucun certificat à montrer pour ce code.")
    count_check(found, timezone.localdate())
    return JsonResponse(said_of_certificate(found, found.current_file(), timezone.localdate(), is_confirmed=False))


@open_to_all  # as the page of the short address
@require_POST
@limited("verify", CODES_PER_MINUTE, refuse=too_many)
def holder(request, typed):
    """Whether the name given is the one printed: JSON in, `{"name": "…"}`."""
    found = certificate_of(typed, request.GET.get("cle", ""))
    if found is None:
        return problem(404, "Aucun certificat à montrer pour ce code.")
    name = name_in(request)
    if name is None:
        return problem(422, 'Donnez le nom imprimé, en JSON : {"name": "Prénom NOM"}.')
    if not take("verify-name", str(found.pk), NAMES_PER_HOUR, 3600):
        return too_many(request, 3600)
    return JsonResponse({"matches": typed_name_is_right(found, name)})


def name_in(request) -> str | None:
    try:
        given = json.loads(request.body)
    except ValueError:
        return None
    name = given.get("name") if isinstance(given, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME else None


@open_to_all  # as the page where a PDF is dropped
@require_POST
@limited("verify-file", FILES_PER_MINUTE, refuse=too_many)
def file(request):
    """What a PDF is, given as the body of the request."""
    announced = request.headers.get("Content-Length") or ""
    if announced.isdecimal() and int(announced) > LARGEST_BYTES:
        return problem(413, "Ce fichier dépasse 1 Mo : ce n’est pas un certificat délivré ici.")
    content = request.body
    if not content or len(content) > LARGEST_BYTES:
        return problem(422, "Donnez le PDF dans le corps de la requête.")
    try:
        answer = answer_to(content, timezone.localdate())
    except TooBusy:
        return problem(503, "Trop de fichiers se contrôlent en ce moment.", **{"Retry-After": "60"})
    if answer.certificate:
        count_check(answer.certificate, timezone.localdate())
    return JsonResponse(said_of_file(answer, content, timezone.localdate()))

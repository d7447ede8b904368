"""The log of acts, for anyone who verifies: the proof that a certificate is in it, and the roots to compare it with."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.forms import CodeForm
from certificates.logged import extension_between, logged_acts, said_of_head, said_of_log
from certificates.models import TreeHead
from certificates.verifying.limits import limited
from certificates.views.api import open_to_all, problem, too_many
from certificates.views.codes import CODES_PER_MINUTE, certificate_of
from certificates.views.headers import unindexed
from certificates.views.published import READS_PER_MINUTE

HEADS = 31


@login_not_required  # as the page of the short address
@require_safe
@limited("verify", CODES_PER_MINUTE)
def proof(request, typed):
    """The acts on a certificate, each proved to be in the log; the same answer as elsewhere for what is not to be shown."""
    certificate = certificate_of(typed, request.GET.get("cle", ""))
    if certificate is None:
        return unindexed(render(request, "certificates/unknown_code.html", {"code_form": CodeForm()}, status=404))
    acts = logged_acts(certificate)
    context = {"certificate": certificate, "acts": acts, "head": acts[0].head if acts else None}
    return unindexed(render(request, "certificates/logged.html", context))


@open_to_all  # as the page of the short address
@require_safe
@limited("verify", CODES_PER_MINUTE, refuse=too_many)
def api_proof(request, typed):
    certificate = certificate_of(typed, request.GET.get("cle", ""))
    if certificate is None:
        return problem(404, "Aucun certificat à montrer pour ce code.")
    return JsonResponse(said_of_log(logged_acts(certificate)))


@open_to_all  # made to be copied, so that nobody can rewrite the log unseen; hashes only
@require_safe
@limited("published", READS_PER_MINUTE, refuse=too_many)
def api_heads(request):
    """The last roots, the newest first; with `since`, the size of an earlier one, the proof that the newest extends it."""
    heads = list(TreeHead.objects.all()[:HEADS])
    said = {"heads": [said_of_head(head) for head in heads]}
    if since := request.GET.get("since"):
        first = TreeHead.objects.filter(size=since).last() if since.isdecimal() else None
        if first is None:
            return problem(404, "Aucune racine n’a cette taille.")
        path = [value.hex() for value in extension_between(first, heads[0])]
        said["consistency"] = {"first": said_of_head(first), "path": path}
    return JsonResponse(said)

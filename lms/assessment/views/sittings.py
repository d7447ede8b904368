"""The pages of those who supervise, made for a phone: the code of the room, who is there, their identity, the minutes."""

import csv

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.assessment.actions import sittings as acts
from lms.assessment.models import IdentityCheck, SittingEntry, SittingIncident, SupervisedSitting
from lms.assessment.rules import supervision
from lms.assessment.sitting_forms import ClosingForm, IdentityForm, IncidentForm
from lms.core import audit
from lms.core.spreadsheets import neutral

DOCUMENTS, EFFECTS = dict(IdentityCheck.Document.choices), dict(SittingIncident.Effect.choices)


@never_cache
@require_safe
def sittings(request):
    """The sittings one supervises, those that are not closed first."""
    rows = SupervisedSitting.objects.supervised_by(request.user).select_related("quiz", "course", "record")
    found = sorted(rows.order_by("-starts_at", "-pk")[:100], key=lambda row: row.is_closed)
    context = {"sittings": found, "crumbs": _crumbs()}
    return render(request, "assessment/sittings.html", context)


@never_cache
@require_safe
def sitting(request, pk):
    """The code of the moment, and the people there with what was seen of each."""
    found, now = _find(request, pk), timezone.now()
    entries = list(found.entries.with_facts())
    is_open = found.is_open(now)
    context = {
        "sitting": found,
        "entries": entries,
        "is_open": is_open,
        "code": supervision.entry_code(found.secret, now) if is_open else "",
        "code_changes_at": supervision.code_changes_at(now),
        "is_supervisor": acts.is_supervisor(request.user, found),
        "identity_form": IdentityForm(auto_id=False),
        "unchecked_count": sum(not hasattr(entry, "identity") for entry in entries),
        "crumbs": _crumbs((found.quiz.title, None)),
        "is_early": now < found.starts_at,
    }
    return render(request, "assessment/sitting.html", context)


@require_POST
def sitting_identity(request, pk, entry):
    """« Identité contrôlée », with the kind of document seen."""
    found, row = _find_entry(request, pk, entry)
    form = IdentityForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez la pièce que vous avez vue."))
    else:
        _act(request, acts.check_identity, row, form.cleaned_data["document"], request.user, timezone.now())
    return redirect(f"{found.get_absolute_url()}#present-{row.pk}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sitting_incident(request, pk, entry):
    """What happened to someone, and whether their attempt still counts."""
    found, row = _find_entry(request, pk, entry)
    form = IncidentForm(request.POST or None, is_excluded=row.is_excluded)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        _act(request, acts.note_incident, row, said["effect"], said["text"], request.user, timezone.now())
        return redirect(f"{found.get_absolute_url()}#present-{row.pk}")
    context = {
        "sitting": found,
        "entry": row,
        "form": form,
        "crumbs": _crumbs((found.quiz.title, found.get_absolute_url()), (_("Incident"), None)),
    }
    return render(request, "assessment/sitting_incident.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sitting_close(request, pk):
    """Ask whether to close, saying what is still missing; then write the minutes."""
    found, now = _find(request, pk), timezone.now()
    if found.is_closed:
        return redirect("assessment:sitting_minutes", found.pk)
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.close_sitting(found, request.user, form.cleaned_data["remarks"], now)
        except acts.SittingStillOn:
            messages.error(request, _("Quelqu’un n’a pas encore remis : attendez, ou fermez après l’heure de fin."))
        else:
            messages.success(request, _("Séance fermée. Le procès-verbal ne change plus."))
            return redirect("assessment:sitting_minutes", found.pk)
    entries = list(found.entries.with_facts())
    context = {
        "sitting": found,
        "form": form,
        "may_close": acts.may_close(found, now),
        "writing": [entry for entry in entries if entry.attempt.state == entry.attempt.State.OPEN],
        "unchecked": [entry for entry in entries if not hasattr(entry, "identity")],
        "count": len(entries),
        "crumbs": _crumbs((found.quiz.title, found.get_absolute_url()), (_("Fermer"), None)),
    }
    return render(request, "assessment/sitting_close.html", context)


@never_cache
@require_safe
def sitting_minutes(request, pk):
    """The minutes, to read or to print."""
    found = _find_closed(request, pk)
    content = found.record.content
    people = [
        {
            **line,
            "document": DOCUMENTS.get(line["document"], ""),
            "incidents": [_incident(row) for row in line["incidents"]],
        }
        | {name: line[name] and parse_datetime(line[name]) for name in ("entered_at", "submitted_at", "checked_at")}
        for line in content["people"]
    ]
    context = {
        "sitting": found,
        "record": found.record,
        "content": content,
        "people": people,
        "crumbs": _crumbs((found.quiz.title, found.get_absolute_url()), (_("Procès-verbal"), None)),
    }
    return render(request, "assessment/sitting_minutes.html", context)


@never_cache
@require_safe
def sitting_minutes_csv(request, pk):
    """The same lines, for a spreadsheet; the trail says who took them."""
    found = _find_closed(request, pk)
    audit.record("assessment.export_minutes", request.user, found)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="proces-verbal-{found.pk}.csv"'
    response.write("\N{BYTE ORDER MARK}")
    writer = csv.writer(response, delimiter=";")
    first = [_("Personne"), _("Adresse électronique"), _("Commencée"), _("Remise")]
    writer.writerow([*first, _("Pièce vue"), _("Contrôlée par"), _("Incidents"), _("Surveillée")])
    for line in found.record.content["people"]:
        told = " / ".join(row["text"] for row in line["incidents"])
        seen = [DOCUMENTS.get(line["document"], ""), line["checked_by"] or "", told]
        said = [line["name"], line["email"], line["entered_at"], line["submitted_at"] or "", *seen]
        writer.writerow([neutral(str(value)) for value in said] + [_("oui") if line["is_supervised"] else _("non")])
    return response


def _find(request, pk: int) -> SupervisedSitting:
    rows = SupervisedSitting.objects.visible_to(request.user)
    rows = rows.select_related("quiz", "course", "record__closed_by", "opened_by")
    return get_object_or_404(rows.prefetch_related("supervisors__person"), pk=pk)


def _find_closed(request, pk: int) -> SupervisedSitting:
    found = _find(request, pk)
    if not found.is_closed:
        raise Http404
    return found


def _find_entry(request, pk: int, entry: int) -> tuple[SupervisedSitting, SittingEntry]:
    """404 for another sitting's; 403 for who sees the sitting without supervising it."""
    found = _find(request, pk)
    row = get_object_or_404(found.entries.with_facts(), pk=entry)
    if not acts.is_supervisor(request.user, found) or row.attempt.enrolment.person_id == request.user.pk:
        raise PermissionDenied
    return found, row


def _act(request, act, *said):
    try:
        act(*said)
    except acts.SittingClosed:
        messages.error(request, _("La séance est fermée : son procès-verbal ne change plus."))
    else:
        messages.success(request, _("C’est noté."))


def _incident(row: dict) -> dict:
    return {**row, "effect": EFFECTS[row["effect"]], "at": parse_datetime(row["at"])}


def _crumbs(*more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    start = (_("Mon espace"), reverse("learning:home"))
    url = reverse("assessment:sittings") if more else None
    return [start, (_("Séances à surveiller"), url), *more]

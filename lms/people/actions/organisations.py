"""The organisation tree and the admitted e-mail domains, loaded from their files."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.audit import record
from lms.core.datafiles import Entry, LoadReport, read_csv, read_yaml
from lms.people.models import EmailDomain, Unit, User
from lms.people.rules import email_domain

# The words of the file for the natures of structures.
KINDS = {
    "presidence": Unit.Kind.PRESIDENCY,
    "ministere": Unit.Kind.MINISTRY,
    "direction": Unit.Kind.DIRECTORATE,
    "agence": Unit.Kind.AGENCY,
    "autorite": Unit.Kind.AUTHORITY,
    "societe": Unit.Kind.COMPANY,
    "association": Unit.Kind.ASSOCIATION,
}


@transaction.atomic
def load_organisations(folder: Path, update: bool = False, actor: User | None = None) -> LoadReport:
    """Load the State, its organisations, departments and communes, and the admitted e-mail domains.

    `folder` holds organisations.yaml, departements.csv and communes.csv. Each row is found again by its code; one that
    differs from the files is left as it is unless `update`. Nothing is deleted or moved in the tree, and a domain
    already known is never admitted again. Raises MalformedFile and then leaves everything as it was.
    """
    source, report = read_yaml(folder / "organisations.yaml"), LoadReport()
    state = source.entry("etat")
    root = _put_unit(None, state.text("code"), {"name": state.prose("name"), "kind": Unit.Kind.STATE}, update, report)
    for entry in source.entries("organisations"):
        _put_unit(root, entry.text("code"), _organisation(entry), update, report)
    departments = {}
    for row in read_csv(folder / "departements.csv", ["code", "pcode", "name", "centroid_lat", "centroid_lon"]):
        values = {"name": row.prose("name"), "kind": Unit.Kind.DEPARTMENT, **_place(row)}
        departments[row.text("code")] = _put_unit(root, row.text("pcode"), values, update, report)
    for row in read_csv(folder / "communes.csv", ["pcode", "name", "department_code", "town_lat", "town_lon"]):
        if row["department_code"] not in departments:
            row.refuse(_("le département « %(code)s » n’existe pas.") % {"code": row["department_code"]})
        values = {"name": row.prose("name"), "kind": Unit.Kind.COMMUNE, **_place(row)}
        _put_unit(departments[row["department_code"]], row.text("pcode"), values, update, report)
    for entry in source.entries("domaines", default=True):
        domain = entry.text("domain").lower()
        if email_domain(f"a@{domain}") != domain:
            entry.refuse(_("« %(domain)s » n’est pas un nom de domaine.") % {"domain": domain}, "domain")
        if admit_domain(domain, entry.prose("note", ""), actor=actor)[1]:
            report.created += 1
        else:
            report.unchanged += 1
    if report.has_changes:
        record("people.load_organisations", actor, root, created=report.created, updated=report.updated)
    return report


@transaction.atomic
def admit_domain(domain: str, note: str = "", actor: User | None = None) -> tuple[EmailDomain, bool]:
    """Let anyone with an address of `domain` open an account; one already listed keeps its state. (row, is it new)."""
    row, is_new = EmailDomain.objects.get_or_create(domain=domain.lower(), defaults={"note": note})
    if is_new:
        record("people.admit_domain", actor, row)
    return row, is_new


def _organisation(entry: Entry) -> dict[str, Any]:
    kind = entry.text("type")
    if kind not in KINDS:
        entry.refuse(
            _("« %(kind)s » n’est pas une nature de structure (%(known)s).")
            % {"kind": kind, "known": ", ".join(KINDS)},
            "type",
        )
    notes = [entry.prose("note", "")]
    if former := entry.prose("former", ""):
        notes.append(_("Auparavant : %(former)s") % {"former": former})
    values = {"name": entry.prose("name"), "kind": KINDS[kind], "note": "\n".join(filter(None, notes))}
    if since := entry.get("since"):
        try:
            values["starts_on"] = since if isinstance(since, date) else date.fromisoformat(str(since))
        except ValueError:
            entry.refuse(_("« since » doit être une date (AAAA-MM-JJ)."), "since")
    return values


def _place(row: Entry) -> dict[str, Decimal]:
    """Where a unit is: its main town, otherwise its centre; degrees, WGS 84."""
    prefix = "town" if row.get("town_lat") else "centroid"
    try:
        latitude, longitude = (Decimal(row[f"{prefix}_{axis}"]) for axis in ("lat", "lon"))
    except (InvalidOperation, KeyError):
        row.refuse(_("la latitude et la longitude doivent être des nombres."))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        row.refuse(_("la latitude ou la longitude n’existe pas sur Terre."))
    return {"latitude": latitude, "longitude": longitude}


def _put_unit(parent: Unit | None, code: str, values: dict[str, Any], update: bool, report: LoadReport) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit:
        report.settle(unit, values, update)
        return unit
    report.created += 1
    fresh = {"code": code, **values}
    if parent is None:
        return Unit.add_root(**fresh)
    # The parent is read again: its path and number of children may have changed since.
    return Unit.objects.get(pk=parent.pk).add_child(**fresh)

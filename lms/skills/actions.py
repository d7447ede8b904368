"""What is done to the vocabulary of skills: load a framework from its file."""

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.audit import record
from lms.core.datafiles import Entry, LoadReport, read_yaml
from lms.skills.models import (
    MAX_LEVEL,
    MIN_LEVEL,
    Area,
    Competence,
    Framework,
    JobProfile,
    Level,
    LevelDescriptor,
    ProfileRequirement,
    Strand,
)


@transaction.atomic
def load_framework(path: Path, update: bool = False, actor=None) -> LoadReport:
    """Load a competence framework, its levels, areas, competences, descriptors, job profiles and requirements.

    Each row is found again by its code; a row that differs from the file is left as it is unless `update`.
    Nothing is ever deleted. Raises MalformedFile and then leaves everything as it was.
    """
    source = read_yaml(path).entry("framework")
    report = LoadReport()
    framework = report.put(
        Framework,
        {"code": source.text("id")},
        {
            "version": source.text("version"),
            "title": source.prose("title"),
            "language": source.text("language", "fr"),
            "license": source.prose("license", ""),
        },
        update,
    )
    _load_levels(framework, source, update, report)
    strands = _load_strands(source, update, report)
    competences: dict[str, Competence] = {}
    for position, entry in enumerate(source.entries("areas")):
        area = _load_area(framework, entry, position, strands, update, report)
        for rank, child in enumerate(entry.entries("competences")):
            code = child.text("code")
            if code in competences:
                child.refuse(_("la compétence « %(code)s » est décrite deux fois.") % {"code": code}, "code")
            competences[code] = _load_competence(area, child, rank, update, report)
    for entry in source.entries("role_profiles", default=True):
        _load_profile(framework, entry, competences, update, report)
    if report.has_changes:
        record("skills.load_framework", actor, framework, created=report.created, updated=report.updated)
    return report


def _load_levels(framework: Framework, source: Entry, update: bool, report: LoadReport) -> None:
    for entry in source.entries("levels"):
        values = {name: entry.prose(name, default) for name, default in _LEVEL_TEXTS.items()}
        number = entry.number("level", MIN_LEVEL, MAX_LEVEL)
        report.put(Level, {"framework": framework, "number": number}, values, update)


_LEVEL_TEXTS = {"name": None, "summary": None, "autonomy": ""}


def _load_strands(source: Entry, update: bool, report: LoadReport) -> dict[str, Strand]:
    return {
        entry.text("code"): report.put(
            Strand, {"code": entry.text("code")}, {"name": entry.prose("name"), "position": position}, update
        )
        for position, entry in enumerate(source.entries("strands", default=True))
    }


def _load_area(
    framework: Framework, entry: Entry, position: int, strands: dict[str, Strand], update: bool, report: LoadReport
) -> Area:
    wanted = []
    for code in entry.items_of("strands", default=True):
        if code not in strands:
            entry.refuse(_("l’axe « %(code)s » n’est pas décrit sous « strands ».") % {"code": code}, "strands")
        wanted.append(strands[code])
    values = {"name": entry.prose("name"), "description": entry.prose("description", ""), "position": position}
    created = report.created
    area = report.put(Area, {"framework": framework, "code": entry.text("code")}, values, update)
    if report.created > created:
        area.strands.set(wanted)
        area.save()
    elif set(area.strands.all()) != set(wanted):
        if update:
            area.strands.set(wanted)
            area.save()
            report.updated += 1
        else:
            report.kept.append(f"{area._meta.verbose_name} {area} (strands)")
    return area


def _load_competence(area: Area, entry: Entry, position: int, update: bool, report: LoadReport) -> Competence:
    code = entry.text("code")
    if Competence.objects.filter(code=code).exclude(area__framework=area.framework_id).exists():
        entry.refuse(_("le code « %(code)s » appartient déjà à un autre référentiel.") % {"code": code}, "code")
    values = {
        "area": area,
        "name": entry.prose("name"),
        "description": entry.prose("description", ""),
        "alignments": dict(entry.entry("alignments", default=True)),
        "position": position,
    }
    competence = report.put(Competence, {"code": code}, values, update)
    texts = entry.entry("levels")
    for number in texts:
        if type(number) is not int or not MIN_LEVEL <= number <= MAX_LEVEL:
            texts.refuse(_("« %(number)s » n’est pas un niveau de 1 à 5.") % {"number": number}, number)
        values = {"text": texts.prose(number)}
        report.put(LevelDescriptor, {"competence": competence, "number": number}, values, update)
    return competence


def _load_profile(
    framework: Framework, entry: Entry, competences: dict[str, Competence], update: bool, report: LoadReport
) -> None:
    code = entry.text("id")
    if JobProfile.objects.filter(code=code).exclude(framework=framework).exists():
        entry.refuse(_("le profil « %(code)s » appartient déjà à un autre référentiel.") % {"code": code}, "id")
    values = {"name": entry.prose("name"), "description": entry.prose("description", ""), "framework": framework}
    profile = report.put(JobProfile, {"code": code}, values, update)
    required = entry.entry("required")
    for code in required:
        if code not in competences:
            required.refuse(_("la compétence « %(code)s » n’est pas décrite sous « areas ».") % {"code": code}, code)
        values = {"level": required.number(code, 0, MAX_LEVEL)}
        report.put(ProfileRequirement, {"profile": profile, "competence": competences[code]}, values, update)

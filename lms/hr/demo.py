"""The demo: accounts, posts, roles, evidence and enrolments invented for it, made by the same actions as real ones."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from courses.models import CoursePage
from courses.outline import course_outline
from lms.core.datafiles import Entry, read_yaml
from lms.hr.actions import record_evidence
from lms.hr.demo_certificates import add_certification
from lms.hr.demo_programme import add_programme
from lms.hr.demo_proofs import add_application, add_sitting
from lms.hr.demo_review import add_course_to_review
from lms.hr.demo_versions import add_version
from lms.hr.models import Evidence
from lms.learning.actions import enrol, finish_lesson
from lms.learning.models import Enrolment
from lms.people.actions import admit_domain, grant_role, save_post
from lms.people.models import Post, Unit, User
from lms.skills.models import Competence, JobProfile, ProfileRequirement

PASSWORD = "demo"  # noqa: S105  said on the login page of a demo
DOMAIN = "demo.example"
SINCE = date(2024, 1, 8)  # posts and roles of the demo
MOST_ADVANCED = 3
PLACEMENT_LASTS = timedelta(days=730)


@dataclass
class DemoReport:
    """How many rows of each kind were missing and are there now."""

    units: int = 0
    people: int = 0
    evidence: int = 0
    enrolments: int = 0
    programmes: int = 0
    reviews: int = 0
    proofs: int = 0
    versions: int = 0


@transaction.atomic
def load_demo(path: Path, now: datetime, today: date) -> DemoReport:
    """Add what is missing of the demo described in `path`; what exists is left as its users made it.

    Raises MalformedFile; Unit, JobProfile, Group, Competence or CoursePage.DoesNotExist when the file names one that
    is not loaded.
    """
    source, report = read_yaml(path), DemoReport()
    admit_domain(DOMAIN)
    for entry in source.entries("directions"):
        report.units += _add_unit(entry)
    accounts, colleagues = source.entries("comptes"), source.entries("collegues")
    of_review = source.entries("comptes_relecture", default=True)
    known = {user.email: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    proven = set(Evidence.objects.filter(source_key__startswith="demo:").values_list("person__email", flat=True))
    learning = set(Enrolment.objects.filter(person__in=known.values()).values_list("person__email", flat=True))
    for index, entry in enumerate([*accounts, *colleagues, *of_review]):
        email = entry.text("email")
        if email not in known:
            known[email] = _add_person(entry, known, password=None if entry in colleagues else PASSWORD)
            report.people += 1
        if email not in proven:
            report.evidence += _add_evidence(entry, known, index, today)
        if "formation" in entry and email not in learning:
            report.enrolments += _add_enrolment(entry.entry("formation"), known[email], now)
    for entry in source.entries("parcours", default=True):
        report.programmes += add_programme(entry, known, now)
    for entry in source.entries("formations_a_relire", default=True):
        report.reviews += add_course_to_review(entry, known[entry.text("author")], today)
    for entry in source.entries("seances", default=True):
        report.proofs += add_sitting(entry, known[entry.text("formateur")], known[entry.text("apprenant")], now)
    for entry in source.entries("confirmations", default=True):
        report.proofs += add_application(entry, known[entry.text("titulaire")], now)
    for entry in source.entries("versions", default=True):
        report.versions += add_version(entry, known[entry.text("titulaire")], known[entry.text("formateur")], now)
    if "certification" in source:
        add_certification(source.entry("certification"), known, now)
    return report


def _add_unit(entry: Entry) -> bool:
    code = entry.text("code")
    if Unit.objects.filter(code=code).exists():
        return False
    parent = Unit.objects.get(code=entry.text("parent"))
    parent.add_child(code=code, name=entry.text("name"), kind=entry.text("kind", Unit.Kind.DIRECTORATE))
    return True


def _add_person(entry: Entry, known: dict[str, User], password: str | None) -> User:
    """The account with its verified address, post and role; nobody logs in without a password."""
    names = {"first_name": entry.text("first_name"), "last_name": entry.text("last_name"), "is_demo": True}
    create = User.objects.create_superuser if entry.get("superuser") else User.objects.create_user
    user = create(entry.text("email"), password, **names)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    profile = JobProfile.objects.get(code=entry.text("profile")) if "profile" in entry else None
    post = Post(
        person=user,
        unit=Unit.objects.get(code=entry.text("unit")),
        job_profile=profile,
        manager=_manager(entry, known),
        title=entry.text("title"),
        starts_on=SINCE,
    )
    save_post(post, by=None)
    if "role" in entry:
        group, scope = Group.objects.get(name=entry.text("role")), Unit.objects.get(code=entry.text("scope"))
        grant_role(user, group, scope, by=None, starts_on=SINCE)
    return user


def _manager(entry: Entry, known: dict[str, User]) -> User | None:
    email = entry.text("manager", "")
    if email and email not in known:
        entry.refuse(f"« {email} » doit être décrit plus haut.", "manager")
    return known.get(email)


def _add_evidence(entry: Entry, known: dict[str, User], index: int, today: date) -> int:
    """Placement tests and managers' confirmations, spread over the past two years; how many."""
    person, manager = known[entry.text("email")], _manager(entry, known)
    levels = _levels(entry, index)
    competences = {row.code: row for row in Competence.objects.filter(code__in=levels)}
    for rank, (code, level) in enumerate(levels.items()):
        is_confirmed = manager is not None and (rank + index) % 3 == 0
        obtained_on = today - timedelta(days=60 + (rank * 97 + index * 31) % 640)
        record_evidence(
            person=person,
            competence=competences[code],
            level=level,
            kind=Evidence.Kind.MANAGER if is_confirmed else Evidence.Kind.PLACEMENT,
            obtained_on=obtained_on,
            expires_on=None if is_confirmed else obtained_on + PLACEMENT_LASTS,
            recorded_by=manager if is_confirmed else None,
            source_key=f"demo:{person.pk}:{code}",
            today=today,
        )
    return len(levels)


def _levels(entry: Entry, index: int) -> dict[str, int]:
    """The levels to prove, by code: those written, or the profile's own less a few, fewer the more advanced."""
    if "niveaux" in entry:
        return dict(entry.entry("niveaux"))
    if "avance" not in entry or "profile" not in entry:
        return {}
    advance = entry.number("avance", 0, MOST_ADVANCED)
    rows = ProfileRequirement.objects.filter(profile__code=entry.text("profile"), level__gt=0)
    required = rows.order_by("competence__area__position", "competence__position").values_list(
        "competence__code", "level"
    )
    levels = {
        code: level - max(0, (rank * 5 + rank // 4 + index * 3) % (MOST_ADVANCED + 1) - advance)
        for rank, (code, level) in enumerate(required)
    }
    return {code: level for code, level in levels.items() if level > 0}


def _add_enrolment(entry: Entry, person: User, now: datetime) -> int:
    """Enrol, and finish the first lessons (`lecons`), one a day up to yesterday."""
    course = CoursePage.objects.get(code=entry.text("code"))
    count = entry.number("lecons", 0, 50)
    enrolment = enrol(person, course, now - timedelta(days=count + 1))
    lessons = [item for item in course_outline(course.pk, course.outline.version).items if item.kind == "lesson"]
    for rank, item in enumerate(lessons[:count]):
        finish_lesson(enrolment, item, now - timedelta(days=count - rank))
    return 1

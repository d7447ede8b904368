"""What the tests of certificates start from: people who completed a course."""

import threading
from datetime import UTC, date, datetime
from itertools import count

from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.utils import timezone
from wagtail.models import Locale, Page

from certificates.actions import reserve_certificate
from certificates.models import Certificate
from certificates.snapshot import AttestedLevel, Snapshot
from certificates.tasks.signing import issue
from courses.models import (
    CataloguePage,
    CompetenceGain,
    CoursePage,
    HomePage,
    ProgrammeCourse,
    ProgrammePage,
    QuizPage,
)
from lms.assessment.models import Attempt
from lms.learning.models import Completion, Enrolment
from lms.people.models import Post, RoleAssignment, Unit, User
from lms.skills.models import Area, Competence, Framework, Level

NUMBERS = count(1)
NAME = ("Ọ̀ṣúnlékẹ̀ Ɖɔ̀súxwɛ́", "KOUDÉRIN-HOUNGBÉDJI")


class Payload:
    """A job as the handlers see it."""

    def __init__(self, **payload):
        self.payload = payload


def make_user(first_name=NAME[0], last_name=NAME[1], **fields):
    number = next(NUMBERS)
    return User.objects.create_user(
        f"personne{number}@demo.example", "demo", first_name=first_name, last_name=last_name, **fields
    )


def make_competence():
    framework, created = Framework.objects.get_or_create(code="cadre", defaults={"version": "1", "title": "Cadre"})
    if created:
        for number, name in enumerate(("Éveil", "Guidé", "Autonome", "Référent", "Expert"), start=1):
            Level.objects.create(framework=framework, number=number, name=name, summary="-")
    area, _ = Area.objects.get_or_create(framework=framework, code="CN", defaults={"name": "Culture numérique"})
    number = next(NUMBERS)
    return Competence.objects.create(area=area, code=f"CN{number}", name=f"Compétence {number}")


def make_course(title="Messagerie professionnelle", level=2, **fields):
    catalogue = CataloguePage.objects.first()
    if catalogue is None:
        Locale.objects.get_or_create(language_code="fr")  # emptied with the rest by tests of transactions
        root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Racine", slug="racine"))
        home = root.add_child(instance=HomePage(title="Accueil", slug=f"accueil-{next(NUMBERS)}"))
        catalogue = home.add_child(instance=CataloguePage(title="Formations", slug="formations"))
    number = next(NUMBERS)
    course = CoursePage(
        title=title,
        slug=f"cours-{number}",
        code=f"cours-{number}",
        summary="-",
        duration_minutes=80,
        contact_email="c@example.org",
        **fields,
    )
    catalogue.add_child(instance=course)
    CompetenceGain.objects.create(course=course, competence=make_competence(), level=level)
    course.add_child(instance=QuizPage(title="Évaluation", slug="evaluation"))
    return course


def make_completion(person=None, course=None, is_tested=True):
    """An enrolment completed, as learning leaves it: its test passed, or its lessons merely followed."""
    now = timezone.now()
    enrolment = Enrolment.objects.create(
        person=person or make_user(), course=course or make_course(), state="completed", enrolled_at=now
    )
    conditions = [make_passed_test(enrolment)] if is_tested else []
    return Completion.objects.create(enrolment=enrolment, completed_at=now, content_version=3, conditions=conditions)


def make_passed_test(enrolment, **fields):
    """An attempt that passed the test of the course; gives the condition that the completion records."""
    quiz, now = QuizPage.objects.child_of(enrolment.course).get(), timezone.now()
    given = {"pass_mark_percent": 70, "max_points": 4, "is_passed": True, "rules": {"preset": "summative"}, **fields}
    Attempt.objects.create(
        enrolment=enrolment, quiz=quiz, number=enrolment.attempts.count() + 1, state="submitted", started_at=now,
        submitted_at=now, score_percent=90, **given,
    )  # fmt: skip
    return {"code": f"quiz:{quiz.pk}", "is_met": True}


def make_certificate(person=None, course=None, is_tested=True):
    """A certificate issued for real: numbered, drawn, sealed, stored."""
    completion = make_completion(person, course, is_tested)
    issue(Payload(enrolment=completion.enrolment_id))
    return Certificate.objects.get(enrolment=completion.enrolment_id)


def make_programme(courses, optional=(), **fields):
    """A published programme of these courses, in order, all required but the `optional` ones."""
    number = next(NUMBERS)
    programme = ProgrammePage(
        title="Agent public numérique", slug=f"parcours-{number}", summary="-", contact_email="p@example.org", **fields
    )
    programme.parts = [ProgrammeCourse(course=course, is_required=course not in optional) for course in courses]
    CataloguePage.objects.get().add_child(instance=programme)
    return programme


def make_reserved(person=None):
    return reserve_certificate(make_completion(person).enrolment_id, timezone.now())


def make_unit(code="S1"):
    return Unit.add_root(code=code, name=f"Structure {code}", kind=Unit.Kind.MINISTRY)


def place(person, unit, manager=None):
    return Post.objects.create(person=person, unit=unit, manager=manager, starts_on=date(2020, 1, 1))


def make_officer(unit, *permissions):
    """Someone who may do these things over a unit and all below."""
    officer = make_user("Agent", "CERTIFICATION")
    group = Group.objects.create(name=f"Rôle {next(NUMBERS)}")
    names = [name.split(".")[1] for name in ("wagtailadmin.access_admin", *permissions)]
    group.permissions.set(Permission.objects.filter(codename__in=names))
    officer.groups.add(group)
    RoleAssignment.objects.create(person=officer, group=group, unit=unit, starts_on=date(2020, 1, 1))
    return officer


def a_snapshot(**fields):
    """Printed fields, without a database."""
    return Snapshot(
        **{
            "number": "CTD-2026-000127",
            "public_code": "7Q4MXK2P9TRA",
            "verification_url": "https://academie.example.bj/c/7Q4MXK2P9TRA/",
            "printed_name": " ".join(NAME),
            "course_code": "xroad",
            "course_title": "Interopérabilité et X-Road",
            "content_version": 3,
            "course_revision": 12,
            "duration_minutes": 140,
            "competences": (AttestedLevel("CN1", "Outils numériques", 2, "Guidé"),),
            "assurance": "N2",
            "pass_mark_percent": 70,
            "issued_on": date(2026, 12, 1),
            "sealed_at": datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
            "site_name": "Académie CTD",
            "issuer": "Centre de transformation digitale",
            "issuer_parent": "Agence des systèmes d’information et du numérique",
            "signatory_name": "La direction du Centre",
            "signatory_title": "Centre de transformation digitale, ASIN",
            **fields,
        }
    )


def at_once(*calls):
    """Run these in threads that start together; gives what went wrong."""
    wrong, together = [], threading.Barrier(len(calls))

    def run(call):
        together.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001  reported below
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong

"""The demo: everything a newcomer needs, made once, tidy, and never where it does not belong."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates.actions import publish_certificate, reserve_certificate
from certificates.actions.batches import may_decide
from certificates.lasting.signature import SealedDocument
from certificates.models import (
    Certificate,
    Hold,
    IssueBatch,
    NameCorrection,
    Recertification,
    SubstantialVersion,
    WorkApplication,
)
from courses.actions.review import decide
from courses.models import CoursePage
from courses.reviewing import decidable_by
from lms.assessment.models import SittingEntry
from lms.core.models import AuditEntry, Job
from lms.hr.models import Colleague, Evidence, HeldLevel
from lms.learning.models import Enrolment, ProgressEvent
from lms.people.models import EmailDomain, Post, RoleAssignment, Unit, User
from tests.factories.reviews import every_box

ACCOUNTS = {"agent", "formateur", "rh", "responsable", "certification", "admin", "partenaire", "relecture"}


def load():
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def everything():
    models = (User, EmailAddress, Unit, Post, RoleAssignment, Evidence, HeldLevel, Enrolment, ProgressEvent, AuditEntry)
    models += (Certificate, Hold, IssueBatch, NameCorrection)
    return {model.__name__: sorted(model._default_manager.values_list("pk", flat=True)) for model in models}


@pytest.mark.slow
def test_demo_is_loaded_once_and_tidy(db, run_jobs):
    said = load()
    assert "7 structures, 33 personnes" in said
    before = everything()
    assert "0 structures, 0 personnes, 0 preuves, 0 inscriptions, 0 parcours, 0 formation" in load()
    assert everything() == before

    with_password = {user.email.partition("@")[0] for user in User.objects.all() if user.has_usable_password()}
    assert with_password == ACCOUNTS
    assert all(User.objects.get(email=f"{name}@demo.example").check_password("demo") for name in ACCOUNTS)
    assert not User.objects.filter(is_demo=False).exists()
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()
    assert EmailDomain.objects.get(domain="demo.example").is_active
    (reserved,) = Certificate.objects.all()
    assert NameCorrection.objects.get().certificate == reserved
    officer = User.objects.get(email="certification@demo.example")
    assert may_decide(IssueBatch.objects.get(), officer)
    assert IssueBatch.objects.get().lines.count() == 3
    assert Hold.objects.visible_to(officer).get().state == "open"
    assert NameCorrection.objects.visible_to(User.objects.get(email="rh@demo.example")).get().state == "asked"
    assert list(SittingEntry.objects.values_list("attempt__enrolment__person__email", flat=True)) == [
        "judith.quenum@demo.example"
    ]
    run_jobs("hr.demo_application")
    assert not WorkApplication.objects.exists()
    passed = Enrolment.objects.get(person__email="ayoke.dansou@demo.example")
    sealed = SealedDocument(b"%PDF-1.7 sealed", "0" * 64, True)
    publish_certificate(reserve_certificate(passed.pk, timezone.now()), sealed, timezone.now())
    Job.objects.update(run_after=timezone.now())
    run_jobs("hr.demo_application")
    manager = User.objects.get(email="responsable@demo.example")
    assert WorkApplication.objects.for_manager(manager, timezone.localdate())

    run_jobs("hr.demo_version")
    assert not SubstantialVersion.objects.exists()
    held = Enrolment.objects.get(person=manager)
    publish_certificate(
        reserve_certificate(held.pk, timezone.now()), SealedDocument(b"%PDF", "0" * 64, True), timezone.now()
    )
    for _twice in range(2):
        Job.objects.update(run_after=timezone.now(), state="waiting")
        run_jobs("hr.demo_version")
    run_jobs("certificates.assign_version")
    update = Recertification.objects.open_of(manager).get()
    assert (update.amount, update.version) == ("1 leçon à revoir, 2 questions", SubstantialVersion.objects.get())
    assert SubstantialVersion.objects.in_force().exists()

    agent = Enrolment.objects.get(person__email="agent@demo.example")
    assert (agent.course.code, agent.done_count, agent.state) == ("messagerie-hygiene", 1, "active")

    today = timezone.localdate()
    seen = {
        name: set(
            Colleague.objects.visible_to(User.objects.get(email=f"{name}@demo.example")).values_list("email", flat=True)
        )
        for name in ACCOUNTS
    }
    assert seen["agent"] == {"agent@demo.example"}
    assert seen["formateur"] == {"formateur@demo.example", "judith.quenum@demo.example"}
    assert len(seen["responsable"]) == 7
    assert len(seen["rh"]) == 14
    assert "estelle.agossou@demo.example" not in seen["rh"]
    assert len(seen["admin"]) == 33
    met = Colleague.objects.with_gaps(today).filter(required_count__gt=0, total_gap=0)
    assert 0 < met.count() < 10

    course = CoursePage.objects.get(code="donnees-personnelles-guichet")
    assert (course.live, course.get_children().count()) == (False, 2)
    reviewer = User.objects.get(email="relecture@demo.example")
    waiting = decidable_by(reviewer)
    assert {state.revision.object_str for state in waiting} == {
        course.title,
        *course.get_children().values_list("title", flat=True),
    }
    assert not decidable_by(User.objects.get(email="partenaire@demo.example")).exists()
    decide(list(waiting), reviewer, is_approved=True, met=every_box(), comment="", now=timezone.now())
    assert CoursePage.objects.get(pk=course.pk).live

    User.objects.filter(email="agent@demo.example").update(first_name="Autre")
    load()
    assert User.objects.get(email="agent@demo.example").first_name == "Autre"


def test_demo_is_refused_where_it_does_not_belong(db, settings):
    settings.LMS_DEMO = False
    with pytest.raises(CommandError, match="LMS_DEMO"):
        load()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("directions: []\ncomptes: []\ncollegues: 3\n", "collegues"),
        (
            "directions: []\ncomptes: []\ncollegues:\n"
            "  - {email: a@demo.example, first_name: A, last_name: B, unit: BJ, title: T, manager: b@demo.example}\n",
            "ligne 4.*b@demo.example",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(db, tmp_path, text, reason):
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=reason):
        call_command("load_demo", path, stdout=StringIO())
    assert not User.objects.exists()

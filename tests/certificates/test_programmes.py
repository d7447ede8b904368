"""The certificate of a programme: once its courses are certified, once; what it says, and what becomes of it when they fall."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions import (
    issue_after_void,
    lift_suspension,
    publish_certificates,
    reissue_certificate,
    revoke_certificate,
    suspend_certificate,
    void_number,
)
from certificates.actions.issuing import last_day
from certificates.actions.programme_renewals import ask_for_endings, renew_programme_certificate
from certificates.actions.programmes import certified_courses, reserve_programme_certificate
from certificates.actions.renewals import renewable
from certificates.actions.succession import locked_series, reserve_after
from certificates.facts import printed_facts
from certificates.models import Certificate, CoursePolicy
from certificates.rules import issuing
from certificates.rules.programmes import (
    earliest_end,
    levels_together,
    lowest_assurance,
    may_be_followed,
    renewal_opens_on,
)
from certificates.snapshot import AttestedLevel, CoursePart, Snapshot
from certificates.tasks.signing import issue
from lms.core.jobs import enqueue
from lms.core.models import Job
from lms.hr.models import Evidence
from lms.learning.models import ProgrammeCompletion, ProgrammeEnrolment
from lms.learning.programmes import complete_programme_if_due, follow_programme
from tests.certificates.makers import (
    Payload,
    a_snapshot,
    at_once,
    make_certificate,
    make_course,
    make_programme,
    make_user,
)

State = Certificate.State


@pytest.mark.parametrize(
    ("of_courses", "expected"), [(["N2", "N3"], "N2"), (["N4", "N1", "N2"], "N1"), (["N3"], "N3"), ([], "N1")]
)
def test_a_programme_is_no_surer_than_the_least_sure_of_its_courses(of_courses, expected):
    assert lowest_assurance(of_courses) == expected


def test_levels_together_are_the_best_in_each_competence():
    first, lower, better = AttestedLevel("A", "A", 2), AttestedLevel("B", "B", 1), AttestedLevel("B", "B", 3)
    assert levels_together([first, lower, better]) == (first, better)
    assert levels_together([better, first, lower]) == (better, first)


def test_a_programme_ends_with_the_first_of_what_it_stands_on():
    near, far = date(2027, 1, 1), date(2028, 1, 1)
    assert earliest_end([None, far, near]) == near
    assert earliest_end([None, None]) is None
    assert earliest_end([]) is None


def test_a_snapshot_keeps_the_courses_of_a_programme():
    parts = (CoursePart("a", "Une", 3, date(2026, 11, 3), "CTD-2026-000001", "N2"), CoursePart("b", "Deux", 1, date(2026, 11, 4)))  # fmt: skip
    snapshot = a_snapshot(parts=parts)
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    assert snapshot.certified_codes == {"a"}
    assert not a_snapshot().is_of_programme


# --- From the last course to the sealed file


@pytest.fixture
def followed(db):
    """A programme of two courses that one person follows."""
    person = make_user()
    courses = [make_course("Messagerie"), make_course("Signature électronique")]
    programme = make_programme(courses)
    follow_programme(person, programme, timezone.now())
    return person, courses, programme


def whole_of(person):
    return Certificate.objects.of_programmes().filter(person=person)


@pytest.fixture
def completed(followed, run_jobs):
    """The same, once both courses are certified: the person, the certificates of the courses, that of the programme."""
    person, courses, _programme = followed
    parts = [make_certificate(person, course) for course in courses]
    run_jobs("certificates.issue")
    return person, parts, whole_of(person).get()


def test_two_courses_certified_give_the_certificate_of_the_programme(followed, run_jobs):
    person, courses, _programme = followed
    parts = [make_certificate(person, courses[0])]
    run_jobs("certificates.issue")
    assert not whole_of(person).exists()
    parts.append(make_certificate(person, courses[1]))
    run_jobs("certificates.issue")
    whole = whole_of(person).get()
    assert (whole.state, whole.series, whole.number) == (State.VALID, "CTDP", 1)
    assert whole.course_title == "Agent public numérique"
    assert [(part.title, part.number, part.assurance) for part in whole.printed.parts] == [
        ("Messagerie", parts[0].printed_number, "N2"),
        ("Signature électronique", parts[1].printed_number, "N2"),
    ]
    assert whole.printed.competences == parts[0].printed.competences + parts[1].printed.competences
    assert whole.printed.duration_minutes == 160
    assert whole.printed.assurance == "N2"
    assert whole.files.count() == 1
    assert ProgrammeEnrolment.objects.get().state == ProgrammeEnrolment.State.COMPLETED


def test_the_job_delivered_again_gives_nothing_more(completed, run_jobs):
    person, _parts, whole = completed
    for _time in range(2):
        issue(Payload(programme_enrolment=whole.programme_enrolment_id))
    complete_programme_if_due(whole.programme_enrolment_id, timezone.now())
    run_jobs("certificates.issue")
    assert whole_of(person).count() == 1
    assert Certificate.objects.of_programmes().get().acts.count() == 2
    assert ProgrammeCompletion.objects.count() == 1


def test_numbers_of_programmes_have_a_series_of_their_own(completed):
    _person, parts, whole = completed
    assert [row.printed_number.split("-")[0] for row in (*parts, whole)] == ["CTD", "CTD", "CTDP"]
    assert [row.number for row in (*parts, whole)] == [1, 2, 1]


def test_levels_of_a_programme_are_evidence_once(completed):
    """By the certificates of its courses."""
    person, parts, _whole = completed
    rows = Evidence.objects.filter(person=person).order_by("pk")
    assert [row.certificate_id for row in rows] == [part.pk for part in parts]


def test_one_attestation_among_the_courses_makes_an_attestation(followed, run_jobs):
    person, courses, _programme = followed
    tested, seen = make_certificate(person, courses[0]), make_certificate(person, courses[1], is_tested=False)
    run_jobs("certificates.issue")
    printed = whole_of(person).get().printed
    assert (printed.assurance, printed.competences) == ("N1", ())
    level = tested.printed.competences[0]
    assert printed.covered == (f"{level.code} · {level.name}", *seen.printed.covered)


def test_a_programme_that_asks_for_no_certificate_gives_an_attestation(db, run_jobs):
    person, course = make_user(), make_course()
    make_certificate(person, course)
    follow_programme(person, make_programme([course], needs_certificates=False), timezone.now())
    run_jobs("certificates.issue")
    printed = whole_of(person).get().printed
    assert (printed.assurance, printed.competences, printed.expires_on) == ("N1", (), None)
    assert [(part.title, part.number) for part in printed.parts] == [("Messagerie professionnelle", "")]


def test_a_programme_ends_with_the_first_of_its_certificates_or_by_itself(db, run_jobs):
    person, courses = make_user(), [make_course(), make_course()]
    for course, months in zip(courses, (24, 12), strict=True):
        CoursePolicy.objects.create(course=course, validity_months=months)
    ends = [make_certificate(person, course).expires_on for course in courses]
    follow_programme(person, make_programme(courses), timezone.now())
    follow_programme(person, make_programme(courses, validity_months=6), timezone.now())
    run_jobs("certificates.issue")
    first, own = whole_of(person).order_by("programme_enrolment_id")
    assert first.expires_on == ends[1] < ends[0]
    assert own.expires_on < ends[1]


def test_an_optional_course_counts_when_it_is_asked_for(db, run_jobs):
    person, courses = make_user(), [make_course("A"), make_course("B"), make_course("C")]
    follow_programme(person, make_programme(courses, courses[1:], optional_count=1), timezone.now())
    make_certificate(person, courses[0])
    run_jobs("certificates.issue")
    assert not whole_of(person).exists()
    make_certificate(person, courses[2])
    run_jobs("certificates.issue")
    assert [part.title for part in whole_of(person).get().printed.parts] == ["A", "C"]


def test_what_is_certified_is_valid_and_has_not_ended(db):
    person, courses, today = make_user(), [make_course(), make_course()], timezone.localdate()
    CoursePolicy.objects.create(course=courses[1], validity_months=1)
    first, second = (make_certificate(person, course) for course in courses)
    ids = [course.pk for course in courses]
    assert certified_courses(person.pk, ids, today) == set(ids)
    assert certified_courses(person.pk, ids, second.expires_on + timedelta(days=1)) == {courses[0].pk}
    suspend_certificate(first, None, "Un doute", timezone.now())
    assert certified_courses(person.pk, ids, today) == {courses[1].pk}
    assert certified_courses(make_user().pk, ids, today) == set()


# --- What stands on the certificate of a course


def test_revoking_a_course_suspends_the_programme_and_says_why(completed, run_jobs):
    _person, parts, whole = completed
    revoke_certificate(parts[1], make_user(), "Fraude établie", timezone.now())
    whole.refresh_from_db()
    said = f"Le certificat {parts[1].printed_number} de la formation « Signature électronique » est révoqué."
    assert (whole.state, whole.state_reason) == (State.SUSPENDED, said)
    run_jobs()
    told = [letter.body for letter in mail.outbox if whole.printed_number in letter.subject]
    assert any(said in body and "pour le parcours « Agent public numérique »" in body for body in told)


def test_an_officer_decides_of_the_programme_and_what_they_lift_stays(completed):
    _person, parts, whole = completed
    suspend_certificate(parts[0], make_user(), "Un doute", timezone.now())
    whole.refresh_from_db()
    assert whole.state == State.SUSPENDED
    lift_suspension(parts[0], make_user(), "Levé", timezone.now())
    whole.refresh_from_db()
    assert whole.state == State.SUSPENDED  # not lifted by itself
    lift_suspension(whole, make_user(), "Vérifié", timezone.now())
    whole.refresh_from_db()
    assert whole.state == State.VALID


def test_replacing_the_certificate_of_a_course_changes_nothing(completed, run_jobs):
    _person, parts, whole = completed
    reissue_certificate(parts[0], "reissue", make_user(), "Fichier illisible", timezone.now())
    run_jobs("certificates.issue")
    whole.refresh_from_db()
    parts[0].refresh_from_db()
    assert (parts[0].state, whole.state) == (State.REPLACED, State.VALID)


def test_the_programmes_of_others_are_left_alone(completed, run_jobs):
    _person, parts, _whole = completed
    other = make_user()
    course = parts[0].enrolment.course
    follow_programme(other, make_programme([course]), timezone.now())
    make_certificate(other, course)
    run_jobs("certificates.issue")
    revoke_certificate(parts[0], make_user(), "Fraude", timezone.now())
    assert whole_of(other).get().state == State.VALID


def test_a_course_that_falls_before_the_number_is_given_leaves_the_programme_waiting(followed, run_jobs):
    person, courses, _programme = followed
    fallen = make_certificate(person, courses[0])
    make_certificate(person, courses[1])
    suspend_certificate(fallen, make_user(), "Un doute", timezone.now())
    run_jobs("certificates.issue")
    assert not whole_of(person).exists()
    lift_suspension(fallen, make_user(), "Levé", timezone.now())
    run_jobs("certificates.issue")
    assert whole_of(person).get().number == 1


def test_a_course_that_falls_while_the_document_is_sealed_issues_it_suspended(followed, monkeypatch):
    person, courses, _programme = followed
    parts = [make_certificate(person, course) for course in courses]
    whole = reserve_programme_certificate(ProgrammeEnrolment.objects.get().pk, timezone.now())

    def fall(documents, now):
        revoke_certificate(parts[0], make_user(), "Fraude", now)
        return publish_certificates(documents, now)

    monkeypatch.setattr("certificates.tasks.signing.publish_certificates", fall)
    issue(Payload(programme_enrolment=whole.programme_enrolment_id))
    whole.refresh_from_db()
    said = f"Le certificat {parts[0].printed_number} de la formation « Messagerie » ne vaut plus."
    assert (whole.state, whole.state_reason) == (State.SUSPENDED, said)


# --- What comes after


def test_a_corrected_name_gives_a_new_number_of_the_same_series(completed, run_jobs):
    _person, _parts, whole = completed
    new = reissue_certificate(whole, "correction", make_user(), "Nom", timezone.now(), printed_name="Awa DOSSOU")
    run_jobs("certificates.issue")
    new.refresh_from_db()
    whole.refresh_from_db()
    assert (new.printed_number, new.state) == (whole.printed_number.replace("000001", "000002"), State.VALID)
    assert (new.programme_enrolment_id, new.revision) == (whole.programme_enrolment_id, 2)
    assert (new.printed.parts, whole.state) == (whole.printed.parts, State.REPLACED)


def test_a_void_number_is_followed_by_another(followed, run_jobs):
    person, courses, _programme = followed
    for course in courses:
        make_certificate(person, course)
    whole = reserve_programme_certificate(ProgrammeEnrolment.objects.get().pk, timezone.now())
    void = void_number(whole, make_user(), "Dessin impossible", timezone.now())
    issue_after_void(void, make_user(), timezone.now())
    run_jobs("certificates.issue")
    assert list(whole_of(person).order_by("number").values_list("number", "state")) == [(1, "void"), (2, "valid")]


def test_the_certificate_of_a_programme_is_not_renewed_by_questions(followed, run_jobs, client):
    person, courses, _programme = followed
    for course in courses:
        CoursePolicy.objects.create(course=course, validity_months=1)
    parts = [make_certificate(person, course) for course in courses]
    run_jobs("certificates.issue")
    assert set(renewable(timezone.localdate())) == set(parts)
    client.force_login(person)
    whole = whole_of(person).get()
    assert client.get(reverse("certificates:renewal", args=[whole.pk])).status_code == 404
    assert "Renouveler ce certificat" not in client.get(whole.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("ends_in", "courses_end_in", "next_in", "may"),
    [
        (30, 700, 700, True),
        (-10, 700, 700, True),  # ended already
        (90, 91, 91, True),
        (91, 700, 700, False),  # not soon
        (30, 90, 90, False),  # another course is to be renewed first
        (30, None, None, True),
        (30, None, 20, False),  # nothing would be gained
    ],
)
def test_a_programme_is_followed_when_its_courses_are_renewed(ends_in, courses_end_in, next_in, may):
    today = date(2027, 1, 1)
    days = [None if count is None else today + timedelta(days=count) for count in (ends_in, courses_end_in, next_in)]
    assert may_be_followed(*days, today, 90) is may


@pytest.fixture
def ending(followed, run_jobs):
    """Both certificates and that of the programme end in two months; the next ones are good for two years."""
    person, courses, _programme = followed
    for course in courses:
        CoursePolicy.objects.create(course=course, validity_months=2)
    parts = [make_certificate(person, course) for course in courses]
    run_jobs("certificates.issue")
    CoursePolicy.objects.update(validity_months=24)
    return parts, whole_of(person).get()


def renew(part, run_jobs):
    """The certificate of a course is renewed, as a check passed does it, and its document made."""
    now = timezone.now()
    ends_on = last_day(part.enrolment.course_id, timezone.localdate(now))
    with transaction.atomic():
        reserve_after(
            part, part.printed, "renewal", locked_series(now), None, "", now,
            design_version_id=part.design_version_id, expires_on=ends_on,
        )  # fmt: skip
    run_jobs("certificates.issue")
    return part.renewal()


def test_a_programme_is_renewed_with_the_last_of_its_certificates_that_ends(ending, run_jobs, client):
    parts, whole = ending
    renewed = [renew(parts[0], run_jobs)]
    run_jobs("certificates.renew_programme")
    assert whole.renewal() is None
    renewed.append(renew(parts[1], run_jobs))
    run_jobs("certificates.renew_programme")
    run_jobs("certificates.issue")
    new = whole.renewal()
    assert (new.state, new.series, new.number, new.expires_on) == (State.VALID, "CTDP", 2, renewed[1].expires_on)
    assert [part.number for part in new.printed.parts] == [row.printed_number for row in renewed]
    whole.refresh_from_db()
    assert whole.state == State.VALID
    assert renew_programme_certificate(whole.programme_enrolment_id, timezone.now()) is None  # delivered again
    client.force_login(whole.person)
    assert "il est renouvelé de lui-même" in client.get(new.get_absolute_url()).content.decode()


def test_a_programme_whose_certificate_was_suspended_is_not_renewed(ending, run_jobs):
    parts, whole = ending
    for part in parts:
        renew(part, run_jobs)
    suspend_certificate(whole, make_user(), "Un doute", timezone.now())
    run_jobs("certificates.renew_programme")
    assert whole.renewal() is None


@pytest.mark.parametrize(
    ("issued", "ends", "opens"),
    [((2026, 1, 1), (2028, 1, 1), (2027, 10, 3)), ((2026, 1, 1), (2026, 1, 31), (2026, 1, 16))],
)
def test_a_programme_is_renewed_by_itself_in_time_and_not_as_soon_as_it_was(issued, ends, opens):
    assert renewal_opens_on(date(*issued), date(*ends), 90) == date(*opens)


def near_its_term(whole, days=60):
    """As if issued so long ago that it ends in so many days."""
    today = timezone.localdate()
    Certificate.objects.filter(pk=whole.pk).update(
        issued_on=today - timedelta(days=700), expires_on=today + timedelta(days=days)
    )
    mail.outbox.clear()


def pass_days(run_jobs, count=2):
    for number in range(count):
        ask_for_endings(timezone.localdate() + timedelta(days=number))
    run_jobs("certificates.renew_programme")
    run_jobs("certificates.issue")
    run_jobs("certificates.tell_renewal")


def test_a_programme_that_ends_before_its_courses_is_renewed_once_without_asking(completed, run_jobs):
    person, _parts, whole = completed
    whole.programme_enrolment.programme.validity_months = 24
    whole.programme_enrolment.programme.save()
    near_its_term(whole, days=91)
    pass_days(run_jobs, count=1)
    assert whole.renewal() is None
    near_its_term(whole)
    pass_days(run_jobs)
    pass_days(run_jobs)
    new = whole.renewal()
    assert (new.state, new.expires_on) == (State.VALID, issuing.last_day(timezone.localdate(), 24))
    assert whole_of(person).count() == 2
    assert not mail.outbox  # but that it is ready
    run_jobs("certificates.tell")
    assert "Votre document « Agent public numérique » est renouvelé" in mail.outbox[-1].body


def test_holder_of_a_programme_is_told_once_which_of_its_courses_to_renew(ending, run_jobs, client):
    parts, whole = ending
    renew(parts[0], run_jobs)
    near_its_term(whole, days=50)
    pass_days(run_jobs)
    pass_days(run_jobs)
    (letter,) = mail.outbox
    assert letter.subject == f"Votre certificat {whole.printed_number} arrive à son terme"
    assert "- Signature électronique (jusqu’au" in letter.body
    assert "- Messagerie" not in letter.body
    assert letter.body.count(whole.get_absolute_url()) == 1
    client.force_login(whole.person)
    page = client.get(whole.get_absolute_url()).content.decode()
    assert reverse("certificates:renewal", args=[parts[1].pk]) in page
    assert reverse("certificates:renewal", args=[parts[0].pk]) not in page
    renew(parts[1], run_jobs)
    run_jobs("certificates.renew_programme")
    run_jobs("certificates.issue")
    page = client.get(whole.get_absolute_url()).content.decode()
    assert f">{whole.renewal().printed_number}</a>, valide." in page


@pytest.mark.django_db
def test_a_programme_that_was_followed_only_ends_and_its_holder_is_told(run_jobs, client):
    person, course = make_user(), make_course("Messagerie")
    programme = make_programme([course], needs_certificates=False, validity_months=12)
    follow_programme(person, programme, timezone.now())
    make_certificate(person, course)
    run_jobs("certificates.issue")
    whole = whole_of(person).get()
    near_its_term(whole)
    pass_days(run_jobs)
    assert whole.renewal() is None
    (letter,) = mail.outbox
    assert "Il ne se renouvelle pas de lui-même." in letter.body
    client.force_login(person)
    assert "et ne se renouvelle pas." in client.get(whole.get_absolute_url()).content.decode()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_renew_a_programme_once(ending, run_jobs):
    parts, whole = ending
    for part in parts:
        renew(part, run_jobs)
    calls = [lambda: renew_programme_certificate(whole.programme_enrolment_id, timezone.now())] * 2
    assert at_once(*calls) == []
    assert list(whole_of(whole.person).order_by("number").values_list("number", "origin")) == [
        (1, "first"),
        (2, "renewal"),
    ]


def test_a_certificate_is_of_a_course_or_of_a_programme(completed):
    _person, parts, whole = completed
    for enrolment, programme in [(None, None), (parts[0].enrolment_id, whole.programme_enrolment_id)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Certificate.objects.filter(pk=whole.pk).update(enrolment=enrolment, programme_enrolment=programme)


# --- What people read


def test_pages_repeat_every_printed_field(completed, client):
    person, parts, whole = completed
    today = timezone.localdate()
    facts = dict(printed_facts(whole.printed))
    assert facts["Parcours"] == "Agent public numérique"
    lines = facts["Formations du parcours"].split("\n")
    assert [line.split(" ; ")[1] for line in lines] == [f"{part.printed_number}, N2" for part in parts]
    assert all(str(today.year) in line for line in lines)
    page = client.get(whole.shared_path).content.decode()
    assert all(part.printed_number in page for part in parts)
    client.force_login(person)
    mine = client.get(reverse("certificates:mine")).content.decode()
    assert whole.printed_number in mine
    assert mine.count(">Parcours<") == 1


def test_mail_says_it_is_a_programme(completed, run_jobs):
    run_jobs()
    bodies = [letter.body for letter in mail.outbox]
    assert sum("Vous avez terminé le parcours « Agent public numérique » : votre certificat est prêt." in body for body in bodies) == 1  # fmt: skip


def test_the_interface_lists_the_courses(completed, client):
    _person, parts, whole = completed
    answer = client.get(reverse("certificates:api_certificate", args=[whole.public_code])).json()
    assert [(part["number"], part["assurance"]) for part in answer["parts"]] == [
        (part.printed_number, "N2") for part in parts
    ]
    assert answer["course"]["title"] == "Agent public numérique"


def test_the_badge_names_the_courses(completed):
    _person, _parts, whole = completed
    assert "Parcours de 2 h 40 : Messagerie ; Signature électronique." in whole.credential.document


def test_asking_twice_is_one_job(completed):
    _person, _parts, whole = completed
    key = f"certificate:programme:{whole.programme_enrolment_id}"
    enqueue("certificates.issue", key=key, payload={"programme_enrolment": whole.programme_enrolment_id})
    assert Job.objects.filter(key__startswith=key).count() == 1

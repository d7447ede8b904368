"""Supervised sittings: opened, entered by a code, identities controlled, closed by minutes that nothing changes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from courses.models import CoursePage
from lms.assessment import actions
from lms.assessment.actions import sittings as acts
from lms.assessment.actions.allowances import grant_extra_time
from lms.assessment.models import (
    Attempt,
    IdentityCheck,
    SittingEntry,
    SittingIncident,
    SittingRecord,
    SupervisedSitting,
)
from lms.assessment.rules.supervision import TRIES, entry_code
from lms.assessment.rules.timing import NETWORK_GRACE
from lms.core import append_only
from lms.core.append_only import Immutable
from lms.core.models import AuditEntry
from tests.factories.assessment import right_answers
from tests.factories.courses import make_trainer
from tests.factories.learning import EnrolmentFactory
from tests.factories.marking import trainer_of
from tests.factories.people import PostFactory, UserFactory
from tests.factories.sittings import HOUR, MINUTE, entry_in, sitting_of, supervised_quiz

pytestmark = pytest.mark.django_db
EXCLUDES, NOTE, READMITS = "excludes", "note", "readmits"


@pytest.fixture
def supervisor():
    return UserFactory(first_name="Sèna", last_name="HOUNKPÈ")


@pytest.fixture
def sitting(supervisor):
    return sitting_of(None, supervisor)


def code_of(sitting, ago=timedelta()):
    return entry_code(sitting.secret, timezone.now() - ago)


def begin(client, sitting, learner, code):
    client.force_login(learner)
    return client.post(reverse("assessment:quiz", args=[sitting.quiz_id]), {"code": code}, follow=True)


def page_of(client, user, sitting, name="sitting", **kwargs):
    client.force_login(user)
    return client.get(reverse(f"assessment:{name}", args=[sitting.pk]), **kwargs)


def close(sitting, author):
    return acts.close_sitting(SupervisedSitting.objects.get(pk=sitting.pk), author, "", timezone.now())


# --- Learners


def test_learner_begins_with_the_code_of_the_room_and_must_end_with_the_sitting(client, sitting):
    enrolment = EnrolmentFactory(course=sitting.course)
    client.force_login(enrolment.person)
    page = client.get(reverse("assessment:quiz", args=[sitting.quiz_id])).content.decode()
    assert "Cette évaluation se passe en séance surveillée" in page
    assert "Parakou" in page
    begin(client, sitting, enrolment.person, code_of(sitting))
    attempt = Attempt.objects.get()
    assert (attempt.sitting_entry.sitting, attempt.due_at) == (sitting, sitting.ends_at)
    assert "Reprendre" in client.get(reverse("assessment:quiz", args=[sitting.quiz_id])).content.decode()


def test_other_quizzes_ask_for_no_code(client):
    enrolment = EnrolmentFactory()
    quiz = enrolment.course.get_children().last()
    client.force_login(enrolment.person)
    assert "Code de la séance" not in client.get(reverse("assessment:quiz", args=[quiz.pk])).content.decode()
    client.post(reverse("assessment:quiz", args=[quiz.pk]), {"code": "123456"})
    assert (Attempt.objects.count(), SittingEntry.objects.count()) == (1, 0)


@pytest.mark.parametrize("which", ["none", "wrong", "expired", "another-quiz", "not-begun", "over", "closed"])
def test_without_the_code_of_this_sitting_now_nothing_begins(client, sitting, supervisor, which):
    enrolment = EnrolmentFactory(course=sitting.course)
    now = timezone.now()
    code = {
        "none": lambda: "",
        "wrong": lambda: f"{(int(code_of(sitting)) + 1) % 10**6:06}",
        "expired": lambda: code_of(sitting, 10 * MINUTE),
        "another-quiz": lambda: code_of(sitting_of(supervised_quiz(), supervisor)),
        "not-begun": lambda: code_of(sitting_of(sitting.quiz, starts_at=now + MINUTE)),
        "over": lambda: code_of(sitting_of(sitting.quiz, starts_at=now - HOUR, ends_at=now - MINUTE)),
        "closed": lambda: code_of(close(sitting, supervisor).sitting),
    }[which]()
    page = begin(client, sitting, enrolment.person, code).content.decode()
    assert not Attempt.objects.exists()
    said = "tapez le code que le surveillant donne" if which == "none" else "il change toutes les cinq minutes"
    assert said in page


def test_codes_cannot_be_guessed_by_trying(client, sitting):
    enrolment, other = (EnrolmentFactory(course=sitting.course) for _ in range(2))
    wrong = f"{(int(code_of(sitting)) + 1) % 10**6:06}"
    for _ in range(TRIES):
        begin(client, sitting, enrolment.person, wrong)
    assert "Trop d’essais" in begin(client, sitting, enrolment.person, code_of(sitting)).content.decode()
    assert not Attempt.objects.exists()
    begin(client, sitting, other.person, code_of(sitting))  # the room shares an address: the others are not kept out
    assert Attempt.objects.get().enrolment == other


def test_action_refuses_a_sitting_of_another_quiz_or_one_that_closed_meanwhile(sitting, supervisor):
    enrolment, now = EnrolmentFactory(course=sitting.course), timezone.now()
    with pytest.raises(actions.SupervisionRequired):
        actions.start_attempt(enrolment, sitting.quiz, now)
    with pytest.raises(actions.SupervisionRequired):
        actions.start_attempt(enrolment, sitting.quiz, now, sitting=sitting_of())
    close(sitting, supervisor)
    with pytest.raises(actions.SittingOver):
        actions.start_attempt(enrolment, sitting.quiz, now, sitting=sitting)


# --- Supervisors


def test_supervisor_controls_an_identity_on_the_page_and_its_number_has_no_place(client, sitting, supervisor):
    entry = entry_in(sitting)
    learner = entry.attempt.enrolment.person
    page = page_of(client, supervisor, sitting).content.decode()
    code = code_of(sitting)
    assert f"{code[:3]} {code[3:]}" in page
    assert "1 présent – 1 identité à contrôler" in page
    url = reverse("assessment:sitting_identity", args=[sitting.pk, entry.pk])
    client.post(url, {"document": "passport", "number": "123456789"})
    client.post(url, {"document": "other"})  # twice: the first stands
    check = IdentityCheck.objects.get()
    assert (check.document, check.author, check.learner) == ("passport", supervisor, learner)
    page = page_of(client, supervisor, sitting).content.decode()
    assert "Pièce vue : passeport, par Sèna HOUNKPÈ" in page
    assert "123456789" not in str(list(AuditEntry.objects.values_list("details")))
    assert "Choisissez la pièce" in client.post(url, {"document": "selfie"}, follow=True).content.decode()


def test_incident_may_exclude_an_attempt_and_be_lifted_before_the_end(client, sitting, supervisor, run_jobs):
    entry = entry_in(sitting)
    client.force_login(supervisor)
    url = reverse("assessment:sitting_incident", args=[sitting.pk, entry.pk])
    assert "écarte la tentative" in client.get(url).content.decode().lower()
    assert client.post(url, {"text": " ", "effect": NOTE}).status_code == 422
    assert client.post(url, {"text": "Copie", "effect": READMITS}).status_code == 422
    for effect, excluded in [(NOTE, False), (EXCLUDES, True), (NOTE, True), (READMITS, False), (EXCLUDES, True)]:
        client.post(url, {"text": f"Fait {effect}", "effect": effect})
        assert SittingEntry.objects.with_facts().get(pk=entry.pk).is_excluded is excluded
    actions.submit(entry.attempt, timezone.now(), right_answers(entry.attempt))
    close(sitting, supervisor)
    mail.outbox.clear()
    run_jobs("assessment.tell_excluded")
    (letter,) = mail.outbox
    assert letter.to == [entry.attempt.enrolment.person.email]
    assert "Fait excludes" in letter.body


def test_sitting_closes_when_all_have_handed_in_and_its_minutes_do_not_change(client, sitting, supervisor):
    entry, absent = entry_in(sitting), entry_in(sitting)
    acts.check_identity(entry, "passport", supervisor, timezone.now())
    url = reverse("assessment:sitting_close", args=[sitting.pk])
    client.force_login(supervisor)
    page = client.get(url).content.decode()
    assert "La séance se ferme quand tous ont remis" in page
    assert "attendez" in client.post(url, {}, follow=True).content.decode()
    for one in (entry, absent):
        actions.submit(one.attempt, timezone.now(), right_answers(one.attempt))
    page = client.post(url, {"remarks": "Coupure de 10 minutes."}, follow=True).content.decode()
    assert "Séance fermée. Le procès-verbal ne change plus." in page
    assert "surveillée (N3)" in page
    assert "non surveillée (N2 au plus)" in page
    assert "Coupure de 10 minutes." in page
    record = SittingRecord.objects.get()
    told = {line["attempt"]: (line["document"], line["is_supervised"]) for line in record.content["people"]}
    assert told == {entry.attempt_id: ("passport", True), absent.attempt_id: (None, False)}
    assert SittingEntry.objects.with_facts().get(pk=entry.pk).proves_supervised
    assert client.get(url).status_code == 302
    client.post(url, {"remarks": "Autre chose"})
    assert SittingRecord.objects.get().remarks == "Coupure de 10 minutes."
    sheet = page_of(client, supervisor, sitting, "sitting_minutes_csv").content.decode()
    assert sheet.splitlines()[1].endswith("passeport;Sèna HOUNKPÈ;;oui")


def test_nothing_is_added_after_closing(client, sitting, supervisor):
    entry = entry_in(sitting)
    actions.submit(entry.attempt, timezone.now())
    close(sitting, supervisor)
    client.force_login(supervisor)
    page = client.post(
        reverse("assessment:sitting_identity", args=[sitting.pk, entry.pk]), {"document": "passport"}, follow=True
    ).content.decode()
    assert "La séance est fermée : son procès-verbal ne change plus." in page
    client.post(reverse("assessment:sitting_incident", args=[sitting.pk, entry.pk]), {"text": "Tard", "effect": NOTE})
    assert not IdentityCheck.objects.exists()
    assert not SittingIncident.objects.exists()
    with pytest.raises(acts.SittingClosed):
        acts.note_incident(entry, NOTE, "Tard", supervisor, timezone.now())


def test_sitting_nobody_closed_closes_by_itself_a_day_after_its_end():
    now = timezone.now()
    sitting = sitting_of(starts_at=now - 3 * HOUR, ends_at=now - 2 * HOUR)
    assert acts.close_forgotten(now + 21 * HOUR) == 0
    assert acts.close_forgotten(now + 23 * HOUR) == 1
    record = SittingRecord.objects.get(sitting=sitting)
    assert (record.closed_by, record.content["people"]) == (None, [])
    assert record.content["place"] == "Parakou"


def test_what_was_written_elsewhere_than_within_the_sitting_proves_nothing_more(sitting, supervisor):
    """Handed in by the server at the end, reopened afterwards, or never controlled."""
    late = entry_in(sitting)
    acts.check_identity(late, "passport", supervisor, timezone.now())
    later = sitting.ends_at + 5 * MINUTE
    acts.close_sitting(sitting, supervisor, "", later)
    late = SittingEntry.objects.with_facts().get(pk=late.pk)
    assert (late.attempt.is_expired, late.attempt.submitted_at, late.proves_supervised) == (True, sitting.ends_at, True)
    Attempt.objects.filter(pk=late.attempt_id).update(submitted_at=later)
    assert not SittingEntry.objects.with_facts().get(pk=late.pk).proves_supervised


def test_sitting_does_not_close_before_the_last_answer_may_have_arrived(sitting, supervisor):
    """Its minutes would say of an attempt handed in by the server that it was not, and the certificate that it was."""
    entry = entry_in(sitting)
    acts.check_identity(entry, "passport", supervisor, timezone.now())
    with pytest.raises(acts.SittingStillOn):
        acts.close_sitting(sitting, supervisor, "", sitting.ends_at + NETWORK_GRACE)
    record = acts.close_sitting(sitting, supervisor, "", sitting.ends_at + NETWORK_GRACE + MINUTE)
    assert [line["is_supervised"] for line in record.content["people"]] == [True]
    assert SittingEntry.objects.with_facts().get().proves_supervised


@pytest.mark.parametrize(("minutes", "granted", "until_end"), [(30, 10, 25), (30, 60, 0), (0, 60, 0)])
def test_extra_time_ends_with_the_sitting(supervisor, minutes, granted, until_end):
    """Without a limit of its own, an attempt would otherwise go on at home."""
    sitting = sitting_of(supervised_quiz(time_limit_minutes=minutes), supervisor)
    entry = entry_in(sitting)
    began = sitting.ends_at - 65 * MINUTE if minutes else sitting.ends_at
    Attempt.objects.filter(pk=entry.attempt_id).update(due_at=began + minutes * MINUTE)
    now = timezone.now()
    grant_extra_time(entry.attempt.enrolment, sitting.quiz, granted, "Tiers temps", supervisor, now, now + HOUR)
    assert sitting.ends_at - Attempt.objects.get().due_at == until_end * MINUTE


# --- Attacks


def test_learner_who_supervises_controls_everyone_but_themself(client, sitting):
    enrolment = EnrolmentFactory(course=sitting.course)
    own = sitting_of(sitting.quiz, enrolment.person)
    entry = entry_in(own, enrolment)
    client.force_login(enrolment.person)
    page = page_of(client, enrolment.person, own).content.decode()
    assert "Noter un incident" not in page
    for name, said in (
        ("sitting_identity", {"document": "passport"}),
        ("sitting_incident", {"text": "Bien", "effect": NOTE}),
    ):
        assert client.post(reverse(f"assessment:{name}", args=[own.pk, entry.pk]), said).status_code == 403
    with pytest.raises(acts.NotASupervisor):
        acts.check_identity(entry, "passport", enrolment.person, timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityCheck.objects.create(
            entry=entry,
            learner=enrolment.person,
            document="passport",
            author=enrolment.person,
            created_at=timezone.now(),
        )


def test_nobody_else_opens_a_sitting_nor_acts_in_it(client, sitting, supervisor):
    entry, elsewhere = entry_in(sitting), sitting_of()
    stranger, learner = make_trainer(), entry.attempt.enrolment.person
    urls = [
        *(reverse(f"assessment:{name}", args=[sitting.pk]) for name in ("sitting", "sitting_close", "sitting_minutes")),
        reverse("assessment:sitting_incident", args=[sitting.pk, entry.pk]),
    ]
    for person in (stranger, learner, elsewhere.supervisors.get().person):
        client.force_login(person)
        assert {client.get(url).status_code for url in urls} == {404}
        assert client.post(reverse("assessment:sitting_identity", args=[sitting.pk, entry.pk])).status_code == 404
    client.force_login(supervisor)  # an entry of another sitting under one's own
    other = entry_in(elsewhere)
    assert client.get(reverse("assessment:sitting_incident", args=[sitting.pk, other.pk])).status_code == 404


def test_trainer_of_the_course_sees_and_closes_without_controlling(client, sitting, supervisor):
    entry = entry_in(sitting)
    trainer = trainer_of(CoursePage.objects.get(pk=sitting.course_id))
    page = page_of(client, trainer, sitting).content.decode()
    assert str(entry.attempt.enrolment.person) in page
    assert "Noter un incident" not in page
    url = reverse("assessment:sitting_identity", args=[sitting.pk, entry.pk])
    assert client.post(url, {"document": "passport"}).status_code == 403
    actions.submit(entry.attempt, timezone.now())
    client.post(reverse("assessment:sitting_close", args=[sitting.pk]), {})
    assert SittingRecord.objects.get().closed_by == trainer


@pytest.mark.parametrize(("hours", "shown"), [(2, "23:30"), (12, "09:30, vendredi 27 novembre")])
def test_end_says_its_day_where_it_is_another(hours, shown):
    starts_at = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)  # 21:30 in Cotonou
    assert SupervisedSitting(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours)).end_shown == shown


@pytest.mark.parametrize(
    "table",
    [
        "assessment_supervisedsitting",
        "assessment_sittingsupervisor",
        "assessment_sittingentry",
        "assessment_identitycheck",
        "assessment_sittingincident",
        "assessment_sittingrecord",
    ],
)
def test_facts_are_only_ever_added_in_the_database_too(sitting, supervisor, table):
    entry = entry_in(sitting)
    acts.check_identity(entry, "passport", supervisor, timezone.now())
    acts.note_incident(entry, NOTE, "Retard", supervisor, timezone.now())
    actions.submit(entry.attempt, timezone.now())
    record = close(sitting, supervisor)
    with pytest.raises(Immutable):
        record.save()
    with pytest.raises(Immutable):
        SittingRecord.objects.update(remarks="Autre")
    if connection.vendor == "sqlite":
        append_only.install(connection, table)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    if connection.vendor == "sqlite":
        append_only.remove(connection, table)


# --- Trainers


def opening(**said):
    day = timezone.localdate() + timedelta(days=1)
    return {"place": "Natitingou", "day": day.isoformat(), "start": "09:00", "end": "11:00", **said}


def test_trainer_opens_a_sitting_and_supervisors_are_told(client, run_jobs):
    quiz = supervised_quiz()
    trainer = trainer_of(CoursePage.objects.ancestor_of(quiz).get())
    colleague = PostFactory(manager=trainer).person
    client.force_login(trainer)
    url = reverse("assessment_open_sitting")
    page = client.get(url).content.decode()
    assert quiz.title in page
    people = f"{trainer.email}\n{colleague.email.upper()}"
    response = client.post(url, opening(quiz=quiz.pk, supervisors=people))
    sitting = SupervisedSitting.objects.get()
    assert response.url == sitting.get_absolute_url()
    assert (sitting.place, sitting.opened_by, sitting.supervisor_names()) == (
        "Natitingou",
        trainer,
        f"{trainer}, {colleague}",
    )
    run_jobs("assessment.tell_supervisor")
    assert sorted(letter.to for letter in mail.outbox) == sorted([[trainer.email], [colleague.email]])
    assert "Natitingou" in client.get(reverse("assessment_sittings:index")).content.decode()
    client.force_login(colleague)
    assert "Séances à surveiller : 1" in client.get(reverse("learning:home")).content.decode()
    assert quiz.title in client.get(reverse("assessment:sittings")).content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"end": "08:00"}, "La fin vient après le début"),
        ({"day": "2020-01-01"}, "Cette heure est passée."),
        ({"start": "01:00", "end": "23:00"}, "au plus douze heures"),
        ({"supervisors": "inconnu@gouv.bj"}, "« inconnu@gouv.bj »"),
        ({"supervisors": "a@gouv.bj\n" * 21}, "Indiquez 20 surveillants au plus."),
    ],
)
def test_bad_sitting_is_refused_with_a_sentence_and_nothing_is_lost(client, said, told):
    quiz = supervised_quiz()
    trainer = trainer_of(CoursePage.objects.ancestor_of(quiz).get())
    client.force_login(trainer)
    form = opening(quiz=quiz.pk, supervisors=trainer.email) | said
    page = client.post(reverse("assessment_open_sitting"), form).content.decode()
    assert told in page
    assert not SupervisedSitting.objects.exists()


def test_trainer_opens_none_elsewhere_nor_names_whom_they_may_not_see(client):
    quiz, unseen = supervised_quiz(), UserFactory()
    plain = supervised_quiz()
    trainer = trainer_of(CoursePage.objects.ancestor_of(quiz).get())
    client.force_login(trainer)
    url = reverse("assessment_open_sitting")
    for said in (opening(quiz=plain.pk, supervisors=trainer.email), opening(quiz=quiz.pk, supervisors=unseen.email)):
        client.post(url, said)
    assert not SupervisedSitting.objects.exists()
    sitting_of(plain, place="Ailleurs")
    assert "Ailleurs" not in client.get(reverse("assessment_sittings:index")).content.decode()
    client.force_login(UserFactory())
    assert client.get(url).status_code == 403


def test_sitting_without_supervisor_or_of_a_quiz_without_supervision_is_refused():
    now, author, quiz = timezone.now(), UserFactory(), supervised_quiz()
    quiz.assurance = "N2"
    for people, asked in (([], supervised_quiz()), ([author], quiz)):
        with pytest.raises(acts.SittingRefused):
            acts.open_sitting(asked, "Parakou", now, now + HOUR, people, author, now)
    with pytest.raises(acts.SittingRefused):
        acts.note_incident(entry_in(sitting_of(None, author)), NOTE, " ", author, now)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_person_and_three(client, sitting, supervisor, count, django_assert_num_queries):
    for _ in range(count):
        entry = entry_in(sitting)
        acts.check_identity(entry, "passport", supervisor, timezone.now())
        acts.note_incident(entry, NOTE, "Retard", supervisor, timezone.now())
    client.force_login(supervisor)
    with django_assert_num_queries(
        10
    ):  # session, user, sitting, supervisors, entries, incidents; rights and navigation
        client.get(reverse("assessment:sitting", args=[sitting.pk]))

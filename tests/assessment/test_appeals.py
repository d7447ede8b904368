"""Contested marks and flagged questions: by their learner, in time; answered with reasons by who teaches the course."""

import datetime
import re
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import CoursePage
from lms.assessment import actions
from lms.assessment.actions.appeals import (
    AppealAnswered,
    AppealRefused,
    WrongPoints,
    accept_appeal,
    contest,
    flag_question,
    handle_flag,
    refuse_appeal,
)
from lms.assessment.models import Appeal, MarkLine, QuestionFlag
from lms.assessment.rules.appeals import appeal_ends_at, may_appeal
from lms.core.models import AuditEntry
from lms.learning.models import ProgressEvent
from tests.factories.assessment import open_attempt, quiz_of_all_kinds, right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory
from tests.factories.marking import trainer_of
from tests.factories.people import UserFactory

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


# --- The rule


def test_a_mark_is_contested_from_the_day_it_is_told():
    assert appeal_ends_at(NOON, None, 15) == NOON + 15 * DAY
    assert appeal_ends_at(NOON, NOON + DAY, 15) == NOON + 16 * DAY
    assert appeal_ends_at(NOON, NOON - DAY, 15) == NOON + 15 * DAY


@pytest.mark.parametrize(
    ("points", "now", "answered_at", "expected"),
    [
        (0, NOON, None, True),
        (2, NOON, None, False),  # nothing is missing
        (0, NOON + 16 * DAY, None, False),
        (0, NOON, NOON + DAY, False),  # answered already
        (0, NOON + 2 * DAY, NOON - DAY, True),  # marked anew since
    ],
)
def test_a_mark_is_contested_once_in_time(points, now, answered_at, expected):
    ends_at = NOON + 15 * DAY
    assert may_appeal(Decimal(points), Decimal(2), ends_at, now, answered_at, NOON) is expected


# --- The acts


@pytest.fixture
def failed(db):
    """A submitted attempt, wrong at its first question."""
    attempt = open_attempt(quiz=QuizPageFactory(questions=[QuestionFactory(), QuestionFactory()]))
    return actions.submit(attempt, timezone.now(), right_answers(attempt) | {1: None})


def first(attempt):
    return attempt.questions.select_related("version", "attempt__enrolment").get(position=1)


def contested(attempt):
    return contest(first(attempt), "Les deux réponses sont justes.", None, timezone.now())


def course_of(attempt):
    return CoursePage.objects.get(pk=attempt.enrolment.course_id)


def test_an_accepted_appeal_gives_a_mark_and_what_follows(failed):
    author = UserFactory()
    appeal = accept_appeal(contested(failed), author, Decimal(1), "Vous avez raison.", timezone.now())
    failed.refresh_from_db()
    assert (failed.score_percent, failed.is_passed) == (100, True)
    line = MarkLine.objects.get(kind="appeal")
    assert (line.author, line.reason, appeal.line) == (author, "Vous avez raison.", line)
    assert list(ProgressEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["failed", "passed"]
    assert AuditEntry.objects.filter(verb="assessment.appeal_accepted").count() == 1
    with pytest.raises(AppealAnswered):
        refuse_appeal(appeal, author, "Non.", timezone.now())


def test_a_refused_appeal_leaves_the_mark_and_closes_the_matter(failed):
    refuse_appeal(contested(failed), UserFactory(), "La leçon 2 le dit.", timezone.now())
    failed.refresh_from_db()
    assert (failed.score_percent, MarkLine.objects.filter(kind="appeal").exists()) == (50, False)
    with pytest.raises(AppealRefused):
        contested(failed)


@pytest.mark.parametrize("points", ["0", "1.5"])
def test_an_appeal_never_lowers_a_mark_nor_goes_beyond(failed, points):
    appeal = contested(failed)
    with pytest.raises(WrongPoints):
        accept_appeal(appeal, UserFactory(), Decimal(points), "Voilà.", timezone.now())
    appeal.refresh_from_db()
    assert appeal.state == "open"


def test_one_appeal_at_a_time_and_none_without_a_reason_or_too_late(failed, settings):
    settings.LMS_APPEAL_DAYS = 15
    with pytest.raises(AppealRefused):
        contest(first(failed), "  ", None, timezone.now())
    with pytest.raises(AppealRefused):
        contest(first(failed), "Trop tard.", None, timezone.now() + 16 * DAY)
    contested(failed)
    with pytest.raises(AppealRefused):
        contested(failed)


def test_a_flag_said_again_is_the_same_flag(failed):
    flag = flag_question(first(failed), "Une faute.", timezone.now())
    assert flag_question(first(failed), "Et une autre.", timezone.now()) == flag
    assert QuestionFlag.objects.get().text == "Une faute.\n\nEt une autre."
    handle_flag(flag, UserFactory(), timezone.now())
    handle_flag(flag, UserFactory(), timezone.now())
    assert AuditEntry.objects.filter(verb="assessment.flag_handled").count() == 1
    assert flag_question(first(failed), "Encore.", timezone.now()) != flag


# --- The pages


def at(name, *args):
    return reverse(name, args=args)


def test_a_learner_contests_and_reads_the_answer(client, failed, run_jobs, django_capture_on_commit_callbacks):
    course = course_of(failed)
    course.contact_email = "contact@ctd.example"
    course.save()
    learner, address = failed.enrolment.person, at("assessment:contest", failed.pk, 1)
    client.force_login(learner)
    assert address in client.get(at("assessment:result", failed.pk)).content.decode()
    assert client.get(at("assessment:contest", failed.pk, 2)).status_code == 404  # all its points
    with django_capture_on_commit_callbacks():
        answer = client.post(address, {"text": "Les deux sont justes."}, follow=True)
    page = answer.content.decode()
    assert "Votre contestation est transmise" in page
    assert "En attente de réponse" in page
    assert address not in page
    assert client.get(address).status_code == 404
    trainer = trainer_of(course)
    client.force_login(trainer)
    appeal = Appeal.objects.get()
    with django_capture_on_commit_callbacks():
        client.post(at("assessment_appeal", appeal.pk), {"act": "refuse", "answer": "La leçon 2 le dit."})
    run_jobs("assessment.tell_appeal")
    run_jobs("assessment.tell_answer")
    assert [letter.to for letter in mail.outbox] == [["contact@ctd.example"], [learner.email]]
    assert at("assessment_appeal", appeal.pk) in mail.outbox[0].body
    assert "La leçon 2 le dit." in mail.outbox[1].body
    client.force_login(learner)
    page = client.get(at("assessment:result", failed.pk)).content.decode()
    assert f"Réponse de {trainer}" in page
    assert "La leçon 2 le dit." in page


def test_a_trainer_accepts_with_a_better_mark_only(client, failed):
    appeal = contested(failed)
    client.force_login(trainer_of(course_of(failed)))
    address = at("assessment_appeal", appeal.pk)
    assert "Les deux réponses sont justes." in client.get(at("assessment_appeals:index")).content.decode()
    for wrong in ({}, {"points": "0"}, {"points": "9"}):
        client.post(address, {"act": "accept", "answer": "Oui.", **wrong})
    assert not MarkLine.objects.filter(kind="appeal").exists()
    client.post(address, {"act": "accept", "answer": "", "points": "1"})
    assert Appeal.objects.get().state == "open"
    client.post(address, {"act": "accept", "answer": "Oui.", "points": "1"})
    assert Appeal.objects.get().state == "accepted"


@pytest.mark.django_db
def test_what_was_not_told_yet_is_not_contested(client):
    soon = timezone.now() + DAY
    attempt = open_attempt(quiz=QuizPageFactory(preset="exam", closes_at=soon))
    actions.submit(attempt, timezone.now())
    client.force_login(attempt.enrolment.person)
    assert client.get(at("assessment:contest", attempt.pk, 1)).status_code == 404


@pytest.mark.django_db
def test_a_question_is_flagged_during_an_attempt_and_after(client):
    attempt = open_attempt()
    client.force_login(attempt.enrolment.person)
    address = at("assessment:flag", attempt.pk, 1)
    assert address in client.get(at("assessment:attempt", attempt.pk)).content.decode()
    answer = client.post(address, {"text": "L’image manque."})
    assert answer.url == f"{at('assessment:attempt', attempt.pk)}#question-1"
    actions.submit(attempt, timezone.now())
    assert address in client.get(at("assessment:result", attempt.pk)).content.decode()
    client.force_login(trainer_of(course_of(attempt)))
    flag = QuestionFlag.objects.get()
    assert "L’image manque." in client.get(at("assessment_flags:index")).content.decode()
    page = client.get(at("assessment_flag", flag.pk)).content.decode()
    assert at("assessment_decide_regrade", attempt.quiz_id, flag.version_id) in page
    assert at("wagtailsnippets_courses_question:edit", flag.version.question_id) in page
    client.post(at("assessment_flag", flag.pk))
    assert QuestionFlag.objects.get().handled_at
    export = client.get(at("assessment_flags:index"), {"export": "csv"})
    assert "L’image manque." in b"".join(export.streaming_content).decode()


@pytest.mark.django_db
def test_who_judges_reads_any_answer_in_words(client):
    """No id of the content: what was picked, typed or paired."""
    attempt = open_attempt(quiz=quiz_of_all_kinds())
    rows = {row.version.type: row for row in attempt.questions.select_related("version")}
    sides = rows["matching"].version.content
    pairs = {sides["left"][0]["id"]: sides["right"][-1]["id"], sides["left"][-1]["id"]: sides["right"][0]["id"]}
    options = rows["single"].version.content
    wrong = next(each for each in options["options"] if each["id"] != options["answer"])
    answers = {
        rows["matching"].position: pairs,
        rows["single"].position: wrong["id"],
        rows["short_text"].position: "ami",
    }
    attempt = actions.submit(attempt, timezone.now(), answers)
    client.force_login(trainer_of(course_of(attempt)))
    seen = {}
    for type in ("matching", "single", "short_text"):
        row = attempt.questions.get(pk=rows[type].pk)
        appeal = contest(row, "Relisez.", None, timezone.now())
        page = client.get(at("assessment_appeal", appeal.pk)).content.decode()
        seen[type] = " ".join(
            re.sub(r"<[^>]+>", " ", page.split('class="marking__answer">')[1].split("</div>")[0]).split()
        )
    texts = {side["id"]: side["text"] for side in (*sides["left"], *sides["right"])}
    said = [
        f"{texts[left['id']]} : {texts[pairs[left['id']]] if left['id'] in pairs else '–'}" for left in sides["left"]
    ]
    assert seen["matching"].startswith(" ".join(said))
    assert seen["single"] == wrong["text"]
    assert seen["short_text"] == "ami"


@pytest.mark.parametrize("who", ["other trainer", "other learner", "the learner who teaches"])
def test_others_find_nothing(client, failed, who):
    appeal, flag = contested(failed), flag_question(first(failed), "Une faute.", timezone.now())
    if who == "other trainer":
        person = trainer_of(QuizPageFactory().get_parent().specific)
    elif who == "other learner":
        person = UserFactory()
    else:
        person = trainer_of(course_of(failed))
        failed.enrolment.person = person
        failed.enrolment.save(update_fields=["person"])
    client.force_login(person)
    client.post(at("assessment_appeal", appeal.pk), {"act": "accept", "answer": "Oui.", "points": "1"})
    assert Appeal.objects.get().state == "open"
    page = client.get(at("assessment_appeals:index"))
    assert page.status_code in (302, 403) or appeal.reason not in page.content.decode()
    if who != "the learner who teaches":
        assert client.get(at("assessment:contest", failed.pk, 1)).status_code == 404
        assert client.get(at("assessment:flag", failed.pk, 1)).status_code == 404
        client.post(at("assessment_flag", flag.pk))
        assert QuestionFlag.objects.get().handled_at is None


def test_lists_cost_the_same_for_one_row_and_for_three(client, failed):
    trainer = trainer_of(course_of(failed))
    client.force_login(trainer)
    pages = [at("assessment_appeals:index"), at("assessment_flags:index")]
    contested(failed)
    flag_question(first(failed), "Une faute.", timezone.now())
    client.get(pages[0])  # warm caches
    one = [queries_of(client, address) for address in pages]
    for _ in range(2):
        attempt = actions.submit(open_attempt(quiz=failed.quiz), timezone.now())
        contested(attempt)
        flag_question(first(attempt), "Une faute.", timezone.now())
    assert [queries_of(client, address) for address in pages] == one


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)

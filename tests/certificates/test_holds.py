"""A course finished faster than it can be read: the certificate waits, and there is always a way out."""

from datetime import timedelta
from random import Random

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from certificates.actions import AlreadyDecided, CheckRefused, refuse_hold, release_hold, start_check, submit_check
from certificates.actions.issuing import ask_for_certificate
from certificates.models import Certificate, Hold, KnowledgeCheck, Series
from certificates.permissions import DECIDE_HOLD, VIEW_HOLD
from certificates.rules import issuing as issue_rules
from certificates.tasks.signing import issue
from courses.models import QuizPage
from courses.outline import course_outline
from lms.assessment.models import Attempt
from lms.core.models import AuditEntry
from lms.learning import rules
from lms.learning.models import Completion, Enrolment, RapidFinish
from tests.certificates.makers import Payload, make_officer, make_unit, make_user, place
from tests.factories.courses import LessonPageFactory, QuestionFactory, QuizPageFactory, course_with

pytestmark = pytest.mark.django_db
QUESTIONS = 7


@pytest.fixture
def course():
    course = course_with(lessons=0, quiz=False, title="Messagerie")
    for title in ("Écrire", "Répondre", "Classer"):
        LessonPageFactory(parent=course, title=title)
    QuizPageFactory(parent=course, questions=[QuestionFactory() for _ in range(QUESTIONS)])
    return course


def finish(course, rapid, person=None):
    """A course completed, its first `rapid` steps faster than they can be read."""
    now = timezone.now()
    outline = course_outline(course.pk, course.outline.version)
    enrolment = Enrolment.objects.create(
        person=person or make_user(), course=course, state="completed", enrolled_at=now
    )
    conditions = [condition.as_json() for condition in rules.conditions(outline.items, {})]
    Completion.objects.create(enrolment=enrolment, completed_at=now, content_version=1, conditions=conditions)
    for item in outline.items[:rapid]:
        RapidFinish.objects.create(
            enrolment=enrolment, item_id=item.id, words=600, seconds=4, least_seconds=60, occurred_at=now,
            source_key=f"lesson:{enrolment.pk}:{item.id}",
        )  # fmt: skip
    return enrolment


@pytest.fixture
def held(course):
    enrolment = finish(course, rapid=3)
    issue(Payload(enrolment=enrolment.pk))
    return Hold.objects.get()


def answer(check, right=5, seconds=600):
    """Answer so many questions rightly, as if begun so long ago, and hand in."""
    fill_in(check, right, seconds)
    return submit_check(check, timezone.now())


def fill_in(check, right=5, seconds=600):
    """Answer, and leave it open."""
    KnowledgeCheck.objects.filter(pk=check.pk).update(started_at=timezone.now() - timedelta(seconds=seconds))
    for question in check.questions.select_related("version"):
        content = question.version.content
        wrong = next(option["id"] for option in content["options"] if option["id"] != content["answer"])
        question.response = content["answer"] if question.position <= right else wrong
        question.save()


def state_of(hold):
    hold.refresh_from_db()
    return hold.state


@pytest.mark.parametrize(
    ("rapid", "steps", "percent", "is_held"),
    [(0, 4, 50, False), (1, 4, 50, False), (2, 4, 50, True), (4, 4, 100, True), (3, 4, 100, False), (4, 4, 0, False),
     (0, 0, 50, False)],
)  # fmt: skip
def test_too_fast_is_a_share_of_the_steps(rapid, steps, percent, is_held):
    assert issue_rules.is_too_fast(rapid, steps, percent) is is_held


def test_certificate_is_held_and_the_learner_told_once(held, run_jobs):
    for _ in range(2):
        issue(Payload(enrolment=held.enrolment_id))
    assert not Certificate.objects.exists()
    assert not Series.objects.exists()
    assert held.facts == [{"title": t, "seconds": 4, "least_seconds": 60} for t in ("Écrire", "Répondre", "Classer")]
    assert held.step_count == 4
    assert AuditEntry.objects.about(held).get().verb == "certificate.hold"
    run_jobs()
    (message,) = mail.outbox
    assert message.to == [held.enrolment.person.email]
    assert "Rien ne vous est reproché" in message.body
    assert reverse("certificates:hold", args=[held.pk]) in message.body


def test_one_rapid_step_holds_nothing(course):
    issue(Payload(enrolment=finish(course, rapid=1).pk))
    assert Certificate.objects.get().state == "valid"
    assert not Hold.objects.exists()


def test_threshold_is_a_setting(course, settings):
    settings.LMS_HOLD_RAPID_PERCENT = 0
    issue(Payload(enrolment=finish(course, rapid=4).pk))
    assert Certificate.objects.get().state == "valid"


def test_check_passed_releases_and_the_certificate_is_issued(held, run_jobs):
    check = start_check(held.enrolment, "hold", timezone.now())
    assert start_check(held.enrolment, "hold", timezone.now()) == check
    assert check.questions.count() == 5
    done = answer(check, right=4)
    assert (done.score_percent, done.is_passed, done.is_rapid) == (80, True, False)
    assert state_of(held) == "released"
    run_jobs("certificates.issue")
    assert Certificate.objects.get().state == "valid"
    assert submit_check(done, timezone.now()).submitted_at == done.submitted_at


def test_check_asks_what_was_never_asked_first(held):
    quiz = held.enrolment.course.get_children().last().specific
    rows = list(quiz.quiz_questions.order_by("pk")[:2])
    attempt = Attempt.objects.create(
        enrolment=held.enrolment, quiz=quiz, number=1, pass_mark_percent=70, started_at=timezone.now(), max_points=2
    )
    for position, row in enumerate(rows, start=1):
        attempt.questions.create(position=position, version=row.question.current_version(), points=1)
    first = start_check(held.enrolment, "hold", timezone.now(), Random(1))
    asked = set(first.questions.values_list("version__question_id", flat=True))
    assert asked.isdisjoint({row.question_id for row in rows})


def test_check_asks_the_questions_of_an_open_exam_only_where_no_other_is_left(held, course):
    """They would be read at home, by someone who has nothing to lose."""
    known = QuizPage.objects.get().quiz_questions.values_list("question", flat=True)
    exam = [QuestionFactory() for _ in range(QUESTIONS)]
    QuizPageFactory(parent=course, questions=exam, preset="exam", closes_at=timezone.now() + timedelta(days=9))
    check = start_check(held.enrolment, "hold", timezone.now(), Random(1))
    assert {row.version.question_id for row in check.questions.all()} <= set(known)


def test_check_failed_leaves_another_try_then_a_person(held):
    for _ in range(2):
        check = answer(start_check(held.enrolment, "hold", timezone.now()), right=3)
        assert not check.is_passed
    with pytest.raises(CheckRefused):
        start_check(held.enrolment, "hold", timezone.now())
    assert state_of(held) == "open"


def test_check_answered_faster_than_it_can_be_read_proposes_only(held):
    done = answer(start_check(held.enrolment, "hold", timezone.now()), seconds=0)
    assert (done.is_passed, done.is_rapid, state_of(held)) == (True, True, "open")


def test_course_without_questions_leaves_it_to_a_person(client):
    course = course_with(lessons=2, quiz=False)
    enrolment = finish(course, rapid=2)
    issue(Payload(enrolment=enrolment.pk))
    client.force_login(enrolment.person)
    page = client.get(reverse("certificates:hold", args=[Hold.objects.get().pk])).content.decode()
    assert "Ou laisser une personne décider" in page
    assert "Répondre aux questions" not in page
    with pytest.raises(CheckRefused):
        start_check(enrolment, "hold", timezone.now())


def test_learner_reads_why_answers_and_gets_the_certificate(client, held, run_jobs):
    client.force_login(held.enrolment.person)
    wait = "Votre certificat attend une vérification"
    assert wait in client.get(reverse("certificates:mine")).content.decode()
    assert wait in client.get(reverse("learning:progress", args=[held.enrolment_id])).content.decode()
    page = client.get(reverse("certificates:hold", args=[held.pk])).content.decode()
    for text in (
        "3 de ses 4 étapes",
        "Rien ne vous est reproché",
        "Écrire",
        "Il vous reste 2 essais",
        held.enrolment.course.contact_email,
    ):
        assert text in page
    sheet = client.post(reverse("certificates:start_check", args=[held.pk]), follow=True)
    check = KnowledgeCheck.objects.get()
    KnowledgeCheck.objects.update(started_at=timezone.now() - timedelta(minutes=9))
    assert "Question 1 sur 5" in sheet.content.decode()
    url = reverse("certificates:check", args=[check.pk])
    fields = {}
    for question in check.questions.select_related("version"):
        assert question.version.content["answer"] not in sheet.content.decode()
        fields[f"q{question.position}"] = question.order["options"].index(question.version.content["answer"])
    last = fields.pop("q5")
    missing = client.post(url, fields)
    assert missing.status_code == 422
    assert "Il manque des réponses" in missing.content.decode()
    done = client.post(url, {**fields, "q5": last}, follow=True).content.decode()
    assert "100 % de bonnes réponses" in done
    assert "C’est débloqué" in done
    run_jobs("certificates.issue")
    assert Certificate.objects.get().printed_number in client.get(reverse("certificates:mine")).content.decode()
    assert wait not in client.get(reverse("certificates:mine")).content.decode()


@pytest.mark.parametrize(
    ("rules", "is_told"),
    [
        ({"preset": "formative"}, True),
        ({"preset": "exam"}, False),
        ({"preset": "summative", "closes_at": timezone.now() + timedelta(days=9)}, False),
        ({"preset": "summative", "closes_at": timezone.now() - timedelta(days=9)}, True),
    ],
)
def test_check_tells_no_answer_that_the_quizzes_of_the_course_keep(client, held, rules, is_told):
    """Those who sit the exam tomorrow would have it of those who are certified."""
    QuizPage.objects.update(**rules)
    check = start_check(held.enrolment, "hold", timezone.now())
    answer(check, right=0)
    client.force_login(held.enrolment.person)
    page = client.get(reverse("certificates:check", args=[check.pk])).content.decode()
    assert page.count("À revoir") == 5
    assert ("Bonne réponse" in page) is is_told


def test_holds_and_checks_of_others_are_not_found(client, held):
    check = start_check(held.enrolment, "hold", timezone.now())
    client.force_login(make_user())
    for name, pk in (("hold", held.pk), ("check", check.pk)):
        assert client.get(reverse(f"certificates:{name}", args=[pk])).status_code == 404
    assert client.post(reverse("certificates:start_check", args=[held.pk])).status_code == 404
    assert client.post(reverse("certificates:check", args=[check.pk]), {"anyway": 1}).status_code == 404


def test_refusal_is_told_and_may_still_be_undone(client, held, run_jobs):
    officer = make_user()
    with pytest.raises(AlreadyDecided):
        refuse_hold(held, officer, " ", timezone.now())
    refuse_hold(held, officer, "Réponses partagées", timezone.now())
    issue(Payload(enrolment=held.enrolment_id))
    assert not Certificate.objects.exists()
    run_jobs()
    assert "Réponses partagées" in mail.outbox[-1].body
    client.force_login(held.enrolment.person)
    page = client.get(reverse("certificates:hold", args=[held.pk])).content.decode()
    assert "Réponses partagées" in page
    assert "peut être revue" in page
    release_hold(held, officer, "Explications reçues", timezone.now())
    with pytest.raises(AlreadyDecided):
        refuse_hold(held, officer, "Trop tard", timezone.now())
    run_jobs()
    assert Certificate.objects.get().state == "valid"


def test_asked_again_by_the_road_of_everyone_it_stays_held(held, run_jobs):
    ask_for_certificate(held.enrolment)
    run_jobs("certificates.issue")
    assert not Certificate.objects.exists()


@pytest.fixture
def office(client, held):
    unit = make_unit()
    place(held.enrolment.person, unit)
    officer = make_officer(unit, VIEW_HOLD, DECIDE_HOLD)
    client.force_login(officer)
    return client, officer


def test_officer_decides_with_a_reason(office, held, run_jobs):
    client, officer = office
    url = reverse("certificate_holds:decide", args=[held.pk])
    page = client.get(url).content.decode()
    for text in ("3 étapes sur 4", "Ce n’est pas une preuve de fraude", "Débloquer"):
        assert text in page
    client.post(url, {"act": "release", "reason": ""})
    assert state_of(held) == "open"
    client.post(url, {"act": "release", "reason": "Expérience connue"})
    assert (state_of(held), held.decided_by) == ("released", officer)
    run_jobs("certificates.issue")
    assert Certificate.objects.count() == 1


def test_officer_sees_their_scope_decides_with_the_right_and_never_for_themself(office, held, course):
    client, officer = office
    hidden = finish(course, rapid=4)
    issue(Payload(enrolment=hidden.pk))
    own = finish(course, rapid=4, person=officer)
    issue(Payload(enrolment=own.pk))
    place(officer, held.enrolment.person.posts.get().unit)
    page = client.get(reverse("certificate_holds:index")).content.decode()
    assert reverse("certificate_holds:decide", args=[held.pk]) in page
    assert reverse("certificate_holds:decide", args=[hidden.certificate_hold.pk]) not in page
    post = {"act": "release", "reason": "Pour moi"}
    address = reverse("certificate_holds:decide", args=[hidden.certificate_hold.pk])
    assert client.post(address, post).status_code == 404
    client.post(reverse("certificate_holds:decide", args=[own.certificate_hold.pk]), post)
    client.force_login(make_officer(held.enrolment.person.posts.get().unit, VIEW_HOLD))
    client.post(reverse("certificate_holds:decide", args=[held.pk]), post)
    assert set(Hold.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_holds_costs_the_same_for_any_length(office, held, course, count, django_assert_num_queries):
    client, _officer = office
    for _ in range(count - 1):
        enrolment = finish(course, rapid=4)
        place(enrolment.person, held.enrolment.person.posts.get().unit)
        issue(Payload(enrolment=enrolment.pk))
    client.get(reverse("certificate_holds:index"))
    with django_assert_num_queries(11):
        client.get(reverse("certificate_holds:index"))

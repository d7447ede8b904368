"""How a course goes, as its trainer sees it: figures, the lists behind them, exports, remarks; and who sees nothing."""

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import GroupPagePermission

from courses.models import QuizPage
from courses.outline import read_outline
from lms.assessment import actions
from lms.assessment.actions.statistics import compute_statistics
from lms.assessment.follow_up import figures_of, funnel_of, median_days
from lms.assessment.models import Attempt, ItemStatistics
from lms.assessment.rules import statistics
from lms.core.models import AuditEntry, Job
from lms.core.templatetags.components import duration
from lms.learning.actions import finish_lesson, withdraw
from lms.learning.models import Enrolment, RapidFinish
from lms.learning.remarks import send_remark
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.factories.assessment import open_attempt, right_answers
from tests.factories.courses import course_with, make_trainer
from tests.factories.learning import EnrolmentFactory
from tests.factories.marking import essay_attempt
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
LISTS = {
    "assessment_enrolment_list": "inscrits",
    "assessment_course_attempt_list": "tentatives",
    "assessment_question_list": "questions",
    "assessment_remark_list": "remarques",
    "assessment_rapid_finish_list": "rapidite",
}


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def back_office(client, trainer):
    client.force_login(trainer)
    return client


@pytest.fixture
def course(trainer):
    return course_with(lessons=2)


def at(name, course, *more, **query):
    address = reverse(name, args=[course.pk, *more])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def learners(course) -> dict[str, Enrolment]:
    """One learner in each situation: just enrolled long ago, idle after a lesson, active, done, gone."""
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=60)
    items = read_outline(course.pk).items
    found = {name: EnrolmentFactory(course=course, enrolled_at=long_ago) for name in ("new", "idle", "active", "gone")}
    finish_lesson(found["idle"], items[0], long_ago + timedelta(minutes=9))
    for item in items[:2]:
        finish_lesson(found["active"], item, now)
    finish_lesson(found["gone"], items[0], long_ago + timedelta(minutes=5))
    withdraw(found["gone"])
    found["done"] = pass_all(course, now)
    return found


def pass_all(course, now) -> Enrolment:
    enrolment = EnrolmentFactory(course=course, enrolled_at=now - timedelta(days=3))
    for item in read_outline(course.pk).items[:2]:
        finish_lesson(enrolment, item, now)
    attempt = open_attempt(enrolment)
    actions.submit(attempt, now, right_answers(attempt))
    enrolment.refresh_from_db()
    return enrolment


# --- Figures


def test_the_figures_add_up_and_the_funnel_says_where_people_stop(course):
    learners(course)
    figures = figures_of(course, timezone.now())
    assert (figures.enrolled, figures.active, figures.idle, figures.completed, figures.withdrawn) == (5, 1, 2, 1, 1)
    (first, second, quiz), never_opened = funnel_of(course, figures.enrolled, timezone.now())
    assert [(step.done, step.done_percent) for step in (first, second, quiz)] == [(4, 80), (2, 40), (1, 20)]
    assert [step.stopped for step in (first, second, quiz)] == [2, 0, 0]
    assert never_opened == 1
    assert (quiz.attempts, quiz.mean_percent) == (1, 100)


def test_an_attempt_that_awaits_its_marker_weighs_on_no_mean():
    attempt = essay_attempt()
    essay = attempt.questions.get(version__type="essay")
    actions.submit(attempt, timezone.now(), {essay.position: "Je préviens"})
    (quiz,), _never = funnel_of(attempt.enrolment.course, 1, timezone.now())
    assert (quiz.attempts, quiz.mean_percent) == (1, None)


def test_medians_come_with_five_facts(back_office, course):
    for minutes in (5, 7, 9, 11, 13):
        enrolled_at = timezone.now() - timedelta(days=minutes)
        finish_lesson(
            EnrolmentFactory(course=course, enrolled_at=enrolled_at),
            read_outline(course.pk).items[0],
            enrolled_at + timedelta(minutes=minutes),
        )
    steps, _never = funnel_of(course, 5, timezone.now())
    assert [step.median_minutes for step in steps] == [9, None, None]
    assert median_days(course) is None
    for _rank in range(5):
        pass_all(course, timezone.now())
    assert median_days(course) == 3
    page = back_office.get(at("assessment_follow_up", course)).content.decode()
    first = funnel_of(course, 10, timezone.now())[0][0]
    assert f'done={first.id}">{duration(first.median_minutes)}</a>' in page
    assert 'situation=completed">La moitié de ceux qui terminent y mettent 3 jours ou moins.</a>' in page


@pytest.mark.parametrize("situation", ["active", "idle", "completed", "withdrawn"])
def test_each_figure_leads_to_the_people_it_counts(back_office, course, situation):
    found = learners(course)
    counted = {"active": ["active"], "idle": ["new", "idle"], "completed": ["done"], "withdrawn": ["gone"]}[situation]
    page = back_office.get(at("assessment_follow_up", course)).content.decode()
    address = at("assessment_enrolment_list", course, situation=situation)
    assert f'href="{address}"><strong>{len(counted)}</strong>' in page
    listed = text(back_office.get(address))
    assert {name for name, enrolment in found.items() if str(enrolment.person) in listed} == set(counted)


def test_the_steps_lead_to_who_did_them_and_who_stopped_there(back_office, course):
    found = learners(course)
    first, _second, quiz = read_outline(course.pk).items

    def listed(**query):
        page = text(back_office.get(at("assessment_enrolment_list", course, **query)))
        return {name for name, enrolment in found.items() if str(enrolment.person) in page}

    assert listed(done=first.id) == {"idle", "active", "gone", "done"}
    assert listed(done=quiz.id) == {"done"}
    assert listed(stopped_at=first.id) == {"idle", "gone"}
    assert listed(stopped_at="aucune") == {"new"}
    page = back_office.get(at("assessment_follow_up", course)).content.decode()
    for query in (f"done={first.id}", f"stopped_at={first.id}", "stopped_at=aucune", f"quiz={quiz.id}"):
        assert f"{query}" in page


# --- Questions


@pytest.fixture
def hard_question(course, monkeypatch):
    """A question that two of three miss, in a course where three answers suffice to tell."""
    monkeypatch.setattr(statistics, "MIN_ANSWERS", 3)
    quiz = QuizPage.objects.child_of(course).get()
    for is_right in (True, False, False):
        attempt = open_attempt(EnrolmentFactory(course=course), quiz)
        actions.submit(attempt, timezone.now(), right_answers(attempt) if is_right else {})
    compute_statistics(quiz, timezone.now())
    return ItemStatistics.objects.get()


def test_the_hardest_questions_lead_to_what_is_known_of_them(back_office, course, hard_question):
    page = text(back_office.get(at("assessment_follow_up", course)))
    assert hard_question.prompt in page
    assert "33 %" in page
    detail = back_office.get(at("assessment_question_statistics", course, hard_question.pk))
    assert "(bonne réponse)" in text(detail).replace("( ", "(").replace(" )", ")")
    missed = at("assessment_course_attempt_list", course, question=hard_question.pk, answer="wrong")
    assert missed.replace("&", "&amp;") in detail.content.decode()
    listed = back_office.get(missed)
    names = {str(attempt.enrolment.person) for attempt in Attempt.objects.filter(score_percent=0)}
    assert {str(attempt.enrolment.person) for attempt in listed.context["object_list"]} == names
    right = back_office.get(at("assessment_course_attempt_list", course, question=hard_question.pk, answer="right"))
    assert len(right.context["object_list"]) == 1


def test_statistics_are_asked_for_and_shown_in_the_list(back_office, course, hard_question, run_jobs):
    ItemStatistics.objects.all().delete()
    assert "Pas encore calculé" in text(back_office.get(at("assessment_question_list", course)))
    assert back_office.post(at("assessment_statistics_ask", course)).status_code == 302
    assert [job.state for job in run_jobs()] == [Job.State.DONE]
    page = text(back_office.get(at("assessment_question_list", course)))
    assert "Calculé le" in page
    assert ItemStatistics.objects.get().prompt in page


def test_the_bank_tells_what_the_answers_say_to_those_who_teach_the_course(back_office, trainer, hard_question):
    address = reverse("wagtailsnippets_courses_question:edit", args=[hard_question.version.question_id])
    assert f"{hard_question.quiz.title} 1 3 33 %" in text(back_office.get(address))
    GroupPagePermission.objects.filter(group__user=trainer).delete()
    page = text(back_office.get(address))
    assert "Pas encore de chiffres" in page
    assert hard_question.quiz.title not in page
    assert "Pas encore de chiffres" in text(back_office.get(reverse("wagtailsnippets_courses_question:add")))


# --- Remarks


@pytest.fixture
def remark(course):
    item = read_outline(course.pk).items[0]
    return send_remark(EnrolmentFactory(course=course), item, "=Le lien est mort", timezone.now())


def test_remarks_are_read_dealt_with_and_erased(back_office, course, remark, trainer):
    assert "=Le lien est mort" in text(back_office.get(at("assessment_follow_up", course)))
    assert "=Le lien est mort" in text(back_office.get(at("assessment_remark_list", course)))
    back_office.post(at("assessment_remark_act", course, remark.pk, "traiter"))
    remark.refresh_from_db()
    assert (remark.state, remark.handled_by) == ("handled", trainer)
    assert "Aucune remarque à lire" in text(back_office.get(at("assessment_follow_up", course)))
    back_office.post(at("assessment_remark_act", course, remark.pk, "effacer"))
    remark.refresh_from_db()
    assert (remark.state, remark.text) == ("erased", "")
    assert back_office.post(at("assessment_remark_act", course, remark.pk, "publier")).status_code == 404
    other = course_with()
    assert back_office.post(at("assessment_remark_act", other, remark.pk, "effacer")).status_code == 404
    assert back_office.get(at("assessment_remark_act", course, remark.pk, "effacer")).status_code == 405


# --- What is shown of people, exports


def test_lists_show_names_and_no_address_and_exports_leave_a_trace(back_office, course, remark, hard_question):
    found = learners(course)
    for name in LISTS:
        assert "@gouv.bj" not in text(back_office.get(at(name, course))).replace(str(remark), "")
        answer = back_office.get(at(name, course, export="csv"))
        written = b"".join(answer.streaming_content).decode()
        assert "@" not in written
        entry = AuditEntry.objects.latest("pk")
        assert (entry.verb.endswith(".export"), entry.object_label, entry.details["rows"]) == (
            True,
            str(course),
            len(written.strip().splitlines()) - 1,
        )
    written = b"".join(back_office.get(at("assessment_remark_list", course, export="csv")).streaming_content)
    assert "'=Le lien est mort" in written.decode()
    answer = back_office.get(at("assessment_enrolment_list", course, export="xlsx", situation="completed"))
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[0][:3] == ("Nom", "Prénom", "État")
    assert [row[0] for row in rows[1:]] == [found["done"].person.last_name]


def addresses(course):
    return [at("assessment_follow_up", course), *(at(name, course) for name in LISTS)]


@pytest.mark.parametrize("role", Role)
def test_only_those_who_teach_the_course_see_how_it_goes(client, course, role):
    enrolment = learners(course)["done"]
    person = UserFactory()
    person.groups.add(ensure_groups()[role])
    client.force_login(person)
    for address in addresses(course):
        answer = client.get(address)
        assert answer.status_code == (200 if role in TEACHERS else 302)  # Wagtail leads home, with the reason
        assert role in TEACHERS or str(enrolment.person) not in answer.content.decode()


TEACHERS = {Role.ADMINISTRATOR}  # a trainer teaches by their unit: the group alone gives none


def test_learners_and_strangers_are_sent_away(client, course):
    for address in addresses(course):
        assert client.get(address).status_code == 302
    client.force_login(EnrolmentFactory(course=course).person)
    for address in addresses(course):
        assert client.get(address).status_code == 403


def test_a_trainer_of_other_courses_finds_no_draft_and_no_list(client, trainer, course):
    GroupPagePermission.objects.filter(group__user=trainer).delete()
    client.force_login(trainer)
    assert [client.get(address).status_code for address in addresses(course)] == [302] * 6
    course.unpublish()
    assert [client.get(address).status_code for address in addresses(course)] == [404] * 6
    assert client.post(at("assessment_statistics_ask", course)).status_code == 404
    assert not Job.objects.exists()


def test_rows_of_another_course_stay_there(back_office, course):
    other = course_with()
    theirs = learners(other)
    send_remark(theirs["active"], read_outline(other.pk).items[0], "Remarque d’ailleurs", timezone.now())
    for address in addresses(course):
        page = text(back_office.get(address))
        assert "d’ailleurs" not in page
        assert not [name for name, enrolment in theirs.items() if str(enrolment.person) in page]


def test_the_course_offers_its_follow_up_to_its_trainers(back_office, course):
    address = at("assessment_follow_up", course)
    assert address in back_office.get(reverse("wagtailadmin_pages:edit", args=[course.pk])).content.decode()
    assert address in back_office.get(reverse("formations:index")).content.decode()


# --- Cost


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["assessment_follow_up", *LISTS])
def test_a_long_course_costs_what_a_short_one_does(back_office, trainer, name, count, django_assert_num_queries):
    course = course_with(lessons=2 * count)
    for _rank in range(count):
        found = learners(course)
        attempt = open_attempt(EnrolmentFactory(course=course))
        actions.submit(attempt, timezone.now(), right_answers(attempt))
        send_remark(found["active"], read_outline(course.pk).items[0], "Merci", timezone.now())
    compute_statistics(QuizPage.objects.child_of(course).get(), timezone.now())
    back_office.get(at(name, course))
    with django_assert_num_queries(COSTS[name]):
        back_office.get(at(name, course))


COSTS = {
    "assessment_follow_up": 23,
    "assessment_enrolment_list": 17,
    "assessment_course_attempt_list": 17,
    "assessment_question_list": 16,
    "assessment_remark_list": 15,
    "assessment_rapid_finish_list": 14,
}


def test_an_attempt_faster_than_its_questions_can_be_read_is_listed(back_office, course):
    quick, slow = (EnrolmentFactory(course=course) for _rank in range(2))
    question = QuizPage.objects.descendant_of(course).get().quiz_questions.get().question
    question.prompt = "mot " * 100
    question.save()
    for enrolment, seconds in ((quick, 0), (slow, 600)):
        attempt = open_attempt(enrolment)
        actions.submit(attempt, attempt.started_at + timedelta(seconds=seconds), right_answers(attempt))
    fact = RapidFinish.objects.get()
    assert (fact.enrolment, fact.seconds, fact.item_id) == (quick, 0, attempt.quiz_id)
    listed = text(back_office.get(at("assessment_rapid_finish_list", course)))
    assert str(quick.person) in listed
    assert str(slow.person) not in listed
    assert "1 leçon ou évaluation finie plus vite" in text(back_office.get(at("assessment_follow_up", course)))

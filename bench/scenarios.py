"""What visitors ask for in the measure: the product's pages and saves, and the floors beside them."""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from bench.client import Request, Visitor
from bench.marking import right_or_not
from bench.measure import Scenario, same
from courses.models import QuizPage
from lms.assessment.actions import save_answers, start_attempt
from lms.assessment.models import Attempt, ServedQuestion
from lms.learning.models import Enrolment
from lms.people.models import User

LESSON = "/formations/lecture/lecon-25/"
STOCK_LESSON = f"/plancher/wagtail{LESSON}"
REDIRECTED = (302, 303)


def scenarios(learner: User, visitor: Visitor) -> list[Scenario]:
    """All of them, with how many requests a round sends of each."""
    enrolment = Enrolment.objects.get(person=learner, course__slug="evaluations")
    answered = open_attempt(enrolment, quizzes(enrolment)[0])
    position = answered.questions.filter(version__type="true_false").first().position
    save = Request(reverse("assessment:answer", args=[answered.pk, position]), visitor, ((f"q{position}", "0"),))
    write = Request("/plancher/ecrire/", visitor, (("value", "true"),), REDIRECTED)
    return [
        Scenario("bare", same(Request("/plancher/nu/")), 150),
        Scenario("catalogue", same(Request("/formations/")), 150),
        Scenario("plain_lesson", same(Request("/plancher/lecon/", visitor)), 60),
        Scenario("lesson", same(Request(LESSON, visitor)), 60),
        Scenario("stock_lesson", same(Request(STOCK_LESSON, visitor)), 12),
        Scenario("plain_home", same(Request("/plancher/espace/", visitor)), 60),
        Scenario("home", same(Request("/mon-espace/", visitor)), 40),
        Scenario("plain_write", same(write), 60),
        Scenario("answer", same(save), 60),
        Scenario("submission", lambda count: submissions(enrolment, visitor, count), 16),
        Scenario("plain_write_and_page", lambda count: [write, Request("/plancher/espace/", visitor)] * count, 16),
        Scenario("submission_and_result", lambda count: with_results(submissions(enrolment, visitor, count)), 16),
    ]


def quizzes(enrolment: Enrolment) -> list[QuizPage]:
    return list(QuizPage.objects.child_of(enrolment.course).order_by("pk"))


def open_attempt(enrolment: Enrolment, quiz: QuizPage) -> Attempt:
    return start_attempt(enrolment, quiz, timezone.now())


def with_results(posts: list[Request]) -> list[Request]:
    """Each submission followed by the page it sends to, which marks it: what whoever submits waits for."""
    pages = [
        replace(post, path=post.path.replace("/remettre/", "/resultat/"), fields=None, statuses=(200,))
        for post in posts
    ]
    return [request for pair in zip(posts, pages, strict=True) for request in pair]


def submissions(enrolment: Enrolment, visitor: Visitor, count: int) -> list[Request]:
    """As many attempts made ready, each on a quiz of its own, every question answered (wrongly: one may try again)."""
    requests, now = [], timezone.now()
    for quiz in quizzes(enrolment)[1 : count + 1]:
        attempt = open_attempt(enrolment, quiz)
        save_answers(attempt, {row.position: wrong(row) for row in attempt.questions.select_related("version")}, now)
        requests.append(Request(reverse("assessment:submit", args=[attempt.pk]), visitor, (), REDIRECTED))
    return requests


def wrong(served: ServedQuestion):
    """A complete answer that is not the right one."""
    right = right_or_not(served)
    if isinstance(right, bool):
        return not right
    if isinstance(right, dict):
        return dict(zip(right, reversed(right.values()), strict=True))
    options = [option["id"] for option in served.version.content.get("options", [])]
    if served.version.type == "single":
        return next(option for option in options if option != right)
    return [next(option for option in options if option not in right)] if options else "autre chose"

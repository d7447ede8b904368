"""The demo's proofs by people: a supervised sitting with someone in it, and a confirmation that waits for a manager."""

from datetime import datetime, timedelta

from django.utils import timezone

from certificates.actions.applying import ask_for_confirmation
from certificates.models import Certificate, WorkApplication
from courses.models import CoursePage, QuizPage
from courses.outline import course_outline
from lms.assessment.actions import start_attempt, submit
from lms.assessment.actions.sittings import LONGEST, open_sitting
from lms.assessment.models import Attempt, SupervisedSitting
from lms.core.datafiles import Entry
from lms.core.jobs import NotYet, enqueue
from lms.learning.actions import enrol, finish_lesson
from lms.learning.models import Enrolment
from lms.people.models import User

ASK_JOB = "hr.demo_application"
A_MINUTE = timedelta(minutes=1)


class NoCertificateYet(NotYet):
    """The worker has not issued it."""

    def __init__(self):
        super().__init__("Le certificat de démonstration n’est pas encore délivré.")
        self.until = timezone.now() + A_MINUTE


def add_sitting(entry: Entry, author: User, learner: User, now: datetime) -> bool:
    """Make the quiz of a course a supervised one, open a sitting and have someone begin there; False where one was."""
    course = CoursePage.objects.get(code=entry.text("code"))
    quiz = QuizPage.objects.descendant_of(course).get()
    if SupervisedSitting.objects.filter(quiz=quiz).exists():
        return False
    quiz.assurance = "N3"
    quiz.save_revision(user=author).publish()
    sitting = open_sitting(quiz, entry.text("lieu"), now, now + LONGEST, [author], author, now)
    start_attempt(enrol(learner, course, now), quiz, now, sitting=sitting)
    return True


def add_application(entry: Entry, holder: User, now: datetime) -> bool:
    """Have someone pass a course a month ago and, once its certificate is issued, ask their manager; False where one did."""
    course = CoursePage.objects.get(code=entry.text("code"))
    if Enrolment.objects.filter(person=holder, course=course).exists():
        return False
    enrolment = pass_course(holder, course, now - timedelta(days=30))
    payload = {"enrolment": enrolment.pk, "statement": entry.text("texte")}
    enqueue(ASK_JOB, key=f"demo:application:{enrolment.pk}", payload=payload)
    return True


def pass_course(person: User, course: CoursePage, then: datetime) -> Enrolment:
    """Enrol, and do each step rightly."""
    enrolment = enrol(person, course, then)
    for item in course_outline(course.pk, course.outline.version).items:
        if item.kind == "lesson":
            finish_lesson(enrolment, item, then)
        else:
            attempt = start_attempt(enrolment, QuizPage.objects.get(pk=item.id), then)
            submit(attempt, then, right_answers(attempt))
    return enrolment


def ask_when_issued(enrolment_pk: int, statement: str) -> None:
    """Raises NoCertificateYet."""
    if WorkApplication.objects.filter(enrolment=enrolment_pk).exists():
        return
    certificate = Certificate.objects.proving().filter(enrolment=enrolment_pk).first()
    if certificate is None:
        raise NoCertificateYet
    ask_for_confirmation(certificate, statement, timezone.now())


def right_answers(attempt: Attempt) -> dict:
    """By position, for the types that the demo's quizzes ask."""
    return {row.position: _right(row.version) for row in attempt.questions.select_related("version")}


def _right(version):
    content = version.content
    if version.type == "short_text":
        return content["accepted"][0]
    if version.type == "ordering":
        return {item: rank for rank, item in enumerate(content["answer"])}
    return content["answer"]

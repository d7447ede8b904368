"""What the tests of substantial versions start from: a course, people certified by following it, lessons rewritten since."""

from datetime import timedelta

from django.utils import timezone

from certificates.actions.versions import mark_version
from certificates.contents import changes_of, questions_of
from certificates.models import Certificate, KnowledgeCheck
from certificates.rules.versions import REMOVED
from certificates.tasks.signing import issue
from courses.models import CompetenceGain, CoursePage, LessonPage
from courses.outline import course_outline
from lms.assessment.models import Attempt
from lms.learning.actions import enrol, finish_lesson, record_event
from tests.certificates.makers import Payload, make_competence, make_user
from tests.factories.courses import LessonPageFactory, QuestionFactory, QuizPageFactory, course_with


def make_followed_course(lessons=3, **fields):
    """A course of so many lessons and a quiz of three questions, that leads to level 2 of one competence."""
    course = course_with(lessons=0, quiz=False, title="Messagerie", **fields)
    for number in range(1, lessons + 1):
        LessonPageFactory(parent=course, title=f"Leçon {number}", slug=f"lecon-{number}")
    QuizPageFactory(parent=course, questions=[QuestionFactory() for _ in range(3)])
    CompetenceGain.objects.create(course=course, competence=make_competence(), level=2)
    return CoursePage.objects.get(pk=course.pk)


def certify(course, person=None):
    """Somebody follows the whole course, passes its quiz, and is given its certificate."""
    person, now = person or make_user(), timezone.now()
    course = CoursePage.objects.get(pk=course.pk)
    enrolment = enrol(person, course, now)
    for item in course_outline(course.pk, course.outline.version).items:
        if item.kind == "lesson":
            finish_lesson(enrolment, item, now)
            continue
        Attempt.objects.create(
            enrolment=enrolment, quiz_id=item.id, number=1, state="submitted", started_at=now, submitted_at=now,
            score_percent=90, pass_mark_percent=70, max_points=4, is_passed=True, rules={"preset": "summative"},
        )  # fmt: skip
        record_event(enrolment, item.id, "passed", now, f"passed:{enrolment.pk}", {"score_percent": "90"})
    issue(Payload(enrolment=enrolment.pk))
    return Certificate.objects.get(enrolment=enrolment)


def rewrite(course, *slugs, version=None, text="Le délai passe à dix jours."):
    """Publish these lessons with another text, and the sheet with the next version."""
    for slug in slugs:
        lesson = LessonPage.objects.child_of(course).get(slug=slug)
        lesson.body = [("prose", f"<p>{text}</p>")]
        lesson.save_revision().publish()
    course = CoursePage.objects.get(pk=course.pk)
    course.content_version = version or course.content_version + 1
    course.save_revision().publish()
    return CoursePage.objects.get(pk=course.pk)


def mark(course, actor, questions=(), lessons=None, reason="Le délai de réponse change."):
    """Mark the version, all that changed to be read."""
    course, now = CoursePage.objects.get(pk=course.pk), timezone.now()
    found = [change.id for change in changes_of(course, now.date()) if change.change != REMOVED]
    return mark_version(
        course, actor, reason, found if lessons is None else lessons, [row.pk for row in questions], now
    )


def bank_of(course):
    """The questions of its quizzes."""
    return [row for rows in questions_of(course, [], timezone.localdate()) for row in rows]


def read_again(recertification):
    """Read what is asked, as it is published now."""
    enrolment = recertification.enrolment
    outline = course_outline(enrolment.course_id, CoursePage.objects.get(pk=enrolment.course_id).outline.version)
    for line in recertification.lessons:
        if item := outline.item_by_id(line["id"]):
            finish_lesson(enrolment, item, timezone.now())


def age(check, seconds=600):
    """As if begun so long ago."""
    KnowledgeCheck.objects.filter(pk=check.pk).update(started_at=timezone.now() - timedelta(seconds=seconds))

"""The demo's substantial version: someone certified, then a lesson of the course that changes, and its holder asked to see it."""

from datetime import datetime, timedelta

from django.utils import timezone

from certificates.actions.versions import mark_version
from certificates.contents import questions_of
from certificates.models import Certificate, SubstantialVersion
from courses.models import CoursePage, LessonPage
from lms.core.datafiles import Entry
from lms.core.jobs import enqueue
from lms.hr.demo_proofs import NoCertificateYet, pass_course
from lms.learning.models import Enrolment
from lms.people.models import User

CHANGE_JOB = "hr.demo_version"
QUESTIONS = 2


def add_version(entry: Entry, holder: User, author: User, now: datetime) -> bool:
    """Have someone pass a course two months ago and, once its certificate is issued, change a lesson; False where one did."""
    course = CoursePage.objects.get(code=entry.text("code"))
    if Enrolment.objects.filter(person=holder, course=course).exists():
        return False
    enrolment = pass_course(holder, course, now - timedelta(days=60))
    payload = {
        "enrolment": enrolment.pk,
        "author": author.pk,
        "lesson": entry.text("lecon"),
        "reason": entry.prose("raison"),
        "text": entry.prose("texte"),
    }
    enqueue(CHANGE_JOB, key=f"demo:version:{enrolment.pk}", payload=payload)
    return True


def change_when_issued(enrolment: int, author: int, lesson: str, reason: str, text: str) -> None:
    """Publish the lesson with one box more, the sheet with the next version, and mark it. Raises NoCertificateYet."""
    course, by = CoursePage.objects.get(enrolments=enrolment), User.objects.get(pk=author)
    if SubstantialVersion.objects.filter(course=course).exists():
        return
    if not Certificate.objects.proving().filter(enrolment=enrolment).exists():
        raise NoCertificateYet
    page = LessonPage.objects.descendant_of(course).get(slug=lesson)
    page.body.append(("important", {"title": "", "text": text}))
    page.save_revision(user=by).publish()
    course.content_version += 1
    course.save_revision(user=by).publish()
    concerned, others = questions_of(course, [page.pk], timezone.localdate())
    questions = [question.pk for question in [*concerned, *others][:QUESTIONS]]
    course = CoursePage.objects.get(pk=course.pk)
    mark_version(course, by, reason, [page.pk], questions, timezone.now())

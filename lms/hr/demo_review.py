"""The demo's course of a private partner, written and submitted to review by its trainer."""

from datetime import date, timedelta

from wagtail.models import Page

from courses.models import CoursePage, LessonPage, ProducerPage
from lms.core.datafiles import Entry
from lms.core.typography import french
from lms.people.models import User

REVIEWED_AGAIN = timedelta(days=365)


def add_course_to_review(entry: Entry, author: User, today: date) -> bool:
    """Write the course as drafts in the author's branch and submit it whole; False where it exists.

    Raises ProducerPage.DoesNotExist when the author has no branch.
    """
    if CoursePage.objects.filter(code=entry.text("code")).exists():
        return False
    branch = ProducerPage.objects.get(unit__code=entry.text("unit"))
    course = CoursePage(
        title=entry.prose("title"),
        slug=entry.text("code"),
        summary=entry.prose("summary"),
        objectives=[("objective", french(text)) for text in entry.items_of("objectives")],
        contact_email=author.email,
        producer=branch.unit,
        review_due_on=today + REVIEWED_AGAIN,
        sources=[("source", french(text)) for text in entry.items_of("sources")],
    )
    _draft(branch, course, author)
    for lesson in entry.entries("lecons"):
        body = [("prose", lesson.prose("texte")), ("remember", {"title": "", "text": lesson.prose("retenir")})]
        page = LessonPage(
            title=lesson.prose("title"), slug=lesson.text("slug"), body=body, micro_action=lesson.prose("micro_action")
        )
        _draft(course, page, author)
    course.get_workflow().start(course, author)
    return True


def _draft(parent: Page, page: Page, author: User) -> None:
    page.live, page.owner = False, author
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision(user=author, log_action=True)

"""Pages submitted to review, as their author submits them in the editor, and the people around."""

from wagtail.models import Page, TaskState

from courses.actions import ensure_site
from courses.models import ProducerPage, ReviewCriterion
from lms.people.models import User
from tests.factories.courses import CoursePageFactory, LessonPageFactory, make_reviewer, make_trainer
from tests.factories.people import UnitFactory


def submit(page: Page, by: User) -> TaskState:
    """Save a version of the page and submit it; the review that waits."""
    page = page.specific
    page.save_revision(user=by)
    page.get_workflow().start(page, by)
    return state_of(page)


def state_of(page: Page) -> TaskState:
    """The latest review of a page."""
    return TaskState.objects.filter(workflow_state__object_id=str(page.pk)).latest("pk")


def every_box() -> list[int]:
    """All the criteria, ticked."""
    return list(ReviewCriterion.objects.values_list("pk", flat=True))


class Scene:
    """The State; a company, its trainer and its draft course; its reviewer, that of another unit, that of the State."""

    def __init__(self):
        ensure_site()
        self.state_unit = UnitFactory(code="BJ", kind="state")
        self.company = UnitFactory(parent=self.state_unit, code="SA", kind="company", name="Société")
        self.agency = UnitFactory(parent=self.state_unit, code="AG", kind="agency", name="Agence")
        self.author = make_trainer(self.company)
        self.branch = ProducerPage.objects.get(unit=self.company)
        self.reviewer = make_reviewer(self.company)
        self.chief = make_reviewer(self.state_unit)
        self.stranger = make_reviewer(self.agency)
        self.course = CoursePageFactory(parent=self.branch, title="Réseaux", live=False, owner=self.author)
        self.lesson = LessonPageFactory(parent=self.course, title="Adresses", live=False, owner=self.author)

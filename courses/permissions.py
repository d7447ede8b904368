"""What one may do with the pages of courses."""

from django.db import router
from django.db.models import ProtectedError, Q, RestrictedError
from django.db.models.deletion import Collector
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet

from courses.models import CataloguePage, CoursePage, LessonPage
from courses.models.banks import banks_written_by, question_policy


def can_archive_course(user, course: CoursePage) -> bool:
    """Whoever may publish a course may archive it, and back."""
    return course.permissions_for_user(user).can_publish()


def can_teach(user, course: CoursePage) -> bool:
    """Whoever may write a course sees how its learners do, and marks what a person must mark; its reviewers do not."""
    return page_permission_policy.user_has_permission_for_instance(user, "change", course)


def keeps_catalogue(user) -> bool:
    """Whether the whole catalogue is theirs to write: administrators, not the trainers of one branch."""
    return (
        page_permission_policy.instances_user_has_permission_for(user, "change")
        .filter(pk__in=CataloguePage.objects.values("pk"))
        .exists()
    )


def pages_in_sight(user) -> PageQuerySet:
    """The pages whose drafts `user` may know of: those they may act on, and the way to them."""
    return page_permission_policy.explorable_instances(user)


def can_import_questions(user) -> bool:
    """Whoever may add a question to some bank may bring in a file of them."""
    return banks_written_by(user).exists()


def can_import_course(user) -> bool:
    """Whoever may add a course somewhere, and questions to the bank, may bring in a whole course."""
    return place_of_new_courses(user) is not None and can_import_questions(user)


def place_of_new_courses(user) -> Page | None:
    """Where a course that `user` brings in goes: the catalogue for those who keep it, else the first branch they write."""
    places = Page.objects.filter(Q(cataloguepage__isnull=False) | Q(producerpage__isnull=False))
    addable = page_permission_policy.instances_user_has_permission_for(user, "add")
    return places.filter(pk__in=addable.values("pk")).order_by("path").first()


def can_import_lesson(user, parent: Page) -> bool:
    """Whoever may add a lesson to a course or module may bring one in from a file."""
    return LessonPage.can_create_at(parent) and parent.permissions_for_user(user).can_add_subpage()


def can_replace_questions(user) -> bool:
    """Whoever may change the questions of a bank may let a file change those that have its codes."""
    return question_policy.user_has_permission(user, "change")


def has_records(page: Page) -> bool:
    """Whether rows that must be kept (enrolments, attempts, …) stand on this page or one below it.

    It asks what a deletion would meet, so floors above need not be known.
    """
    for found in page.get_descendants(inclusive=True).specific().iterator():
        try:
            Collector(using=router.db_for_write(Page), origin=found).collect([found])
        except (ProtectedError, RestrictedError):
            return True
    return False

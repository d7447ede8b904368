"""Who may review what: the one scoping rule of roles, by the unit of the branch, and four eyes on each revision."""

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from wagtail.models import Page, Revision, TaskState, get_default_page_content_type
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet

from courses.models import CoursePage, ProducerPage, ReviewTask
from lms.people.models import RoleAssignment, Unit, User, inside

REVIEW = "courses.review_course"


def branches_reviewed_by(user: User) -> QuerySet[ProducerPage]:
    """The branches whose unit lies in the scope of a role that carries the right to review."""
    if user.is_active and user.is_superuser:
        return ProducerPage.objects.all()
    return ProducerPage.objects.filter(inside(RoleAssignment.objects.scope_paths(user, REVIEW), "unit__"))


def pages_reviewed_by(user: User) -> PageQuerySet:
    """The pages below those branches; a superuser's are all."""
    if user.is_active and user.is_superuser:
        return Page.objects.all()
    condition = Q(pk__in=[])
    for path in branches_reviewed_by(user).order_by().values_list("path", flat=True):
        condition |= Q(path__startswith=path)
    return Page.objects.filter(condition)


def states_about(pages: PageQuerySet) -> QuerySet[TaskState]:
    """All the reviews of these pages, over or not."""
    keys = pages.order_by().annotate(key=Cast("pk", output_field=CharField())).values("key")
    return TaskState.objects.filter(
        task__in=ReviewTask.objects.values("pk"),
        workflow_state__base_content_type=get_default_page_content_type(),
        workflow_state__object_id__in=keys,
    )


def states_in_sight_of(user: User) -> QuerySet[TaskState]:
    """The reviews of the pages that `user` reviews or writes."""
    written = page_permission_policy.instances_user_has_permission_for(user, "change")
    pages = Page.objects.filter(Q(pk__in=pages_reviewed_by(user).values("pk")) | Q(pk__in=written.values("pk")))
    return states_about(pages)


def with_places(states: QuerySet[TaskState]) -> QuerySet[TaskState]:
    """Each review with the titles of the course and the branch its page stands in."""
    page = Page.objects.filter(pk=Cast(OuterRef("workflow_state__object_id"), output_field=IntegerField()))

    def above(model):
        found = model.objects.annotate(
            below=ExpressionWrapper(OuterRef("path_of_page"), output_field=CharField())
        ).filter(below__startswith=F("path"))
        return Subquery(found.values("title")[:1])

    states = states.annotate(path_of_page=Subquery(page.values("path")[:1]))
    return states.annotate(course=above(CoursePage), branch=above(ProducerPage))


def decidable_by(user: User) -> QuerySet[TaskState]:
    """The reviews that wait for `user`: in their scope, and not of what they wrote or submitted (superusers neither).

    Whoever saved a revision since the page was last published wrote what is under review.
    """
    if not user.is_active:
        return TaskState.objects.none()
    page = Page.objects.filter(pk=Cast(OuterRef("revision__object_id"), output_field=IntegerField()))
    written = Revision.objects.filter(
        base_content_type=OuterRef("revision__base_content_type"),
        object_id=OuterRef("revision__object_id"),
        pk__gt=OuterRef("published"),
        pk__lte=OuterRef("revision"),
        user=user,
    )
    waiting = states_about(pages_reviewed_by(user)).filter(status=TaskState.STATUS_IN_PROGRESS)
    return (
        waiting.alias(published=Coalesce(Subquery(page.values("live_revision")[:1]), Value(0)))
        .filter(~Exists(written))
        .exclude(workflow_state__requested_by=user)
    )


def reviewers_of(state: TaskState) -> list[User]:
    """The people who may decide a review: what is written to reaches them, and nobody else."""
    branch = ProducerPage.objects.ancestor_of(page_of(state), inclusive=True).select_related("unit").first()
    if branch is None:
        return []
    path = branch.unit.path
    above = [path[:end] for end in range(Unit.steplen, len(path) + 1, Unit.steplen)]
    roles = RoleAssignment.objects.carrying(REVIEW).filter(unit__path__in=above)
    people = User.objects.filter(is_active=True, pk__in=roles.values("person")).order_by("pk")
    return [person for person in people if decidable_by(person).filter(pk=state.pk).exists()]


def page_of(state: TaskState) -> Page:
    """The page under review, as it is in the tree."""
    return Page.objects.get(pk=state.workflow_state.object_id)


def course_of(page: Page) -> CoursePage | None:
    return CoursePage.objects.ancestor_of(page, inclusive=True).first()


def reviewed_together(state: TaskState, user: User) -> list[TaskState]:
    """The reviews that `user` may decide in one go with this one, this one first: those of the same course."""
    page = page_of(state)
    course = course_of(page)
    around = course.get_descendants(inclusive=True) if course else Page.objects.filter(pk=page.pk)
    found = decidable_by(user).filter(pk__in=states_about(around).values("pk"))
    paths = dict(around.values_list("pk", "path"))
    rows = found.select_related("revision__user", "workflow_state__requested_by", "task")
    return sorted(rows, key=lambda row: (row.pk != state.pk, paths[int(row.workflow_state.object_id)]))

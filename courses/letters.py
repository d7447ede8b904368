"""What courses write by e-mail about reviews; called by jobs, outside any transaction."""

from collections.abc import Sequence

from django.urls import reverse
from wagtail.models import Page, Revision, TaskState

from courses.models import ReviewRecord
from courses.reviewing import course_of, page_of, reviewers_of
from lms.core.letters import send_letter


def tell_reviewers(state_pk: int) -> None:
    """Write to the people who may decide a review, one by one; to nobody when it was decided or withdrawn since."""
    state = TaskState.objects.select_related("revision", "workflow_state__requested_by").filter(pk=state_pk).first()
    if state is None:
        return
    path = reverse("courses_review", args=[state.pk])
    context = {
        "title": state.revision.object_str,
        "course": course_of(page_of(state)),
        "author": state.workflow_state.requested_by,
    }
    for reviewer in reviewers_of(state):
        _send(reviewer.email, "review_submitted", f"À relire : {state.revision.object_str}", path, context)


def tell_author(record_pks: Sequence[int]) -> None:
    """Tell who submitted pages what was decided of them, and why."""
    records = list(ReviewRecord.objects.filter(pk__in=record_pks).select_related("revision", "reviewer").order_by("pk"))
    author = records[0].task_state.workflow_state.requested_by
    first = page_of(records[0].task_state)
    is_approved = records[0].is_approved
    subject = f"{'Approuvée' if is_approved else 'À modifier'} : {records[0].revision.object_str}"
    context = {
        "records": records,
        "record": records[0],
        "scheduled_at": first.go_live_at if is_approved and not first.live else None,
    }
    path = reverse("wagtailadmin_pages:edit", args=[first.pk])
    _send(author.email, "review_decided", subject, path, context)


def tell_of_held_schedule(revision_pk: int, defects: Sequence[str]) -> None:
    """Tell who wrote a page, else the contact of its course, that it was not published at its hour, and why."""
    revision = Revision.objects.select_related("user").get(pk=revision_pk)
    page = Page.objects.get(pk=revision.object_id)
    course = course_of(page)
    to = revision.user.email if revision.user else (course and course.contact_email)
    if to:
        path = reverse("wagtailadmin_pages:edit", args=[page.pk])
        _send(to, "schedule_held", f"Non publiée : {page.title}", path, {"title": page.title, "defects": defects})


def _send(to: str, letter: str, subject: str, path: str, context: dict) -> None:
    send_letter(to, f"courses/email/{letter}.txt", subject, path, **context)

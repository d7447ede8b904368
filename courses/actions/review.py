"""The pedagogical review: the workflow every branch has, a course submitted whole, and the decision."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from courses.models import CoursePage, ProducerPage, ReviewCriterion, ReviewRecord, ReviewTask
from courses.publication import NotPublishable, defects_of
from courses.reviewing import course_of, decidable_by, page_of
from lms.core.jobs import enqueue
from lms.people.models import User

NAME = "Relecture pédagogique"
SUBMITTED, DECIDED, HELD = "courses.review_submitted", "courses.review_decided", "courses.schedule_held"
# What a public trainer answers for; an administration changes, adds and orders them in the back office.
FIRST_CRITERIA = [
    ("Les objectifs sont énoncés et chaque leçon y conduit", "Un objectif dit ce que l’on saura faire à la fin."),
    (
        "Une personne qui connaît le sujet a vérifié le contenu",
        "Les textes cités sont en vigueur ; les chiffres sont datés.",
    ),
    ("Les sources sont citées et les licences permettent l’usage", "Textes, images, sons et vidéos compris."),
    ("La page est accessible", "Images décrites, vidéos sous-titrées et transcrites, titres dans l’ordre."),
    ("Le poids convient à une connexion 3G", "L’éditeur le dit sous chaque leçon."),
    ("Les évaluations portent sur les objectifs", "Chaque question a sa réponse et son explication."),
    ("Le français est relu", "Phrases courtes, sigles développés, ni faute ni jargon."),
    ("L’adresse de contact et la date de révision sont à jour", ""),
]


class ReviewRefused(Exception):
    """A decision that cannot be taken; says why, in words for the reviewer."""


class NotTheirReview(Exception):
    """A review out of the person's scope, already decided, or of what they wrote themselves."""


@transaction.atomic
def ensure_review() -> Workflow:
    """The workflow of the review, with its step and a checklist to start with; what exists is left as it is."""
    if workflow := Workflow.objects.filter(workflow_tasks__task__in=ReviewTask.objects.values("pk")).first():
        return workflow
    task = ReviewTask.objects.create(name=NAME)
    workflow = Workflow.objects.create(name=NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    if not ReviewCriterion.objects.exists():
        ReviewCriterion.objects.bulk_create(
            ReviewCriterion(text=text, help_text=help_text, sort_order=order)
            for order, (text, help_text) in enumerate(FIRST_CRITERIA)
        )
    return workflow


def attach_review(branch: ProducerPage) -> None:
    """Give a branch the review: imposed where nothing is published without it, else offered unless it has another."""
    workflow = ensure_review()
    kept = WorkflowPage.objects.filter(page=branch.pk)
    if not workflow.active or kept.filter(workflow=workflow).exists():
        return
    if not branch.may_publish:
        kept.delete()
    if not kept.exists():
        WorkflowPage.objects.create(page_id=branch.pk, workflow=workflow)


@transaction.atomic
def submit_with_course(state: TaskState, by: User | None) -> None:
    """Submit with a course all its pages that have changes to review, and tell the reviewers of it once."""
    page = page_of(state).specific
    if isinstance(page, CoursePage):
        for below in page.get_descendants().filter(has_unpublished_changes=True).specific():
            _submit(below, by)
    course = course_of(page)
    if course in (None, page.specific) or not course.workflow_in_progress:
        enqueue(SUBMITTED, key=f"{SUBMITTED}:{state.pk}", payload={"state": state.pk})


def _submit(page: Page, by: User | None) -> None:
    current = page.current_workflow_state
    if current and current.status == WorkflowState.STATUS_NEEDS_CHANGES:
        current.resume(by)
    elif current is None and page.get_lock() is None and (workflow := page.get_workflow()):
        workflow.start(page, by)


@transaction.atomic
def decide(
    states: Iterable[TaskState],
    by: User,
    *,
    is_approved: bool,
    met: Collection[int],
    comment: str,
    now: datetime,
) -> list[ReviewRecord]:
    """Approve pages, which publishes them now or at their hour, or send them back; all of them or none.

    `met`: the ids of the criteria ticked. Raises NotTheirReview, ReviewRefused. Locks the reviews; mails on commit.
    """
    pks = [state.pk for state in states]
    locked = TaskState.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    rank = {pk: place for place, pk in enumerate(pks)}
    rows = sorted(locked, key=lambda state: rank[state.pk])
    if not rows or decidable_by(by).filter(pk__in=pks).count() != len(set(pks)):
        raise NotTheirReview
    criteria = [{"text": row.text, "is_met": row.pk in met} for row in ReviewCriterion.objects.all()]
    comment = comment.strip()
    if is_approved and not all(criterion["is_met"] for criterion in criteria):
        raise ReviewRefused(_("Pour approuver, cochez chaque point de la liste ; sinon, demandez des modifications."))
    if not is_approved and not comment:
        raise ReviewRefused(_("Dites à l’auteur ce qui est à changer."))
    records = [_record(state, by, is_approved, criteria, comment, now) for state in rows]
    try:
        for state, record in zip(rows, records, strict=True):
            (state.approve if is_approved else state.reject)(user=by, comment=said(record))
    except NotPublishable as refusal:
        raise ReviewRefused(str(refusal)) from refusal
    for author in {state.workflow_state.requested_by_id for state in rows} - {None}:
        theirs = [
            row.pk for row, state in zip(records, rows, strict=True) if state.workflow_state.requested_by_id == author
        ]
        enqueue(DECIDED, key=f"{DECIDED}:{theirs[0]}", payload={"records": theirs})
    return records


def _record(
    state: TaskState, by: User, is_approved: bool, criteria: list[dict], comment: str, now: datetime
) -> ReviewRecord:
    if Page.objects.filter(pk=state.workflow_state.object_id).exclude(latest_revision=state.revision_id).exists():
        raise ReviewRefused(
            _("« %(title)s » a changé depuis qu’elle a été soumise. Son auteur doit la soumettre de nouveau.")
            % {"title": state.revision.object_str}
        )
    return ReviewRecord.objects.create(
        task_state=state,
        revision=state.revision,
        reviewer=by,
        is_approved=is_approved,
        criteria=criteria,
        comment=comment,
        decided_at=now,
    )


def said(record: ReviewRecord) -> str:
    """A decision in words, for Wagtail's history of the workflow."""
    parts = [record.comment] if record.comment else []
    if record.is_approved:
        parts.append(_("Points vérifiés : %(list)s.") % {"list": " ; ".join(row["text"] for row in record.criteria)})
    elif record.unmet:
        parts.append(_("Points à revoir : %(list)s.") % {"list": " ; ".join(record.unmet)})
    return "\n".join(parts)


@transaction.atomic
def hold_broken_schedules(now: datetime) -> int:
    """Take off the schedule the pages whose hour has come and that would be published broken; their authors are told."""
    held = 0
    for revision in Revision.page_revisions.filter(approved_go_live_at__lt=now).order_by("pk"):
        if defects := defects_of(revision):
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
            enqueue(
                HELD,
                key=f"{HELD}:{revision.pk}:{now:%Y%m%d%H%M}",
                payload={"revision": revision.pk, "defects": defects},
            )
            held += 1
    return held

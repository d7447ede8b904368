"""Raises the version of a course's outline at each change that its learners could see; keeps the rights of branches.

Passes on what is submitted to review, and keeps what was reviewed as it was, the questions that a quiz may ask included.
"""

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from wagtail.admin.signal_handlers import workflow_approval_email_notifier, workflow_rejection_email_notifier
from wagtail.models import Page, PageViewRestriction, Revision, TaskState, WorkflowState
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
    task_submitted,
    workflow_approved,
    workflow_rejected,
)

from courses.actions.branches import keep_branch, sync_branches, sync_members
from courses.actions.pools import freeze_for_review, freeze_published, freeze_scheduled
from courses.actions.review import submit_with_course
from courses.models import (
    CataloguePage,
    CourseOutline,
    CoursePage,
    LessonPage,
    ModulePage,
    ProducerPage,
    ProgrammePage,
    QuizPage,
    ReviewTask,
)
from courses.page_cache import forget_catalogue_state
from lms.people.signals import scopes_changed

PAGE_TYPES = (CataloguePage, CoursePage, ProgrammePage, ModulePage, LessonPage, QuizPage)
# What saving a draft writes on the page itself; nobody but its editors sees it.
DRAFT_FIELDS = {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes", "locked"}


def raise_outlines(*paths: str) -> None:
    """Raise the version of each course at these paths of the page tree, above them (a module between), or below."""
    step = Page.steplen
    near = models.Q(course__path__in=[path[: -step * up] for path in paths for up in (1, 2)])
    for path in paths:
        near |= models.Q(course__path__startswith=path)
    CourseOutline.objects.filter(near).raise_version()
    forget_catalogue_state()
    transaction.on_commit(forget_catalogue_state)


@receiver(scopes_changed)
def follow_scopes(sender, person, on, **kwargs):
    sync_branches(person, on)


@receiver(post_save, sender=ProducerPage)
def follow_branch(sender, instance, raw, update_fields=None, **kwargs):
    if not raw and (update_fields is None or not set(update_fields) <= DRAFT_FIELDS):
        keep_branch(instance)
        sync_members()
        freeze_published(Page.objects.descendant_of(instance))


@receiver(post_save, sender=CoursePage)
def create_outline(sender, instance, created, raw, **kwargs):
    if created and not raw:
        CourseOutline.objects.get_or_create(course=instance)


@receiver(post_save)
def raise_on_save(sender, instance, created, raw, update_fields=None, **kwargs):
    if raw or sender not in PAGE_TYPES or (update_fields is not None and set(update_fields) <= DRAFT_FIELDS):
        return
    raise_outlines(instance.path)


@receiver(post_delete)
def raise_on_delete(sender, instance, **kwargs):
    if sender in PAGE_TYPES:
        raise_outlines(instance.path)


@receiver([page_published, page_unpublished, page_slug_changed])
def raise_on_publication(sender, instance, **kwargs):
    raise_outlines(instance.path)


@receiver(post_page_move)
def raise_on_move(sender, instance, parent_page_before, parent_page_after, **kwargs):
    step = Page.steplen
    # A page moved into a course or one of its modules, out of it, or within; a course itself.
    raise_outlines(instance.path, parent_page_before.path + "0" * step)


@receiver(post_page_move, sender=ModulePage)
def keep_module_address(sender, instance, parent_page_after, url_path_after, **kwargs):
    """Wagtail moves a page without asking its type, and so gives a module an address of its own: take it back."""
    Page.objects.filter(pk=instance.pk).update(url_path=parent_page_after.url_path)
    instance._update_descendant_url_paths(url_path_after, parent_page_after.url_path)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def raise_on_restriction(sender, instance, **kwargs):
    if path := Page.objects.filter(pk=instance.page_id).values_list("path", flat=True).first():
        raise_outlines(path)


@receiver(m2m_changed, sender=PageViewRestriction.groups.through)
def raise_on_restricted_groups(sender, instance, **kwargs):
    restrictions = instance.pageviewrestriction_set.all() if isinstance(instance, Group) else [instance]
    for restriction in restrictions:
        raise_on_restriction(sender, restriction)


# --- The pedagogical review


@receiver(task_submitted)
def follow_submission(sender, instance, user, **kwargs):
    if isinstance(instance.task.specific, ReviewTask):
        freeze_for_review(instance)
        submit_with_course(instance, user)


@receiver(page_published, sender=QuizPage)
def freeze_at_publication(sender, instance, **kwargs):
    """What was reviewed is frozen already; here, what is published by who may without it."""
    freeze_published(Page.objects.filter(pk=instance.pk))


@receiver(post_page_move)
def freeze_after_move(sender, instance, **kwargs):
    freeze_published(Page.objects.descendant_of(instance, inclusive=True))


@receiver(post_save, sender=Revision)
def freeze_at_scheduling(sender, instance, raw, **kwargs):
    if not raw and instance.approved_go_live_at:
        freeze_scheduled(instance)


# Wagtail would write to the author itself, page by page: its two receivers, which connect later under the same names, are
# replaced by these, which leave our review to `courses.letters`.
@receiver(workflow_approved, sender=WorkflowState, dispatch_uid="workflow_state_approved_email_notification")
def tell_of_other_approvals(sender, instance, **kwargs):
    if not isinstance(instance.current_task_state.task.specific, ReviewTask):
        workflow_approval_email_notifier(instance=instance, sender=sender, **kwargs)


@receiver(workflow_rejected, sender=WorkflowState, dispatch_uid="workflow_state_rejected_email_notification")
def tell_of_other_rejections(sender, instance, **kwargs):
    if not isinstance(instance.current_task_state.task.specific, ReviewTask):
        workflow_rejection_email_notifier(instance=instance, sender=sender, **kwargs)


@receiver(pre_save, sender=Revision)
def keep_reviewed_content(sender, instance, raw, update_fields=None, **kwargs):
    """A revision submitted to review, or published, stays as it was read: the editor's autosave may not write over it."""
    if raw or instance.pk is None or (update_fields is not None and "content" not in update_fields):
        return
    is_live = Page.objects.filter(live_revision=instance.pk).exists()
    if is_live or TaskState.objects.filter(revision=instance.pk).exists():
        raise PermissionDenied(
            _(
                "Cette version a été relue ou publiée : elle ne change plus. Rechargez la page, puis enregistrez de nouveau."
            )
        )

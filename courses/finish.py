"""What the end of a workflow does (WAGTAIL_FINISH_WORKFLOW_ACTION). Wagtail loads this while it loads its own models."""


def publish_reviewed(workflow_state, user=None):
    """Publish what was approved, and nothing newer, now or at its hour. Raises NotPublishable.

    A reviewer needs no right to publish: the review is that right.
    """
    from courses.models import ReviewTask
    from courses.publication import check_publishable

    state = workflow_state.current_task_state
    check_publishable(state.revision)
    is_reviewed = isinstance(state.task.specific, ReviewTask)
    state.revision.publish(user=user, skip_permission_checks=is_reviewed)

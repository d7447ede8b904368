"""Who may mark and judge what: those who teach the course, never their own answers."""

from wagtail.permission_policies.pages import PagePermissionPolicy

from courses.permissions import can_teach
from lms.assessment.models import Attempt
from lms.core.permissions import ReadOnlyPolicy
from lms.people.models import User


def can_judge(user: User, attempt: Attempt) -> bool:
    """Whether `user` may mark the answers of an attempt, regrade it or grant its learner something."""
    return attempt.enrolment.person_id != user.pk and can_teach(user, attempt.enrolment.course)


class TeachingPolicy(ReadOnlyPolicy):
    """Lists for whoever may write some course; which rows they see is the matter of `taught_by`."""

    def user_has_permission(self, user, action) -> bool:
        return action == "view" and PagePermissionPolicy().user_has_permission(user, "change")

"""Who may look at jobs and at the audit trail, and who may replay or cancel jobs."""

from wagtail.permission_policies import ModelPermissionPolicy

# The permission, given to groups in the back office, to replay and cancel jobs.
OPERATE_JOBS = "core.operate_job"


def can_operate_jobs(user) -> bool:
    return user.has_perm(OPERATE_JOBS)


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Rows that the platform alone writes: they can be viewed with the right to, and no more, even by a superuser."""

    def user_has_permission(self, user, action) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")

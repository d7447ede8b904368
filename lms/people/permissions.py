"""What a person may open, asked often and therefore in one query."""

from django.contrib.auth.models import Permission
from django.db.models import Exists

from lms.people.models import Post, RoleAssignment, User


def navigation_rights(user: User) -> dict[str, bool]:
    """Whether `user` has people to see (as manager, or by a role in force) and may enter the back office. One query."""
    if not user.is_active:  # an anonymous is not
        return {"people": False, "backoffice": False}
    if user.is_superuser:
        return {"people": True, "backoffice": True}
    may_enter = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin", group__user=user.pk
    )
    return (
        User.objects.filter(pk=user.pk)
        .values(
            people=Exists(Post.objects.in_force().filter(manager=user.pk))
            | Exists(RoleAssignment.objects.granting(user, "people.view_user")),
            backoffice=Exists(may_enter),
        )
        .get()
    )

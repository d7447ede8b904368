"""Posts: who serves where, from when to when."""

from django.db import transaction
from django.utils import timezone

from lms.core.audit import record
from lms.people.actions.identity import check_matricule
from lms.people.models import Post, User


@transaction.atomic
def save_post(post: Post, *, by: User | None) -> Post:
    """Write a new or changed post. Raises MatriculeTaken when it brings the person beside one with their matricule.

    Locks the person, then the top unit of the post.
    """
    person = User.objects.select_for_update().get(pk=post.person_id)
    check_matricule(person, person.matricule, [post.unit], timezone.localdate())
    verb = "people.add_post" if post.pk is None else "people.change_post"
    post.save()
    record(
        verb,
        by,
        post,
        person=post.person_id,
        unit=post.unit.code,
        starts_on=post.starts_on.isoformat(),
        ends_on=post.ends_on and post.ends_on.isoformat(),
    )
    return post

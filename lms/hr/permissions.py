"""Who may open the pages of a team: the one scoping rule decides whom they show, this decides whether there is anybody."""

from lms.people.models import User
from lms.people.permissions import navigation_rights


def can_see_people(user: User) -> bool:
    """Whether `user` has a team to look at: a role that shows people, or posts in force that name them as manager."""
    return navigation_rights(user)["people"]

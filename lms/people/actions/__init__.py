"""What is done to people and structures; each module holds the acts of one matter."""

from lms.people.actions.identity import MatriculeTaken, correct_identity
from lms.people.actions.organisations import admit_domain, load_organisations
from lms.people.actions.posts import save_post
from lms.people.actions.roles import change_role, ensure_groups, grant_role, revoke_role, sync_memberships
from lms.people.actions.units import save_domain, save_unit

__all__ = [
    "MatriculeTaken",
    "admit_domain",
    "change_role",
    "correct_identity",
    "ensure_groups",
    "grant_role",
    "load_organisations",
    "revoke_role",
    "save_domain",
    "save_post",
    "save_unit",
    "sync_memberships",
]

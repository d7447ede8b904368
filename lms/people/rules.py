"""Decisions about people that need no database: roles, admitted e-mail domains, matricules."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The roles the platform knows; each is a group of this name, to which an administration may add others."""

    TRAINER = "Formateurs"
    REVIEWER = "Relecteurs"
    HR = "Ressources humaines"
    CERTIFICATION = "Certification"
    ADMINISTRATOR = "Administrateurs"


# What each role may do on this floor and below; higher floors add theirs by the hook `register_role_permissions`.
# The scope (on whom, on which units) is another matter: see `visible_to` and `in_scope_of`.
ROLE_PERMISSIONS: dict[Role, list[str]] = {
    Role.TRAINER: ["wagtailadmin.access_admin", "skills.view_competence", "skills.view_jobprofile"],
    Role.REVIEWER: ["wagtailadmin.access_admin", "skills.view_competence", "skills.view_jobprofile"],
    Role.HR: [
        "wagtailadmin.access_admin",
        "people.view_user",
        "people.correct_user",
        "people.view_unit",
        "people.add_post",
        "people.change_post",
        "people.view_post",
        "skills.view_competence",
        "skills.view_jobprofile",
    ],
    Role.CERTIFICATION: ["wagtailadmin.access_admin"],
    Role.ADMINISTRATOR: [
        "wagtailadmin.access_admin",
        "people.view_user",
        "people.correct_user",
        *(
            f"{model_path}_{model}"
            for model_path in ("people.add", "people.change", "people.view")
            for model in ("unit", "post", "roleassignment", "emaildomain")
        ),
        *(
            f"{model_path}_{model}"
            for model_path in ("skills.add", "skills.change", "skills.delete", "skills.view")
            for model in ("framework", "area", "competence", "jobprofile", "strand")
        ),
        "people.delete_emaildomain",
    ],
}


def email_domain(email: str) -> str:
    """The domain of an address, in lower case; empty when it is not written plainly.

    Only letters, digits, hyphens and single dots are plain: a domain in other alphabets looks like one it is not, and
    a trailing dot would make a second address of the first.
    """
    domain = email.strip().rpartition("@")[2].lower()
    labels = domain.split(".")
    if len(labels) < 2 or "@" not in email or not domain.isascii():
        return ""
    if any(not label.replace("-", "").isalnum() or label[0] == "-" or label[-1] == "-" for label in labels):
        return ""
    return domain


def may_open_account(email: str, domains: Mapping[str, bool]) -> bool:
    """Whether an address may open an account, given the known domains and whether each is admitted.

    A domain speaks for its sub-domains, unless one of them is listed too: the closest decides.
    """
    domain = email_domain(email)
    while domain:
        if domain in domains:
            return domains[domain]
        domain = domain.partition(".")[2]
    return False


def plain_name(text: str) -> str:
    """A name as it is kept: single spaces, without controls, direction marks and other signs that show nothing.

    They would disguise a name on a verification page, and no spreadsheet or PDF holds them all.
    """
    return " ".join("".join(c for c in text if c.isspace() or not unicodedata.category(c).startswith("C")).split())


def plain_matricule(text: str) -> str:
    """A matricule as it is kept and compared: no spaces, capital letters."""
    return "".join(text.split()).upper()

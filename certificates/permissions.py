"""Who may do what to certificates."""

from certificates.models import Certificate, SubstantialVersion
from courses.models import CoursePage
from courses.reviewing import pages_reviewed_by
from lms.people.models import User

VIEW = "certificates.view_certificate"
REVOKE = "certificates.revoke_certificate"
SUSPEND = "certificates.suspend_certificate"
REISSUE = "certificates.reissue_certificate"
DESIGN = [f"certificates.{act}_design" for act in ("view", "add", "change", "delete")]
VIEW_HOLD = "certificates.view_hold"
DECIDE_HOLD = "certificates.decide_hold"
VIEW_BATCH = "certificates.view_issuebatch"
PROPOSE_BATCH = "certificates.propose_issuebatch"
APPROVE_BATCH = "certificates.approve_issuebatch"
VIEW_ACTS = "certificates.view_actbatch"
STOP = "certificates.stop_issuing"
POLICY = [f"certificates.{act}_coursepolicy" for act in ("view", "add", "change")]
VIEW_NAME = "certificates.view_namecorrection"
CHECK_NAME = "certificates.check_namecorrection"
DECIDE_NAME = "certificates.decide_namecorrection"
VIEW_UPDATE = "certificates.view_recertification"
VIEW_VERSION = "certificates.view_substantialversion"
# What the role of human resources holds.
HR_OFFICER = [VIEW, VIEW_UPDATE, VIEW_NAME, CHECK_NAME]
# What the role of certification holds.
OFFICER = [
    *(VIEW, VIEW_UPDATE, REVOKE, SUSPEND, REISSUE, *DESIGN),
    *(VIEW_HOLD, DECIDE_HOLD, VIEW_NAME, DECIDE_NAME),
    *(VIEW_BATCH, PROPOSE_BATCH, APPROVE_BATCH, VIEW_ACTS, STOP, *POLICY),
]


def can_act_on(user: User, person: User, permission: str) -> bool:
    """Whether a role of `user` over the unit of `person` lets them act on what concerns them; never on one's own.

    Being someone's manager shows their certificates, and gives no right over them.
    """
    if person.pk == user.pk:
        return False
    return User.objects.in_scope_of(user, permission).filter(pk=person.pk).exists()


def can_act_on_certificate(user: User, certificate: Certificate, permission: str) -> bool:
    """Whether `user` may do to a certificate what takes this permission, their own excepted."""
    return can_act_on(user, certificate.person, permission)


def can_confirm_version(user: User, course: CoursePage) -> bool:
    """Whoever may publish a course says alone which of its versions is substantial; others propose it."""
    return course.permissions_for_user(user).can_publish()


def can_decide_version(user: User, version: SubstantialVersion) -> bool:
    """Whether `user` may confirm or refuse what another proposed: a reviewer of its branch, while nobody did."""
    if hasattr(version, "decision") or version.marked_by_id == user.pk or not user.is_active:
        return False
    return pages_reviewed_by(user).filter(pk=version.course_id).exists()

"""How the certificates of a course are issued: written with a trace."""

from django.db import transaction

from certificates.models import CoursePolicy
from lms.core import audit
from lms.people.models import User


@transaction.atomic
def save_policy(policy: CoursePolicy, by: User) -> CoursePolicy:
    """Write the rule of one course; it holds for the certificates to come."""
    policy.save()
    audit.record("certificate.save_policy", by, policy, mode=str(policy.mode), validity_months=policy.validity_months)
    return policy

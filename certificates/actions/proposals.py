"""The decision another person takes of what was proposed."""

from collections.abc import Callable
from datetime import datetime

from certificates.models.proposals import Proposal
from lms.core import audit
from lms.people.models import User


class BatchRefused(Exception):
    """Nothing to propose, somebody decided already, no reason is given, or not this person's to decide."""


def decide(
    proposal: Proposal, may: Callable[..., bool], state: str, actor: User, reason: str, now: datetime
) -> Proposal:
    """Write the decision, when `may` lets this person take it; called in a transaction. Locks the row. Raises BatchRefused.

    A rejection says why.
    """
    proposal = type(proposal).objects.select_for_update().get(pk=proposal.pk)
    if not may(proposal, actor) or (state == Proposal.State.REJECTED and not reason.strip()):
        raise BatchRefused
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.reason = state, actor, now, reason.strip()
    proposal.save()
    audit.record(f"certificate.{proposal.TRAIL}_{state}", actor, proposal, reason=proposal.reason)
    return proposal

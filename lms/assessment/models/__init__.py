"""Assessment: attempts, the questions served in them, and what was said of them since."""

from lms.assessment.models.attempts import Attempt, AttemptQuerySet, ServedQuestion
from lms.assessment.models.ledger import MarkLine

__all__ = ["Attempt", "AttemptQuerySet", "MarkLine", "ServedQuestion"]

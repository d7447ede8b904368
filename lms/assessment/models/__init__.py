"""Assessment: attempts, the questions served in them, and what was said of them since."""

from lms.assessment.models.allowances import Allowance
from lms.assessment.models.appeals import Appeal, QuestionFlag
from lms.assessment.models.attempts import Attempt, AttemptQuerySet, ServedQuestion
from lms.assessment.models.files import AnswerFile
from lms.assessment.models.ledger import MarkLine
from lms.assessment.models.regrades import Regrade
from lms.assessment.models.sittings import (
    IdentityCheck,
    SittingEntry,
    SittingIncident,
    SittingRecord,
    SittingSupervisor,
    SupervisedSitting,
)
from lms.assessment.models.statistics import ItemStatistics

__all__ = [
    "Allowance",
    "AnswerFile",
    "Appeal",
    "Attempt",
    "AttemptQuerySet",
    "IdentityCheck",
    "ItemStatistics",
    "MarkLine",
    "QuestionFlag",
    "Regrade",
    "ServedQuestion",
    "SittingEntry",
    "SittingIncident",
    "SittingRecord",
    "SittingSupervisor",
    "SupervisedSitting",
]

"""What a learner is shown of an attempt, and when.

Each preset, and what it shows:

| shown                         | practice     | formative        | summative        | exam          |
|-------------------------------|--------------|------------------|------------------|---------------|
| a question checked meanwhile  | everything   | –                | –                | –             |
| the mark                      | submission   | submission       | submission       | closing       |
| right or wrong, by question   | submission   | submission       | submission       | closing       |
| right answers, explanations   | submission   | submission       | the end          | never         |

*Closing*: the closing date is past, or there is none. *The end*: the closing date is past or, when there is none, nothing
is left to gain: the quiz is passed or its attempts are used up.
"""

from dataclasses import dataclass
from datetime import datetime

from courses.rules.answers import MANUAL_TYPES, UNMARKED_TYPES
from lms.assessment.rules.terms import EXAM, FORMATIVE, PRACTICE, SUMMATIVE


@dataclass(frozen=True)
class Shown:
    """What may be told of an attempt or of one of its questions. `answers` goes with their explanations."""

    mark: bool = False
    verdicts: bool = False
    answers: bool = False


NOTHING, EVERYTHING = Shown(), Shown(mark=True, verdicts=True, answers=True)


def shown_after_submission(
    preset: str, closes_at: datetime | None, now: datetime, nothing_left_to_gain: bool = False
) -> Shown:
    """What is told of a submitted attempt at `now`. An unknown preset tells nothing."""
    is_the_end = nothing_left_to_gain if closes_at is None else now > closes_at
    if preset in (PRACTICE, FORMATIVE):
        return EVERYTHING
    if preset == SUMMATIVE:
        return Shown(mark=True, verdicts=True, answers=is_the_end)
    if preset == EXAM:
        is_told = not is_withheld(preset, closes_at, now)
        return Shown(mark=is_told, verdicts=is_told)
    return NOTHING


def is_withheld(preset: str, closes_at: datetime | None, now: datetime) -> bool:
    """Whether a mark is kept from its learner and from the course: an exam tells all of its marks at its closing."""
    return preset == EXAM and closes_at is not None and now <= closes_at


def may_check(preset: str, type: str) -> bool:
    """Whether a question of this type may be checked, and so given its correction, before the attempt is submitted."""
    return preset == PRACTICE and type not in MANUAL_TYPES | UNMARKED_TYPES


def latest(*moments: datetime | None) -> datetime | None:
    """The last of several closing dates: a quiz kept open longer keeps its answers longer."""
    return max((moment for moment in moments if moment is not None), default=None)

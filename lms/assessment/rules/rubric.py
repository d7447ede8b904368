"""How a person marks an answer: criteria, each worth points of its own, brought to what the question is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from lms.assessment.rules.scoring import points_for

WHOLE = "whole"


@dataclass(frozen=True)
class Criterion:
    """One thing looked at in an answer, worth `points` at the most."""

    id: str
    text: str
    points: Decimal
    description: str = ""


def criteria_of(content: Mapping, points: int) -> list[Criterion]:
    """The rubric of a question ({"rubric": [{"id", "text", "points", "description"}]}); without one, the answer as a whole."""
    listed = [Criterion(str(each["id"]), each["text"], Decimal(each["points"])) for each in content.get("rubric") or []]
    return listed or [Criterion(WHOLE, _("La réponse dans son ensemble"), Decimal(points))]


def rubric_points(criteria: Sequence[Criterion], given: Mapping[str, Decimal], points: int) -> Decimal:
    """Points of a question worth `points`, for those given to each criterion (0 to its own points)."""
    possible = sum(each.points for each in criteria)
    total = sum(given[each.id] for each in criteria)
    return points_for(Decimal(total) / possible, points) if possible else Decimal(0)

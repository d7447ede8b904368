"""The rules an attempt was begun under, as its record keeps them."""

import datetime
from dataclasses import dataclass, fields
from typing import Any, Self

PRACTICE, FORMATIVE, SUMMATIVE, EXAM = "practice", "formative", "summative", "exam"


@dataclass(frozen=True)
class Terms:
    """What a quiz said at the start of the attempt. The defaults are those of attempts begun before quizzes had them."""

    preset: str = FORMATIVE
    assurance: str = "N2"
    max_attempts: int = 0
    wait_minutes: int = 0
    time_limit_minutes: int = 0
    opens_at: datetime.datetime | None = None
    closes_at: datetime.datetime | None = None
    one_per_page: bool = False
    shuffle_questions: bool = True
    shuffle_options: bool = True
    partial_credit: bool = True
    penalty_percent: int = 0

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """From `QuizPage.rules()`; what an older or a newer record lacks or has more is left."""
        known = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        for name in ("opens_at", "closes_at"):
            if isinstance(known.get(name), str):
                known[name] = datetime.datetime.fromisoformat(known[name])
        return cls(**known)

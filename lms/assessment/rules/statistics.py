"""What the answers to a question say of the question, and when they say it is a poor one.

Thresholds: R. Ebel and D. Frisbie, Essentials of Educational Measurement, 5th ed. (1991), p. 232, for discrimination;
T. Haladyna and S. Downing, « How many options is enough for a multiple-choice test item? », Educational and
Psychological Measurement 53 (1993), for options that nobody takes; Moodle, « Quiz report statistics », for facility.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _

MIN_ANSWERS = 30  # before anything is said: with fewer, a correlation is mostly chance
TOO_EASY_PERCENT = 95
TOO_HARD_PERCENT = 20
WEAK_DISCRIMINATION = 0.2
LONGEST_ANSWER = datetime.timedelta(minutes=15)  # beyond, the learner was doing something else
LONGEST_LESSON = datetime.timedelta(hours=1)  # the same, for a whole lesson
LONGEST_QUIZ = datetime.timedelta(hours=4)
MIN_TIMES = 5  # durations before a median is told


@dataclass(frozen=True)
class Answer:
    """One question of one submitted attempt, as counted here. `share`: 0 to 1; None when nobody marks it."""

    version_id: int
    share: float | None
    points: float
    choices: tuple[str, ...] = ()
    answered_at: datetime.datetime | None = None


@dataclass
class Tally:
    """Sums over the answers to one version; their size does not grow with the number of answers."""

    answers: int = 0
    unanswered: int = 0
    marked: int = 0
    share: float = 0.0
    pairs: int = 0
    sums: list[float] = field(default_factory=lambda: [0.0] * 5)  # x, x², y, y², xy
    choices: Counter = field(default_factory=Counter)
    seconds: Counter = field(default_factory=Counter)

    def add(self, answer: Answer, rest: float | None, seconds: int | None) -> None:
        """Count one answer; `rest` is the share (0 to 1) of the other points of the attempt."""
        self.answers += 1
        self.choices.update(answer.choices)
        if seconds is not None:
            self.seconds[seconds] += 1
        if answer.answered_at is None:
            self.unanswered += 1
        if answer.share is None:
            return
        self.marked += 1
        self.share += answer.share
        if rest is not None:
            self.pairs += 1
            x, y = answer.share, rest
            for place, value in enumerate((x, x * x, y, y * y, x * y)):
                self.sums[place] += value

    @property
    def facility_percent(self) -> float | None:
        """Mean share of the points obtained, 0 to 100."""
        return 100 * self.share / self.marked if self.marked else None

    @property
    def discrimination(self) -> float | None:
        """Correlation of the question with the rest of the attempt (point-biserial, corrected: itself left out).

        -1 to 1; None when all did the same.
        """
        if self.pairs < 2:
            return None
        x, xx, y, yy, xy = (total / self.pairs for total in self.sums)
        spread = (xx - x * x) * (yy - y * y)
        return max(-1.0, min(1.0, (xy - x * y) / sqrt(spread))) if spread > 1e-12 else None

    @property
    def median_seconds(self) -> int | None:
        return median(self.seconds)


def count_attempt(tallies: dict[int, Tally], answers: Sequence[Answer], started_at: datetime.datetime) -> None:
    """Add the answers of one attempt to the tallies, by version."""
    marked = [answer for answer in answers if answer.share is not None]
    points = sum(answer.points for answer in marked)
    awarded = sum(answer.share * answer.points for answer in marked)
    times = answer_seconds(answers, started_at)
    for answer in answers:
        rest = None
        if answer.share is not None and points > answer.points:
            rest = (awarded - answer.share * answer.points) / (points - answer.points)
        tallies.setdefault(answer.version_id, Tally()).add(answer, rest, times.get(answer.version_id))


def answer_seconds(answers: Iterable[Answer], started_at: datetime.datetime) -> dict[int, int]:
    """Seconds between each answer and the one before it, by version.

    Only answers saved one by one say how long they took: those sent together with a whole page are left out, as is what
    lasted longer than `LONGEST_ANSWER`.
    """
    moments = Counter(answer.answered_at for answer in answers if answer.answered_at)
    by_moment = {answer.answered_at: answer.version_id for answer in answers if answer.answered_at}
    before, found = started_at, {}
    for moment in sorted(moments):
        if moments[moment] == 1 and datetime.timedelta(0) < moment - before <= LONGEST_ANSWER:
            found[by_moment[moment]] = round((moment - before).total_seconds())
        before = moment
    return found


def chosen(kind: str, content: Mapping[str, Any], response: Any) -> tuple[str, ...]:
    """The options picked in an answer, by identifier; "true" or "false" for a statement. Nothing for other types."""
    if kind == "true_false":
        return (str(response).lower(),) if isinstance(response, bool) else ()
    if not content.get("options"):
        return ()
    picks = response if isinstance(response, list) else [response]
    known = {option["id"] for option in content["options"]}
    return tuple(pick for pick in picks if isinstance(pick, str) and pick in known)


@dataclass(frozen=True)
class OptionCount:
    """An option of a question, whether it is right, and how many chose it."""

    letter: str
    text: str
    is_right: bool
    count: int
    percent: int


def option_counts(kind: str, content: Mapping[str, Any], choices: Mapping[str, int], answers: int) -> list[OptionCount]:
    """The options of a choice with what became of them, in the author's order; [] for other types."""
    if kind == "true_false":
        options = [("true", _("Vrai"), content["answer"] is True), ("false", _("Faux"), content["answer"] is False)]
    else:
        right = content.get("answer")
        right = right if isinstance(right, list) else [right]
        options = [(each["id"], each["text"], each["id"] in right) for each in content.get("options", [])]
    return [
        OptionCount(
            chr(ord("A") + rank % 26), text, is_right, choices.get(pk, 0), percent_of(choices.get(pk, 0), answers)
        )
        for rank, (pk, text, is_right) in enumerate(options)
    ]


def faults(
    answers: int, facility: float | None, discrimination: float | None, options: Sequence[OptionCount] = ()
) -> list[str]:
    """Why a question should be looked at again, in sentences; [] when nothing is wrong or too few answered."""
    if answers < MIN_ANSWERS or facility is None:
        return []
    found = []
    if facility > TOO_EASY_PERCENT:
        found.append(
            _("Trop facile : %(percent)d %% des points sont obtenus, elle n’apprend rien.") % {"percent": facility}
        )
    elif facility < TOO_HARD_PERCENT:
        found.append(
            _("Très difficile : %(percent)d %% des points sont obtenus. L’énoncé est-il clair, la leçon suffit-elle ?")
            % {"percent": facility}
        )
    if discrimination is not None and discrimination < 0:
        found.append(
            _("Les meilleurs se trompent plus souvent que les autres : vérifiez la bonne réponse et l’énoncé.")
        )
    elif (
        discrimination is not None
        and discrimination < WEAK_DISCRIMINATION
        and TOO_HARD_PERCENT <= facility <= TOO_EASY_PERCENT
    ):
        found.append(_("Elle distingue mal ceux qui savent des autres."))
    return found + option_faults(options)


def option_faults(options: Sequence[OptionCount]) -> list[str]:
    """Wrong options that nobody takes, or that are taken more often than the right one."""
    wrong = [option for option in options if not option.is_right]
    found = [
        _("Personne ne choisit la réponse %(letter)s (« %(text)s ») : elle ne trompe personne.")
        % {"letter": option.letter, "text": shortened(option.text)}
        for option in wrong
        if not option.count and len(options) > 2
    ]
    right = [option.count for option in options if option.is_right]
    if len(right) == 1:
        found += [
            _("La réponse fausse %(letter)s (« %(text)s ») est choisie plus souvent que la bonne.")
            % {"letter": option.letter, "text": shortened(option.text)}
            for option in wrong
            if option.count > right[0]
        ]
    return found


def shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"


def percent_of(part: int, whole: int) -> int:
    """Rounded share, 0 to 100."""
    return round(100 * part / whole) if whole else 0


def median(values: Mapping[int, int]) -> int | None:
    """The median of values given with how many times each occurs; None under `MIN_TIMES` of them."""
    total = sum(values.values())
    if total < MIN_TIMES:
        return None
    seen, low = 0, None
    for value in sorted(values):
        seen += values[value]
        if low is not None:
            return round((low + value) / 2)
        if seen * 2 > total:
            return value
        if seen * 2 == total:
            low = value
    return low


def sitting_minutes(before: datetime.datetime, at: datetime.datetime, longest: datetime.timedelta) -> int | None:
    """Minutes between two facts of one learner, at least 1; None when a break must have come between them."""
    return max(1, round((at - before).total_seconds() / 60)) if at - before <= longest else None

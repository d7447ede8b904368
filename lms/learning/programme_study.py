"""A learner in a programme, as its page shows it: the state of each course, how much counts, what comes next."""

from dataclasses import dataclass

from courses.models import ProgrammePage
from courses.programmes import ShownPart
from lms.learning.models import Enrolment, ProgrammeEnrolment
from lms.learning.programme_rules import Tally, next_part
from lms.learning.programmes import standing_of
from lms.people.models import User

DONE, WAITING, UNDER_WAY, TODO, CLOSED = "done", "waiting", "under_way", "todo", "closed"


@dataclass(frozen=True)
class Line:
    """One course of the programme. `percent`: of a course under way; `title` and `url` are "" where it is closed to the visitor."""

    number: int
    course_id: int
    title: str
    url: str
    minutes: int
    is_required: bool
    state: str
    percent: int = 0


@dataclass(frozen=True)
class ProgrammeStudy:
    """Where a visitor stands; `enrolment` is None for who does not follow the programme."""

    enrolment: ProgrammeEnrolment | None
    tally: Tally | None
    lines: list[Line]
    next_line: Line | None

    @property
    def is_completed(self) -> bool:
        return self.enrolment is not None and self.enrolment.state == ProgrammeEnrolment.State.COMPLETED

    @property
    def percent(self) -> int:
        """A completed programme stays at 100 whatever became of it since."""
        return 100 if self.is_completed else self.tally.percent if self.tally else 0


def seen_by_visitor(parts: list[ShownPart]) -> ProgrammeStudy:
    """The programme as someone sees it who is not signed in."""
    lines = [_line(number, part, None, set()) for number, part in enumerate(parts, start=1)]
    return ProgrammeStudy(None, None, lines, None)


def study_programme(user: User, programme: ProgrammePage, parts: list[ShownPart]) -> ProgrammeStudy:
    """The programme as one of its learners, or someone who may become one, sees it; four or five queries."""
    kept = ProgrammeEnrolment.objects.filter(person=user, programme=programme)
    enrolment = kept.exclude(state=ProgrammeEnrolment.State.WITHDRAWN).first()
    tally, counting = standing_of(user.pk, programme)
    courses = Enrolment.objects.filter(person=user, course__in=[part.course_id for part in parts])
    rows = {row.course_id: row for row in courses.exclude(state=Enrolment.State.WITHDRAWN)}
    lines = [_line(number, part, rows.get(part.course_id), counting) for number, part in enumerate(parts, start=1)]
    settled = {line.course_id for line in lines if line.state in (DONE, WAITING)}
    possible = {line.course_id for line in lines if line.state in (UNDER_WAY, TODO)}
    following = next_part(lines, settled, possible, tally.optional_left) if enrolment else None
    return ProgrammeStudy(enrolment, tally, lines, following)


def programmes_followed_by(user: User) -> list[ProgrammeEnrolment]:
    """What `user` follows or completed, latest first; one query."""
    rows = ProgrammeEnrolment.objects.filter(person=user, programme__live=True).select_related("programme")
    return list(rows.exclude(state=ProgrammeEnrolment.State.WITHDRAWN))


def _line(number: int, part: ShownPart, enrolment: Enrolment | None, counting: set[int]) -> Line:
    is_shown = part.is_open or enrolment is not None
    if part.course_id in counting:
        state = DONE
    elif enrolment and enrolment.state == Enrolment.State.COMPLETED:
        state = WAITING
    elif not part.is_open:
        state = CLOSED
    else:
        state = UNDER_WAY if enrolment else TODO
    return Line(
        number=number,
        course_id=part.course_id,
        title=part.title if is_shown else "",
        url=part.url if is_shown and part.is_open else "",
        minutes=part.minutes if is_shown else 0,
        is_required=part.is_required,
        state=state,
        percent=enrolment.progress_percent if enrolment and state == UNDER_WAY else 0,
    )

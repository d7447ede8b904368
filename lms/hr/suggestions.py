"""Which courses of the catalogue close the gaps of a skill sheet, the most useful first. A reading, no table."""

from dataclasses import dataclass, field

from courses.models import CompetenceGain, CoursePage
from lms.hr.rules import levels_closed
from lms.hr.sheets import SheetLine, SkillSheet
from lms.learning.models import Enrolment


@dataclass
class Suggestion:
    """A course, whether the person is already in it, and the gaps it closes: (line of the sheet, level gained)."""

    course: CoursePage
    is_under_way: bool
    gains: list[tuple[SheetLine, int]] = field(default_factory=list)

    @property
    def closed_count(self) -> int:
        return sum(levels_closed(line.required, line.level, level) for line, level in self.gains)


def suggested_courses(sheet: SkillSheet, limit: int = 3) -> list[Suggestion]:
    """At most `limit` courses not yet completed that close a gap: those closing most levels first (two queries)."""
    lines = {line.competence.pk: line for line in sheet.lines if line.gap}
    if not lines:
        return []
    states = dict(
        Enrolment.objects.filter(person=sheet.person)
        .exclude(state=Enrolment.State.WITHDRAWN)
        .values_list("course_id", "state")
    )
    done = [course for course, state in states.items() if state == Enrolment.State.COMPLETED]
    gains = (
        CompetenceGain.objects.filter(course__in=CoursePage.objects.in_catalogue(), competence__in=lines)
        .exclude(course__in=done)
        .select_related("course")
        .order_by("course__position", "course", "sort_order")
    )
    suggestions: dict[int, Suggestion] = {}
    for gain in gains:
        line = lines[gain.competence_id]
        if levels_closed(line.required, line.level, gain.level):
            entry = suggestions.setdefault(gain.course_id, Suggestion(gain.course, gain.course_id in states))
            entry.gains.append((line, gain.level))
    return sorted(suggestions.values(), key=lambda s: -s.closed_count)[:limit]

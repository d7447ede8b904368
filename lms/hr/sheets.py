"""The skill sheet: one person's levels against the profile of their post, by area. A reading, no table."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import cos, pi, sin

from lms.hr.models import HeldLevel
from lms.hr.rules import GapSummary, gap, is_expiring_soon, summary_of_gaps
from lms.people.models import Post, User
from lms.skills.models import Area, Competence, LevelDescriptor, ProfileRequirement


@dataclass
class SheetLine:
    """One competence: required (0 = not), held (0 = none), and the held level's row, where there is one."""

    competence: Competence
    required: int
    held: HeldLevel | None
    today: date

    @property
    def level(self) -> int:
        return self.held.level if self.held else 0

    @property
    def gap(self) -> int:
        return gap(self.required, self.level)

    @property
    def is_expiring_soon(self) -> bool:
        return self.held is not None and is_expiring_soon(self.held.until, self.today)


@dataclass
class SheetArea:
    """One area of the framework and its competences, those the profile requires or the person holds."""

    area: Area
    lines: list[SheetLine] = field(default_factory=list)

    @cached_property
    def summary(self) -> GapSummary:
        return summary_of_gaps((line.required, line.level) for line in self.lines)


@dataclass
class SkillSheet:
    """A person's post in force, if any, and their levels by area."""

    person: User
    post: Post | None
    areas: list[SheetArea]

    @property
    def profile(self):
        return self.post.job_profile if self.post else None

    @cached_property
    def lines(self) -> list[SheetLine]:
        return [line for area in self.areas for line in area.lines]

    @cached_property
    def summary(self) -> GapSummary:
        return summary_of_gaps((line.required, line.level) for line in self.lines)

    @cached_property
    def expiring_soon(self) -> list[SheetLine]:
        return sorted((line for line in self.lines if line.is_expiring_soon), key=lambda line: line.held.until)

    @cached_property
    def radar(self) -> "Radar | None":
        """A picture of the areas that the profile requires something of; none under three, where it draws nothing."""
        areas = [area for area in self.areas if area.summary.required_levels]
        return Radar(areas) if len(areas) >= 3 else None


def skill_sheet(person: User, today: date) -> SkillSheet:
    """The sheet of `person` on `today`: three queries, whatever the number of competences."""
    post = (
        Post.objects.in_force(today)
        .filter(person=person, is_primary=True)
        .select_related("unit", "job_profile", "manager")
        .order_by("-starts_on", "-pk")
        .first()
    )
    required = {}
    if post and post.job_profile_id:
        rows = ProfileRequirement.objects.filter(profile=post.job_profile_id, level__gt=0)
        required = {row.competence: row.level for row in rows.select_related("competence__area")}
    held = {
        row.competence: row
        for row in HeldLevel.objects.in_force(today)
        .filter(person=person)
        .select_related("competence__area", "evidence__certificate")
    }
    areas: dict[Area, SheetArea] = {}
    competences = required.keys() | held.keys()
    for competence in sorted(competences, key=lambda c: (c.area.position, c.area_id, c.position, c.pk)):
        sheet = areas.setdefault(competence.area, SheetArea(competence.area))
        sheet.lines.append(SheetLine(competence, required.get(competence, 0), held.get(competence), today))
    return SkillSheet(person, post, list(areas.values()))


def next_descriptors(sheet: SkillSheet) -> dict[int, str]:
    """What the next level to reach looks like, by competence id, for each gap of the sheet (one query)."""
    targets = {line.competence.pk: line.level + 1 for line in sheet.lines if line.gap}
    rows = LevelDescriptor.objects.filter(competence__in=targets).values_list("competence_id", "number", "text")
    return {competence: text for competence, number, text in rows if targets[competence] == number}


def biggest_gaps(people, today: date, limit: int = 3) -> dict[int, list[SheetLine]]:
    """The widest gaps of a page of colleagues (`with_post`), by person id: two queries for the page."""
    required: dict[int, list[ProfileRequirement]] = {}
    rows = ProfileRequirement.objects.filter(profile__in={p.profile_id for p in people}, level__gt=0)
    for row in rows.select_related("competence").order_by("competence__area__position", "competence__position"):
        required.setdefault(row.profile_id, []).append(row)
    held = {
        (row.person_id, row.competence_id): row
        for row in HeldLevel.objects.in_force(today).filter(person__in=[p.pk for p in people])
    }
    found = {}
    for person in people:
        lines = [
            SheetLine(row.competence, row.level, held.get((person.pk, row.competence_id)), today)
            for row in required.get(person.profile_id, [])
        ]
        found[person.pk] = sorted((line for line in lines if line.gap), key=lambda line: -line.gap)[:limit]
    return found


class Radar:
    """The geometry of a radar picture: each area an axis, the share of its required levels covered along it.

    All coordinates are strings with a decimal point, ready for SVG attributes whatever the language.
    """

    SIZE, RADIUS, LABEL_RADIUS = 320, 112, 132

    def __init__(self, areas: list[SheetArea]):
        self.areas = areas
        self.rings = [self._polygon([percent] * len(areas)) for percent in (25, 50, 75, 100)]
        self.held = self._polygon([area.summary.reached_percent for area in areas])
        self.axes = [self._axis(index, area) for index, area in enumerate(areas)]

    def _point(self, index: int, distance: float) -> tuple[str, str]:
        angle = 2 * pi * index / len(self.areas) - pi / 2
        centre = self.SIZE / 2
        return f"{centre + distance * cos(angle):.1f}", f"{centre + distance * sin(angle):.1f}"

    def _polygon(self, percents: list[int]) -> str:
        # At nothing held, a small heart remains so that the picture still shows where the middle is.
        points = (self._point(i, self.RADIUS * max(percent, 3) / 100) for i, percent in enumerate(percents))
        return " ".join(",".join(point) for point in points)

    def _axis(self, index: int, area: SheetArea) -> dict:
        x, y = self._point(index, self.RADIUS)
        label_x, label_y = self._point(index, self.LABEL_RADIUS)
        dot_x, dot_y = self._point(index, self.RADIUS * max(area.summary.reached_percent, 3) / 100)
        return {"area": area, "x": x, "y": y, "label_x": label_x, "label_y": label_y, "dot_x": dot_x, "dot_y": dot_y}

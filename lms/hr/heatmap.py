"""The picture of gaps: structures in rows, areas in columns, the mean gap in each cell. Two grouped queries, no table."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Least, Substr

from lms.hr.rules import depth_in_common, gap_shade, mean_gap
from lms.people.models import Post, Unit
from lms.skills.models import Area


@dataclass(frozen=True)
class Cell:
    """The mean of the levels missing over (person, required competence) pairs, or None where nothing is required."""

    mean: Decimal | None

    @property
    def shade(self) -> int:
        return gap_shade(self.mean or Decimal(0))


@dataclass(frozen=True)
class Row:
    """One structure, with all below it."""

    unit: Unit
    people_count: int
    cells: list[Cell]


@dataclass(frozen=True)
class Heatmap:
    areas: list[Area]
    rows: list[Row]


def heatmap_of(people, today: date) -> Heatmap:
    """Mean gaps of `people` (a queryset with `with_post`) by the structures just below the one they have in common."""
    posts = Post.objects.filter(pk__in=people.order_by().values("post_id"), job_profile__isnull=False).order_by()
    ends = posts.aggregate(first=Min("unit__path"), last=Max("unit__path"))
    if ends["first"] is None:
        return Heatmap([], [])
    # Paths are in order, so what the first and the last share, all share.
    shared_depth = depth_in_common(ends["first"], ends["last"], Unit.steplen)
    by_unit = posts.annotate(path=Substr("unit__path", 1, (shared_depth + 1) * Unit.steplen))
    counts = dict(by_unit.values_list("path").annotate(Count("person", distinct=True)))
    required, covered = _required(by_unit), _covered(by_unit, today)
    areas = list(Area.objects.filter(pk__in={area for _, area in required}))
    units = Unit.objects.filter(path__in=counts)
    return Heatmap(areas, [_row(unit, counts, areas, required, covered) for unit in units])


def _required(posts) -> dict[tuple[str, int], tuple[int, int]]:
    """By (path, area): how many (person, required competence) pairs, and how many levels they require."""
    rows = (
        posts.filter(job_profile__requirements__level__gt=0)
        .values_list("path", "job_profile__requirements__competence__area")
        .annotate(Count("pk"), Sum("job_profile__requirements__level"))
    )
    return {(path, area): (pairs, levels) for path, area, pairs, levels in rows}


def _covered(posts, today: date) -> dict[tuple[str, int], int]:
    """By (path, area): how many of the required levels are held on `today`."""
    held = "person__held_levels__"
    rows = (
        posts.filter(
            Q(**{f"{held}until__isnull": True}) | Q(**{f"{held}until__gte": today}),
            **{
                f"{held}competence__requirements__profile": F("job_profile"),
                f"{held}competence__requirements__level__gt": 0,
            },
        )
        .values_list("path", f"{held}competence__area")
        .annotate(levels=Sum(Least(f"{held}level", f"{held}competence__requirements__level")))
    )
    return {(path, area): levels for path, area, levels in rows}


def _row(unit, counts, areas, required, covered) -> Row:
    cells = []
    for area in areas:
        pairs, levels = required.get((unit.path, area.pk), (0, 0))
        missing = levels - covered.get((unit.path, area.pk), 0)
        cells.append(Cell(mean_gap(missing, pairs)))
    return Row(unit, counts[unit.path], cells)

"""What was measured: one row a measure, as a table and as var/bench.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measure beside its floor. `ratio` says how it stands to the floor: 1 is level, 2 twice as good, 0.5 half.

    `counts` says in words what is counted, on both sides, where the name does not.
    """

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    counts: str = ""


def row(name: str, value: float, unit: str, floor: float, more_is_better: bool = False, counts: str = "") -> Row:
    """A row with its ratio; costs are better when small, rates when large."""
    better, worse = (value, floor) if more_is_better else (floor, value)
    return Row(name, round(value, 3), unit, round(floor, 3), round(better / worse, 2) if worse else 0, counts)


def print_table(rows: list[Row], targets: dict[str, float]) -> None:
    """The rows, with the ratio aimed at where there is one."""
    print(f"{'measure':<42}{'value':>10} {'unit':<8}{'floor':>10}{'ratio':>8}{'aim':>9}")
    for line in rows:
        aim = targets.get(line.name)
        verdict = "" if aim is None else f"≥ {aim:g} {'✓' if line.ratio >= aim else '✗'}"
        print(f"{line.name:<42}{line.value:>10.2f} {line.unit:<8}{line.floor:>10.2f}{line.ratio:>8.2f}{verdict:>9}")
        if line.counts:
            print(f"    {line.counts}")


def write_json(rows: list[Row], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(line) for line in rows], indent=1, ensure_ascii=False) + "\n")

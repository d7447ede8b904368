"""`python -m bench`: prepares a throw-away place, measures, prints a table, writes var/bench.json, leaves nothing."""

import time
from pathlib import Path

import django

from bench.place import throw_away_place

RESULTS = Path(__file__).resolve().parents[1] / "var" / "bench.json"
# The ratios to reach (`bench.report.Row`).
TARGETS = {
    "lesson_against_plain_django": 0.7,
    "lesson_against_stock_wagtail": 10,
    "catalogue_anonymous": 0.66,
    "quiz_answer_save": 0.5,
    "quiz_submission": 0.5,
    "certificate_sealed": 1 / 6,
    "certificates_a_second": 1,
    "certificates_issued_together": 1,
    "certificates_issued_together_memory": 0.9,
}


def main() -> None:
    started = time.monotonic()
    with throw_away_place():
        django.setup()
        from bench.session import measure  # only now: models need settings that need the place

        rows = measure()
    from bench.report import print_table, write_json

    print_table(rows, TARGETS)
    write_json(rows, RESULTS)
    print(f"{RESULTS} – {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()

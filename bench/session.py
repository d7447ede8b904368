"""One measuring session, from an empty place to the rows."""

from pathlib import Path

from django.conf import settings

from bench import background, certificate, content, imports, marking, together
from bench.client import Client
from bench.measure import cpu_ms, query_counts
from bench.report import Row, row
from bench.scenarios import scenarios
from bench.server import Meter, web_server

# Row, what is measured, its floor.
PAIRS = [
    ("lesson_against_plain_django", "lesson", "plain_lesson"),
    ("lesson_against_stock_wagtail", "lesson", "stock_lesson"),
    ("lesson_against_bare", "lesson", "bare"),
    ("catalogue_anonymous", "catalogue", "bare"),
    ("quiz_answer_save", "answer", "plain_write"),
    ("quiz_submission", "submission", "plain_write"),
    ("quiz_submission_and_result", "submission_and_result", "plain_write_and_page"),
    ("home", "home", "plain_home"),
]
# What a row counts, where its name does not say.
COUNTS = {
    "quiz_answer_save": "one answer saved as it is given, one UPDATE, against a form that inserts one row",
    "quiz_submission": "the POST that hands in, one UPDATE after which no answer changes, against a form that inserts one "
    "row; the marks are not in it, they come with the page that follows or within a minute",
    "quiz_submission_and_result": "that POST and the page of the result, which marks ten questions of all types, writes the "
    "ledger, tells the course and shows each correction; a mean request of the two, against the bare form and a bare page",
}


def measure() -> list[Row]:
    """All rows: CPU per request, queries per request, certificate, tasks."""
    folder = Path(settings.LMS_DATA_DIR)
    step("Préparation des données…")
    learner = content.prepare()
    asked = scenarios(learner, content.visitor_for(learner))
    step("Mesure des pages…")
    with web_server(settings.LMS_PORT, folder) as server:
        client = Client(settings.LMS_PORT)
        cpu = cpu_ms(asked, client, Meter(server))
        client.close()
    queries = query_counts(asked)
    step("Mesure des corrections, des imports, des certificats et des tâches…")
    return [
        *(row(name, cpu[ours], "ms", cpu[floor], counts=COUNTS.get(name, "")) for name, ours, floor in PAIRS),
        *(row(f"{name}_queries", queries[ours], "SQL", queries[floor]) for name, ours, floor in PAIRS),
        *marking.rows(),
        *imports.rows(),
        *certificate.rows(),
        *background.rows(folder),
        *together.rows(folder),
    ]


def step(text: str) -> None:
    print(text, flush=True)

"""CPU per request of server and database, every scenario in each round, so that all suffer the same weather."""

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext

from bench.client import CSRF_TOKEN, Client, Request
from bench.server import Meter

ROUNDS = 7
LONGEST_SECONDS = 120
WARM_UP = 5


@dataclass(frozen=True)
class Scenario:
    """Something visitors ask for: `requests(count)` makes ready, outside the measure, what is then sent."""

    name: str
    requests: Callable[[int], list[Request]]
    count: int


def same(request: Request) -> Callable[[int], list[Request]]:
    """The same request again and again."""
    return lambda count: [request] * count


def cpu_ms(scenarios: Iterable[Scenario], client: Client, meter: Meter) -> dict[str, float]:
    """Milliseconds of CPU per request by scenario name: the median of the rounds."""
    scenarios = list(scenarios)
    for scenario in scenarios:
        requests = scenario.requests(min(WARM_UP, scenario.count))
        client.close()
        for request in requests:
            client.send(request)
    found: dict[str, list[float]] = {scenario.name: [] for scenario in scenarios}
    deadline = time.monotonic() + LONGEST_SECONDS
    for _ in range(ROUNDS):
        for scenario in scenarios:
            requests = scenario.requests(scenario.count)
            client.close()  # the server hangs up on who is idle; a new connection is opened by itself
            before = meter.read()
            for request in requests:
                client.send(request)
            found[scenario.name].append(1000 * (meter.read() - before) / len(requests))
        if time.monotonic() > deadline:
            break
    return {name: statistics.median(values) for name, values in found.items()}


def query_counts(scenarios: Iterable[Scenario]) -> dict[str, int]:
    """Queries of the third identical request, in this process: caches are warm, transactions' brackets not counted."""
    browser = InProcess(enforce_csrf_checks=True, HTTP_HOST="localhost", HTTP_X_CSRFTOKEN=CSRF_TOKEN)
    counts = {}
    for scenario in scenarios:
        for request in scenario.requests(3):
            with CaptureQueriesContext(connection) as queries:
                browser.cookies.load(request.visitor.cookies)
                if request.fields is None:
                    answer = browser.get(request.path)
                else:
                    answer = browser.post(request.path, dict_of_lists(request.fields))
            if answer.status_code not in request.statuses:
                raise RuntimeError(f"{request.path}: {answer.status_code}")
            browser.cookies.clear()
        counts[scenario.name] = sum(not is_bracket(query["sql"]) for query in queries)
    return counts


def is_bracket(statement: str) -> bool:
    """Whether a statement only opens or closes a transaction."""
    return statement.split()[0].upper() in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}


def dict_of_lists(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Form fields as Django's test client wants them."""
    lists: dict[str, list[str]] = {}
    for name, value in fields:
        lists.setdefault(name, []).append(value)
    return lists


def own_cpu_ms(works: dict[str, tuple[Callable[[], object], int]], rounds: int = 5) -> dict[str, float]:
    """Milliseconds of this process's CPU per call, for works given as (call, calls a round); the median of the rounds."""
    for call, _ in works.values():
        call()
    found: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    for _ in range(rounds):
        for name, (call, count) in works.items():
            before = time.process_time()
            for _ in range(count):
                call()
            found[name].append(1000 * (time.process_time() - before) / count)
    return {name: statistics.median(values) for name, values in found.items()}

"""What all tests share: jobs run for real, cold caches, a real browser, and axe for accessibility."""

import os
import shutil
import threading
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.checks.urls import check_url_config
from django.db import connection, connections
from django.db.models import Q
from django.templatetags.static import static
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

# The same examples in every run: what a change breaks, and nothing else, makes a test fail.
hypothesis_settings.register_profile("house", derandomize=True)
hypothesis_settings.load_profile("house")

# Playwright keeps an event loop in the test's thread; Django would otherwise refuse the ORM there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

JOURNEYS = "tests/e2e"
BROWSER_FIXTURES = {"browser", "page", "open_page"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# How long to wait for what must come, at most, in a browser as in its assertions: a busy machine is no failure.
PATIENCE_SECONDS = 30
# Colours on their way to others are neither; an animation without end goes on.
SETTLE = """() => document.getAnimations()
    .filter(each => each.effect.getComputedTiming().endTime !== Infinity)
    .forEach(each => each.finish())"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_addoption(parser):
    parser.addoption(
        "--services",
        action="store_true",
        help="only what another database, cache or broker could change: no pure rules, no screens but the journeys'",
    )


@pytest.hookimpl(wrapper=True)  # marks before `-m` chooses, and has the last word on the order
def pytest_collection_modifyitems(config, items):
    for item in items:
        if BROWSER_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
        if commits(item):
            # What migrations had put there (Wagtail's root, the groups) must be there again for the next such test: all
            # of them put it back, for one that does not leaves tables that those that do cannot fill.
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)
    if config.getoption("services"):
        left_out = [item for item in items if not meets_services(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if meets_services(item)]
    result = yield
    # A browser leaves an event loop running in its process, where `asyncio.run` is refused: so browsers come last, and of
    # those the journeys first, which one process walks alone.
    items.sort(key=lambda item: (bool(item.get_closest_marker("browser")), not is_journey(item.nodeid)))
    return result


def is_journey(nodeid: str) -> bool:
    return nodeid.startswith(f"{JOURNEYS}/")


def meets_services(item) -> bool:
    """Whether it meets the database, the cache or the broker, and not only to show a screen that other tests fill too."""
    if item.get_closest_marker("browser"):
        return is_journey(item.nodeid)
    return meets_database(item) or item.nodeid.startswith("tests/core/")


def meets_database(item) -> bool:
    return bool({"db", "transactional_db"} & set(item.fixturenames) or item.get_closest_marker("django_db"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """One process walks all the journeys, for they share a site; each other test goes where there is room, in order.

    Of three processes or more, the one that walks them does nothing else: it waits more than it works.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        walker = None

        def _split_scope(self, nodeid):
            return JOURNEYS if is_journey(nodeid) else nodeid

        def _assign_work_unit(self, node):
            if len(self.nodes) > 2 and JOURNEYS in self.workqueue:
                self.workqueue.move_to_end(JOURNEYS, last=False)
                self.walker = node
            elif node is self.walker:
                node.shutdown()
                return
            super()._assign_work_unit(node)

    config.option.loadscopereorder = False
    return Scheduling(config, log)


def commits(item) -> bool:
    """Whether a test writes for other threads and processes to see, so that its tables are emptied afterwards."""
    marker = item.get_closest_marker("django_db")
    return bool({"live_server", "transactional_db"} & set(item.fixturenames)) or bool(
        marker and marker.kwargs.get("transaction")
    )


@pytest.fixture(scope="session")
def french_screens():
    """The back office as a server makes it. Made later, in the course of `migrate`, some of its words would be English."""
    check_url_config(None)


@pytest.fixture(scope="session")
def django_db_setup(request, french_screens, django_db_setup, django_db_blocker):
    """The test database, with the home page and the catalogue every installation starts with, which are slow to make.

    On SQLite, emptying it between tests must be allowed to empty what is append-only too.
    """
    from courses.actions import ensure_site
    from lms.core import append_only

    if not any(map(meets_database, request.session.items)):
        return  # there is none: the journeys alone have a site of their own
    with django_db_blocker.unblock():
        ensure_site()
        if hasattr(connection, "_test_serialized_contents"):  # what is put back after a test that empties the tables
            connection._test_serialized_contents = connection.creation.serialize_db_to_string()
        if connection.vendor == "sqlite":
            append_only.lift(connection)


@pytest.fixture(autouse=True)
def cold_caches(monkeypatch):
    """Every test starts with empty caches, and what may be asked only so often in a while is counted in one while."""
    for alias in settings.CACHES:
        caches[alias].clear()
    monkeypatch.setattr("lms.core.limits.time", lambda: 0.0)


@pytest.fixture
def run_jobs():
    """Run every job that is due, and those they ask for, here and for real. Gives the jobs that ran, failed included."""
    from lms.core import jobs
    from lms.core.models import Job

    def run(name: str = ""):
        ran = []
        while True:
            due = Job.objects.due(timezone.now()).exclude(~Q(error=""), pk__in=ran)  # what failed is not run again
            due = due.filter(name=name) if name else due
            pks = list(due.order_by("run_after", "pk").values_list("pk", flat=True))
            ran += pks
            if not [pk for pk in pks if jobs.run_job(pk)]:
                return list(Job.objects.filter(pk__in=ran).order_by("pk"))

    return run


# --- A real browser


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """The system's Chromium (or the one CHROMIUM names), headless; else the test tool's own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    opened = {alias: connections[alias] for alias in connections}
    with sync_playwright() as playwright:
        # Django keeps other connections where an event loop runs: keep those of this thread, whose tests go on as before
        # (they know, among other things, the rows to put back after a test that empties the tables).
        for alias, connection_of_thread in opened.items():
            connections[alias] = connection_of_thread
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail("Pas de Chromium : `make test` l’installe, ou CHROMIUM=/chemin/vers/chrome.")
        instance = playwright.chromium.launch(executable_path=path, headless=True, args=BROWSER_ARGUMENTS)
        yield instance
        instance.close()


@pytest.fixture
def open_page(browser, live_server):
    """Open a page on the test's server: `open_page(javascript=False, width=360, user=someone)`.

    A script error or a breach of the content policy in any of them fails the test. A click does not wait for the page it
    leads to: say what must be read there with `expect`, or click within `page.expect_navigation()`.
    """
    contexts, problems = [], []

    def open_one(*, javascript=True, width=1280, height=800, user=None, **options):
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            locale="fr-FR",
            timezone_id="Africa/Porto-Novo",
            **options,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: problems.append(message.text) if _is_problem(message) else None)
        return page

    yield open_one
    for context in contexts:
        context.close()
    wait_for_last_answers(live_server)
    assert problems == []


def wait_for_last_answers(live_server):
    """Until the server has answered all that was asked of it, for the tables are emptied next.

    Connections are taken in their turn: once one more request is answered, each earlier one has its thread.
    """
    with urllib.request.urlopen(f"{live_server.url}{static('lms/css/lms.css')}", timeout=PATIENCE_SECONDS):
        pass
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), "a request never ends"


def _is_problem(message) -> bool:
    # Wagtail's checker tells the console too what it tells the author.
    return message.type == "error" and not message.text.startswith(("Failed to load resource", "axe.run results"))


def _session_cookie(user, url: str) -> dict:
    """The cookie of a fresh session of this user, as a browser would hold it after signing in."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


@pytest.fixture
def page(open_page):
    """One page in a desk-sized window, with JavaScript, nobody signed in."""
    return open_page()


@pytest.fixture(scope="session")
def axe():
    """`axe(page)`: assert that the page shown breaks no WCAG 2.2 A or AA rule that axe can check."""
    source = (settings.LMS_NODE_MODULES_DIR / "axe-core" / "axe.min.js").read_text()

    def check(page, *, leave_out: str = ""):
        page.wait_for_load_state()
        page.mouse.move(0, 0)
        page.evaluate(SETTLE)
        page.evaluate(source)
        found = page.evaluate(
            """([tags, leaveOut]) => axe.run(
                leaveOut ? {include: [['html']], exclude: [[leaveOut]]} : document,
                {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})""",
            [AXE_TAGS, leave_out],
        )
        told = [
            f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in rule["nodes"])
            for rule in found["violations"]
        ]
        assert not told, f"{page.url} {page.viewport_size}\n" + "\n".join(told)

    return check


# --- Other processes on the test's own data


@pytest.fixture
def own_environment(transactional_db):
    """The environment of a server or worker that works on this test's database, files and broker."""
    name = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "LMS_TEST_DATA_DIR": str(settings.LMS_DATA_DIR),
        "DATABASE_URL": url,
        "C_FORCE_ROOT": "1",
    }


def pytest_sessionfinish():
    """On a shared Redis, leave no key behind."""
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        return
    import redis

    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    for key in client.scan_iter(f"{prefix}*"):
        client.delete(key)
    client.close()

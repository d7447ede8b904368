"""A real site for the journeys: its own data folder and database, gunicorn, a Celery worker; and browsers to visit it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page

from bench.place import free_port, throw_away_database
from bench.server import running
from tests.e2e import learner

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 120


@dataclass(frozen=True)
class Site:
    """Where the site answers, and the folder that holds all it has."""

    url: str
    folder: Path


@pytest.fixture(scope="package")
def site(tmp_path_factory) -> Iterator[Site]:
    """The demo site as `make run` makes and serves it, worker and scheduler included, all of it gone afterwards."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    url = f"http://localhost:{port}"
    with ExitStack() as stack:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
            "LMS_TEST_DATA_DIR": str(folder),
            "LMS_PUBLIC_URL": url,
            "PORT": str(port),
            "CELERY_BROKER_URL": own_broker(os.environ.get("CELERY_BROKER_URL", "")),
            "DATABASE_URL": stack.enter_context(throw_away_database(os.environ.get("DATABASE_URL", ""))),
        }
        prepare = [sys.executable, "manage.py", "prepare"]
        done = subprocess.run(prepare, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        serve = ["manage.py", "serve", "--host", "127.0.0.1", "--port", str(port)]
        process = stack.enter_context(running(serve, folder / "serve.log", environment))
        wait_for_answer(f"{url}/sante/", process, folder / "serve.log")
        yield Site(url, folder)


def own_broker(url: str) -> str:
    """A Redis database of this process's own: two sites on one would take each other's jobs and find nothing to do."""
    if not url.startswith("redis"):
        return url
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlsplit(url)._replace(path=f"/{number}").geturl()


def wait_for_answer(address: str, process: psutil.Process, log: Path) -> None:
    """Until the site answers; says what it wrote when it does not."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.is_running():
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="package")
def signed_in(site, browser) -> Callable[[str], dict]:
    """The cookies of a demo account, who signed in by the form once: `signed_in("agent")`."""
    kept: dict[str, dict] = {}

    def state_of(name: str) -> dict:
        if name not in kept:
            context = browser.new_context(base_url=site.url, locale="fr-FR")
            page = context.new_page()
            sign_in(page, f"{name}@demo.example")
            kept[name] = context.storage_state()
            context.close()
        return kept[name]

    return state_of


@pytest.fixture(scope="package")
def road(site, browser, signed_in) -> dict[str, str]:
    """The addresses of a course that the agent followed to its certificate, and of an attempt left open in another."""
    context = browser.new_context(base_url=site.url, locale="fr-FR", storage_state=signed_in("agent"))
    page = context.new_page()
    addresses = learner.follow(page, "pki-signature")
    learner.enrol(page, "eservice-usager")
    addresses["lesson"] = page.url
    addresses["course"] = page.locator(".outline-panel__title a").get_attribute("href")
    page.goto(page.locator(".outline__link").last.get_attribute("href"))
    addresses["quiz"] = page.url
    learner.start_quiz(page)
    addresses["open_attempt"] = page.url
    page.goto("/mon-espace/")
    addresses["progress"] = page.locator("a[href^='/mon-espace/']").last.get_attribute("href")
    context.close()
    context = browser.new_context(base_url=site.url, locale="fr-FR", storage_state=signed_in("rh"))
    page = context.new_page()
    page.goto("/equipe/")
    addresses["person"] = page.locator("table.people tbody th a").first.get_attribute("href")
    context.close()
    return {name: urlsplit(address).path for name, address in addresses.items()}


@pytest.fixture
def visit(site, browser, signed_in) -> Iterator[Callable[..., Page]]:
    """A page of a new browser window: `visit("agent", width=360)`, nobody signed in by default.

    At the end of the test no window may have met a script error or a refusal of the content policy.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(name: str = "", width: int = 1280, **options) -> Page:
        context = browser.new_context(
            base_url=site.url,
            locale="fr-FR",
            viewport={"width": width, "height": 800},
            storage_state=signed_in(name) if name else None,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: complaints.append(complaint(page, message)) if is_bad(message) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def is_bad(message) -> bool:
    """Errors in the console, but those that only repeat that a page was refused or the network cut."""
    return message.type == "error" and "Failed to load resource" not in message.text


def complaint(page: Page, message) -> str:
    return f"{page.url}: {message.text}"


def sign_in(page: Page, email: str, password: str = "demo") -> None:
    """Sign in by the form, from wherever the site sends a stranger."""
    page.goto("/compte/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/compte/login" not in url)

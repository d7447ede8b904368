"""A stranger's file waits for the worker of checks, is dropped once checked, and its result is forgotten after."""

import os
from datetime import timedelta
from threading import BoundedSemaphore

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from certificates import storage
from certificates.actions.file_checks import JOB, forget_checks
from certificates.models import CheckCount, FileCheck
from certificates.verifying import quarantine
from certificates.verifying.verdicts import Check, Verdict
from lms.core.models import Job
from tests.certificates.dropping import give_file
from tests.certificates.makers import make_certificate, make_user

pytestmark = pytest.mark.django_db
STRANGE = b"%PDF-1.7 of someone else"


def kept_files():
    return [name for _, _, names in os.walk(storages["private"].path("checks")) for name in names]


def body(answer):
    return answer.content.decode()


@pytest.fixture
def nobody_ready(monkeypatch):
    """As many files as this process checks at once are being checked."""
    monkeypatch.setattr(quarantine, "AT_ONCE", BoundedSemaphore(1))
    with quarantine.AT_ONCE:
        yield


def test_strange_file_is_checked_by_the_worker_and_dropped(client, run_jobs):
    answer = give_file(client, STRANGE)
    address = answer["Location"]
    assert answer.status_code == 302
    assert len(kept_files()) == 1
    page = client.get(address)
    assert "Contrôle en cours…" in body(page)
    assert f'href="{address}"' in body(page)  # the way on without JavaScript
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert [(job.name, job.queue, job.state) for job in run_jobs()] == [(JOB, "checks", "done")]
    assert kept_files() == []
    page = body(client.get(address))
    assert "Ce fichier n’est pas un PDF que l’on puisse lire." in page
    assert storage.fingerprint(STRANGE) in page
    assert "data-refresh-every" not in page


def test_our_own_bytes_are_answered_at_once_without_a_worker(client):
    certificate = make_certificate()
    file = certificate.files.get()
    page = body(give_file(client, storage.read(file.storage_name, file.sha256)))
    assert "octet pour octet" in page
    assert not FileCheck.objects.exists()
    assert [row.times for row in CheckCount.objects.filter(certificate=certificate)] == [1]


def test_hostile_file_costs_its_child_process_alone(client, run_jobs, monkeypatch):
    monkeypatch.setattr(quarantine, "WALL_SECONDS", 0.01)  # as one that never ends
    address = give_file(client, b"%PDF-1.7\n" + b"<<" * 100_000)["Location"]
    assert [job.state for job in run_jobs(JOB)] == ["done"]
    assert "Ce fichier n’est pas un PDF que l’on puisse lire." in body(client.get(address))


def test_full_queue_says_so_and_keeps_nothing(client, settings):
    settings.LMS_CHECKS_WAITING = 1
    give_file(client, STRANGE)
    answer = give_file(client, STRANGE + b" again")
    assert answer.status_code == 503
    assert "Trop de fichiers attendent leur contrôle : réessayez dans quelques minutes." in body(answer)
    assert len(kept_files()) == 1


def test_absent_worker_is_said_and_nothing_is_lost(client, run_jobs):
    address = give_file(client, STRANGE)["Location"]
    FileCheck.objects.update(asked_at=timezone.now() - timedelta(seconds=31))
    page = body(client.get(address))
    assert "Le contrôle tarde" in page
    assert "Rien n’est perdu" in page
    assert "data-refresh-every" in page
    run_jobs(JOB)
    assert "Contrôle du fichier" in body(client.get(address))
    assert "Le contrôle tarde" not in body(client.get(address))


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_check_that_is_given_up_says_so_and_never_that_it_is_late(client, run_jobs, state):
    address = give_file(client, STRANGE)["Location"]
    FileCheck.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    Job.objects.update(state=state)
    page = body(client.get(address))
    assert "Le contrôle a échoué" in page
    assert reverse("certificates:verify") in page
    assert not any(text in page for text in ("Le contrôle tarde", "data-refresh-every", "Voir le résultat"))


def test_busy_worker_puts_the_check_off_and_loses_no_attempt(client, run_jobs, nobody_ready):
    address = give_file(client, STRANGE)["Location"]
    assert [(job.state, job.attempts) for job in run_jobs(JOB)] == [("waiting", 0)]
    assert "Contrôle en cours…" in body(client.get(address))
    assert len(kept_files()) == 1


def test_busy_interface_asks_to_come_back(client, nobody_ready, monkeypatch):
    monkeypatch.setattr(quarantine.check_apart, "__defaults__", ((), 0))
    answer = client.post(reverse("certificates:api_file"), STRANGE, content_type="application/pdf")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"


def test_worker_killed_half_way_is_taken_over(client, run_jobs):
    address = give_file(client, STRANGE)["Location"]
    Job.objects.update(
        state="running", lease_until=timezone.now() - timedelta(seconds=1), lease_holder="dead", attempts=1
    )
    run_jobs(JOB)
    assert "Ce fichier n’est pas un PDF" in body(client.get(address))
    assert kept_files() == []


def test_results_and_files_nobody_checked_are_forgotten(client, run_jobs, settings):
    address = give_file(client, STRANGE)["Location"]
    later = timezone.now() + timedelta(minutes=settings.LMS_CHECKS_KEPT_MINUTES + 1)
    assert forget_checks(timezone.now()) == 0
    assert forget_checks(later) == 1
    assert kept_files() == []
    page = client.get(address)
    assert page.status_code == 404
    assert "Ce contrôle n’est plus gardé" in body(page)
    assert [job.state for job in run_jobs(JOB)] == ["done"]  # nothing left to do


def test_result_is_found_by_its_address_alone(client):
    give_file(client, STRANGE)
    check = FileCheck.objects.get()
    assert len(check.token) == 32
    for guess in (str(check.pk), check.sha256, check.token[:-1], check.token.swapcase()):
        assert client.get(reverse("certificates:file_check", args=[guess])).status_code == 404
    client.force_login(make_user())
    assert client.get(check.get_absolute_url()).status_code == 200  # whoever has the address


def test_checks_are_limited_by_address(client, settings):
    for _ in range(10):
        give_file(client, b"")
    assert give_file(client, STRANGE).status_code == 429
    assert not FileCheck.objects.exists()


@pytest.mark.parametrize("proven_at", [None, timezone.now()])
def test_verdict_reads_as_it_was_written(proven_at):
    check = Check(Verdict.INTACT, "Cachet", "0" * 64, proven_at)
    assert Check.from_json(check.to_json()) == check


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_page_tells_the_result_by_itself(open_page, axe, run_jobs):
    page = open_page(width=360)
    page.goto(reverse("certificates:verify"))
    page.get_by_label("Fichier PDF du certificat").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": STRANGE}
    )
    page.get_by_role("button", name="Contrôler le fichier").click()
    expect(page.get_by_text("Contrôle en cours…")).to_be_visible()
    axe(page)
    run_jobs(JOB)
    expect(page.get_by_text("Ce fichier n’est pas un PDF que l’on puisse lire.")).to_be_visible()
    axe(page)

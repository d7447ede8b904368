"""The outbox: asked once, run once, tried again, given up, and never lost."""

import threading
from datetime import timedelta

import psycopg
import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from lms.celery import app as celery_app
from lms.core import jobs
from lms.core.models import AuditEntry, Job
from lms.core.tasks import run_job

pytestmark = pytest.mark.django_db


def make_user():
    return get_user_model().objects.create_user("operateur@example.org", "x")


@pytest.fixture
def handlers():
    """The registry, as it was before once the test ends."""
    before = dict(jobs.HANDLERS)
    yield jobs.HANDLERS
    jobs.HANDLERS.clear()
    jobs.HANDLERS.update(before)


@pytest.fixture
def greetings(handlers):
    """A handler that notes whom it greeted."""
    greeted = []

    @jobs.job_handler("test.greet", max_attempts=3)
    def greet(job):
        greeted.append(job.payload["name"])
        if job.payload["name"] == "fails":
            raise ValueError("nobody of that name")

    return greeted


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the broker."""
    taken = []
    monkeypatch.setattr(
        jobs.celery_app, "send_task", lambda name, args, **options: taken.append((args[0], options["queue"]))
    )
    return taken


def test_enqueue_asks_once_for_the_same_key(greetings, run_jobs):
    first = jobs.enqueue("test.greet", key="greet:ama", payload={"name": "Ama"})
    again = jobs.enqueue("test.greet", key="greet:ama", payload={"name": "Ama"})
    assert again == first
    run_jobs()
    assert jobs.enqueue("test.greet", key="greet:ama", payload={"name": "Ama"}).state == Job.State.DONE
    run_jobs()
    assert greetings == ["Ama"]


def test_enqueue_without_a_key_asks_anew_each_time(greetings, run_jobs):
    jobs.enqueue("test.greet", payload={"name": "Ama"})
    jobs.enqueue("test.greet", payload={"name": "Ama"})
    run_jobs()
    assert greetings == ["Ama", "Ama"]


def test_enqueue_refuses_a_name_nobody_handles():
    with pytest.raises(jobs.UnknownJob):
        jobs.enqueue("test.nobody")


def test_enqueue_remembers_on_whose_behalf(greetings):
    user = make_user()
    job = jobs.enqueue("test.greet", payload={"name": "Ama"}, on_behalf_of=user)
    assert (job.on_behalf_of_pk, job.on_behalf_of_label) == (str(user.pk), str(user))


def test_enqueue_sends_on_commit_to_the_handlers_queue(handlers, sent, django_capture_on_commit_callbacks):
    jobs.job_handler("test.sign", queue="signing")(lambda job: None)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("test.sign")
        assert sent == []
    assert sent == [(job.pk, "signing")]
    job.refresh_from_db()
    assert job.sends == 1


@pytest.mark.django_db(transaction=True)
def test_enqueue_is_undone_with_the_fact(greetings, sent):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("test.greet", payload={"name": "Ama"})
        raise RuntimeError
    assert (Job.objects.count(), sent) == (0, [])


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//", "filesystem://"])
def test_a_broker_that_is_down_fails_no_request(greetings, monkeypatch, settings, tmp_path, url):
    from celery import Celery

    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)  # it would win over the argument
    app = Celery("down", broker=url, set_as_current=False)
    app.conf.broker_connection_timeout = 1
    if url.startswith("filesystem"):
        app.conf.broker_transport_options = {"data_folder_out": str(tmp_path / "gone"), "data_folder_in": "/proc/none"}
    monkeypatch.setattr(jobs, "celery_app", app)
    job = jobs.enqueue("test.greet", payload={"name": "Ama"})
    app.connection_for_write().connection_errors  # noqa: B018  loads the broker's client, which is not what is timed
    started = timezone.now()
    assert jobs.send_all([job]) == 0
    assert timezone.now() - started < timedelta(seconds=5)
    job.refresh_from_db()
    assert (job.state, job.sent_at) == (Job.State.WAITING, None)


def test_run_job_tries_again_later_then_gives_up(greetings, caplog):
    job = jobs.enqueue("test.greet", payload={"name": "fails"})
    for attempt, pause in [(1, timedelta(seconds=5)), (2, timedelta(seconds=10))]:
        before = timezone.now()
        assert jobs.run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.WAITING, attempt)
        assert before + pause <= job.run_after <= timezone.now() + pause
        assert "ValueError: nobody of that name" in job.error
        assert jobs.claim(job.pk, job.run_after - timedelta(milliseconds=1)) == []  # not yet due
        Job.objects.update(run_after=before)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (Job.State.FAILED, 3, None)
    assert greetings == ["fails"] * 3
    assert "failed for good" in caplog.text


def test_backoff_doubles_up_to_an_hour():
    assert [Job.backoff(n).total_seconds() for n in (1, 2, 3, 12)] == [5, 10, 20, 3600]


def test_run_job_lets_go_when_the_process_is_told_to_stop(handlers):
    @jobs.job_handler("test.stop")
    def stop(job):
        raise SystemExit

    job = jobs.enqueue("test.stop")
    with pytest.raises(SystemExit):
        jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING  # until its lease ends


def test_a_job_reports_its_progress(handlers, run_jobs):
    seen = []

    @jobs.job_handler("test.long")
    def long(job):
        job.report_progress(40, "deux lignes sur cinq")
        seen.append(Job.objects.values_list("percent", "note").get(pk=job.pk))

    jobs.enqueue("test.long")
    (job,) = run_jobs()
    assert seen == [(40, "deux lignes sur cinq")]
    assert (job.state, job.percent) == (Job.State.DONE, 100)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_workers_gets_the_job(greetings):
    job = jobs.enqueue("test.greet", payload={"name": "Ama"})
    together = threading.Barrier(6)

    def work():
        together.wait()
        jobs.run_job(job.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert greetings == ["Ama"]
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_the_handler_works(handlers, settings):
    settings.LMS_JOB_LEASE_SECONDS = 3

    @jobs.job_handler("test.slow")
    def slow(job):
        first_end, pause = job.lease_until, threading.Event()
        while job.lease_until < first_end + timedelta(seconds=1.5):  # renewed twice
            pause.wait(0.05)
            job.refresh_from_db()
        # Another worker finds it taken, once the first lease has ended too.
        assert jobs.claim(job.pk, first_end + timedelta(seconds=1)) == []

    job = jobs.enqueue("test.slow")
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (Job.State.DONE, 1, "")


def test_an_outcome_that_comes_after_the_lease_went_elsewhere_is_not_written(handlers):
    @jobs.job_handler("test.late")
    def late(job):
        Job.objects.filter(pk=job.pk).update(lease_holder="another")

    job = jobs.enqueue("test.late")
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.lease_holder) == (Job.State.RUNNING, "another")


def running_job(**fields):
    now = timezone.now()
    given = {"name": "test.greet", "key": "k", "payload": {"name": "Ama"}, "state": Job.State.RUNNING, "attempts": 1}
    given |= {"max_attempts": 3, "run_after": now, "created_at": now, "lease_holder": "dead"}
    return Job.objects.create(**given | fields)


def test_sweep_takes_up_what_a_dead_worker_left(greetings, sent, run_jobs):
    job = running_job(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.sweep_jobs() == 1
    assert sent == [(job.pk, "default")]
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 2)


def test_sweep_leaves_a_living_worker_alone(sent):
    now = timezone.now()
    running_job(lease_until=now + timedelta(seconds=1))
    assert (jobs.sweep_jobs(now), sent) == (0, [])


def test_sweep_gives_up_on_what_kills_its_worker_each_time(sent):
    job = running_job(attempts=3, lease_until=timezone.now() - timedelta(seconds=1))
    assert (jobs.sweep_jobs(), sent) == (0, [])
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "s’est arrêté" in job.error


@pytest.mark.parametrize(
    ("sends", "seconds_ago", "expected"), [(0, None, 1), (1, 29, 0), (1, 31, 1), (2, 31, 0), (2, 61, 1), (40, 1900, 0)]
)
def test_sweep_sends_again_with_growing_patience(sent, sends, seconds_ago, expected):
    now = timezone.now()
    sent_at = now - timedelta(seconds=seconds_ago) if seconds_ago else None
    created = now - timedelta(hours=2)
    running_job(
        state=Job.State.WAITING, sends=sends, sent_at=sent_at, run_after=created, created_at=created, attempts=0
    )
    assert jobs.sweep_jobs(now) == expected


def test_sweep_stops_at_the_first_refusal_of_the_broker(monkeypatch):
    tried = []

    def refuse(name, args, **options):
        tried.append(args[0])
        raise OSError

    monkeypatch.setattr(jobs.celery_app, "send_task", refuse)
    for key in "ab":
        running_job(key=key, lease_until=timezone.now() - timedelta(seconds=1))
    assert (jobs.sweep_jobs(), len(tried)) == (0, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_sweep_costs_the_same_when_nothing_is_forgotten(count, sent, django_assert_num_queries):
    for number in range(count):
        running_job(key=str(number), state=Job.State.WAITING, sends=1, sent_at=timezone.now(), attempts=0)
    with django_assert_num_queries(2):
        jobs.sweep_jobs()


def test_replay_gives_all_attempts_anew_and_is_on_record(greetings, run_jobs):
    operator = make_user()
    failed = running_job(state=Job.State.FAILED, attempts=3, lease_until=None)
    done = running_job(state=Job.State.DONE, key="other")
    assert jobs.replay(Job.objects.all(), operator) == 1
    run_jobs()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, greetings) == (Job.State.DONE, 1, ["Ama"])
    assert [(e.verb, e.actor_pk, e.object_pk) for e in AuditEntry.objects.all()] == [
        ("job.replay", str(operator.pk), str(failed.pk))
    ]
    assert done.state == Job.State.DONE


def test_cancel_spares_what_runs(greetings, run_jobs):
    running = running_job(lease_until=timezone.now() + timedelta(minutes=1))
    waiting = running_job(state=Job.State.WAITING, key="other", attempts=0)
    assert jobs.cancel(Job.objects.all(), make_user()) == 1
    run_jobs()
    assert greetings == []
    running.refresh_from_db()
    waiting.refresh_from_db()
    assert (running.state, waiting.state) == (Job.State.RUNNING, Job.State.CANCELLED)


# --- The connection of tasks to the database


def test_celery_makes_no_connection_for_each_task():
    assert DjangoWorkerFixup(celery_app).db_reuse_max == 10_000


@pytest.mark.django_db(transaction=True)
def test_task_after_the_database_dropped_the_connection_makes_another(greetings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite drops no connection.")
    job = jobs.enqueue("test.greet", payload={"name": "Ama"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None, "context": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    run_job.apply(args=[job.pk], throw=True)
    assert greetings == ["Ama"]

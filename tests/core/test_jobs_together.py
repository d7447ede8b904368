"""Jobs of one name taken together by one worker: each once, whatever happens to the others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.core import jobs
from lms.core.models import Job

pytestmark = pytest.mark.django_db


class Counting:
    """A handler and its `together`, which note what they did: `lots` of several, `alone` the others."""

    def __init__(self):
        self.lots: list[list[str]] = []
        self.alone: list[str] = []
        self.leaves: set[str] = set()
        self.error: Exception | None = None
        self.wait: Exception | None = None

    def one(self, job):
        self.alone.append(job.key)
        if self.wait:
            raise self.wait
        if job.payload.get("fails"):
            raise ValueError("bad")

    def together(self, taken):
        if self.error:
            raise self.error
        self.lots.append([job.key for job in taken])
        return [job.pk for job in taken if job.key not in self.leaves]


@pytest.fixture
def counting(monkeypatch):
    monkeypatch.setattr(jobs, "HANDLERS", dict(jobs.HANDLERS))
    found = Counting()
    jobs.job_handler("test.count", together=found.together, max_attempts=3)(found.one)
    return found


def ask(*keys, **payload):
    jobs.enqueue_all("test.count", [jobs.Ask(key, payload) for key in keys])
    return list(Job.objects.filter(key__in=keys).order_by("pk"))


def states():
    return dict(Job.objects.values_list("key", "state"))


def test_who_takes_one_takes_along_those_that_wait(counting, run_jobs):
    first, *_ = ask("a", "b", "c")
    assert jobs.run_job(first.pk)
    assert (counting.lots, counting.alone) == ([["a", "b", "c"]], [])
    assert states() == {"a": "done", "b": "done", "c": "done"}
    assert not any(jobs.run_job(pk) for pk in Job.objects.values_list("pk", flat=True))


def test_one_alone_is_run_as_ever(counting):
    (only,) = ask("a")
    jobs.run_job(only.pk)
    assert (counting.lots, counting.alone) == ([], ["a"])


def test_no_more_than_the_bound_are_taken(counting, monkeypatch):
    monkeypatch.setattr(jobs, "TOGETHER", 2)
    first, *_ = ask("a", "b", "c")
    jobs.run_job(first.pk)
    assert counting.lots == [["a", "b"]]
    assert states()["c"] == "waiting"


def test_what_is_not_due_of_another_name_or_was_tried_stays(counting):
    first, later, tried, other = ask("a", "later", "tried", "other")
    Job.objects.filter(pk=later.pk).update(run_after=timezone.now() + timedelta(hours=1))
    Job.objects.filter(pk=tried.pk).update(attempts=1, started_at=timezone.now())
    Job.objects.filter(pk=other.pk).update(name="test.other")
    jobs.run_job(first.pk)
    assert (counting.lots, counting.alone) == ([], ["a"])


def test_what_is_left_is_run_alone(counting, run_jobs):
    counting.leaves = {"b"}
    ask("a", "b", "c")
    run_jobs("test.count")
    assert (counting.lots, counting.alone) == ([["a", "b", "c"]], ["b"])
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_what_waits_for_an_hour_is_taken_together_again_when_it_comes(counting, run_jobs):
    class Later(jobs.NotYet):
        until = timezone.now() + timedelta(hours=1)

    counting.leaves, counting.wait = {"a", "b"}, Later("closed")
    ask("a", "b")
    run_jobs("test.count")
    assert set(Job.objects.values_list("state", "attempts", "error")) == {("waiting", 0, "closed")}
    counting.leaves, counting.wait = set(), None
    jobs.hasten("test.count", timezone.now())
    run_jobs("test.count")
    assert counting.lots == [["a", "b"], ["a", "b"]]
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_one_with_a_single_attempt_has_it_alone(counting, run_jobs):
    counting.error = RuntimeError("all of them")
    ask("a", "b")
    Job.objects.update(max_attempts=1)
    run_jobs("test.count")
    assert sorted(counting.alone) == ["a", "b"]
    assert set(states().values()) == {"done"}


def test_when_together_fails_each_is_run_alone_and_one_that_fails_stops_no_other(counting, run_jobs, caplog):
    counting.error = RuntimeError("all of them")
    ask("a", "c")
    (bad,) = ask("b", fails=True)
    run_jobs("test.count")
    assert sorted(counting.alone) == ["a", "b", "c"]
    assert states() == {"a": "done", "b": "waiting", "c": "done"}
    bad.refresh_from_db()
    assert ("ValueError" in bad.error, bad.attempts) == (True, 1)
    assert "failed together" in caplog.text


def test_worker_killed_with_many_leaves_each_to_be_run_alone(counting):
    taken = ask("a", "b")
    assert [job.key for job in jobs.claim(taken[0].pk, timezone.now())] == ["a", "b"]  # and nobody writes the outcome
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    for job in taken:
        assert jobs.run_job(job.pk)
    assert (counting.lots, counting.alone) == ([], ["a", "b"])
    assert dict(Job.objects.values_list("key", "attempts")) == {"a": 2, "b": 1}  # to be taken along is no attempt


def test_lease_that_went_to_another_is_not_written_over(counting):
    first, second = ask("a", "b")

    def lose(taken):
        Job.objects.filter(pk=second.pk).update(lease_holder="another")
        return [job.pk for job in taken]

    jobs.job_handler("test.count", together=lose)(counting.one)
    jobs.run_job(first.pk)
    assert states() == {"a": "done", "b": "running"}


@pytest.mark.parametrize("count", [2, 20])
def test_many_cost_the_queries_of_two(counting, count, django_assert_num_queries):
    first, *_ = ask(*(str(number) for number in range(count)))
    with django_assert_num_queries(9):  # one seen, taken, read; the others, in a savepoint; the outcome
        jobs.run_job(first.pk)


@pytest.mark.parametrize("count", [1, 20])
def test_asking_for_many_costs_the_same_and_is_asking_once(
    counting, count, django_assert_num_queries, django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr(jobs.celery_app, "send_task", lambda name, args, **options: sent.append(args[0]))
    asked = [jobs.Ask(str(number), {}) for number in range(count)]
    with django_assert_num_queries(4), django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue_all("test.count", asked)
    assert sent == [Job.objects.order_by("pk").first().pk]  # who takes it takes the others along
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue_all("test.count", asked)
    assert (Job.objects.count(), len(sent)) == (count, 1)
    assert set(Job.objects.values_list("sends", flat=True)) == {1}


def test_a_message_for_each_lot_and_one_more_after_a_full_one(counting, monkeypatch):
    monkeypatch.setattr(jobs, "TOGETHER", 2)
    sent = []
    monkeypatch.setattr(jobs.celery_app, "send_task", lambda name, args, **options: sent.append(args[0]))
    asked = ask(*"abcde")
    assert jobs.send_all(asked) == 5
    assert sent == [asked[0].pk, asked[2].pk, asked[4].pk]
    sent.clear()
    jobs.run_job(asked[2].pk)  # takes the first of the others along: the messages no longer fall as they were laid
    assert counting.lots == [["c", "a"]]
    assert sent == [asked[1].pk]
    while sent:
        jobs.run_job(sent.pop())
    assert set(states().values()) == {"done"}

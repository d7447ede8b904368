"""The job centre and the audit trail in the back office: who sees them, who may replay and cancel."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from lms.core import audit
from lms.core.models import AuditEntry, Job
from lms.core.viewsets import job_action_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    """Sign in someone who holds these permissions on core, besides access to the back office."""

    def sign_in(*codenames, superuser=False):
        make = get_user_model().objects.create_superuser if superuser else get_user_model().objects.create_user
        user = make("operateur@example.org", "x")
        user.user_permissions.add(
            Permission.objects.get(codename="access_admin"),
            *Permission.objects.filter(content_type__app_label="core", codename__in=codenames),
        )
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return user

    return sign_in


def make_job(key, **fields):
    now = timezone.now()
    return Job.objects.create(
        **{"name": "certificates.issue", "key": key, "run_after": now, "created_at": now} | fields
    )


def test_job_centre_shows_state_error_and_what_can_be_done(client, sign_in):
    sign_in("view_job", "operate_job")
    failed = make_job("certificate:1", state=Job.State.FAILED, error="ValueError: no font", attempts=8)
    make_job("certificate:2", state=Job.State.DONE)
    page = client.get(reverse("jobs:index")).content.decode()
    assert "certificate:1" in page and "certificate:2" in page
    assert "Échouée" in page and "Faite" in page
    assert page.count("/gestion/bulk/core/job/replay/?id=" + str(failed.pk)) == 1
    assert "ValueError: no font" in client.get(reverse("jobs:inspect", args=[failed.pk])).content.decode()


def test_job_centre_filters_by_state(client, sign_in):
    sign_in("view_job")
    make_job("certificate:1", state=Job.State.FAILED)
    make_job("certificate:2", state=Job.State.DONE)
    page = client.get(reverse("jobs:index"), {"state": "failed"}).content.decode()
    assert "certificate:1" in page and "certificate:2" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_job_centre_costs_the_same_for_any_length(client, sign_in, count, django_assert_max_num_queries):
    sign_in("view_job", "operate_job")
    for number in range(count):
        make_job(f"certificate:{number}", state=Job.State.FAILED)
    client.get(reverse("jobs:index"))
    with django_assert_max_num_queries(14):
        client.get(reverse("jobs:index"))


def test_replay_is_asked_then_done_by_post(client, sign_in):
    user = sign_in("view_job", "operate_job")
    job = make_job("certificate:1", state=Job.State.FAILED, attempts=8)
    address = job_action_url("replay", job.pk, reverse("jobs:index"))
    assert "certificate:1" in client.get(address).content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert client.post(address).url == reverse("jobs:index")
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.WAITING, 0)
    assert AuditEntry.objects.get().actor_pk == str(user.pk)


def test_replay_all_takes_what_failed_and_nothing_else(client, sign_in):
    sign_in("view_job", "operate_job")
    failed, done = make_job("a", state=Job.State.FAILED), make_job("b", state=Job.State.DONE)
    client.post(job_action_url("replay", "all", "/gestion/"))
    assert set(Job.objects.values_list("pk", "state")) == {(failed.pk, "waiting"), (done.pk, "done")}


def test_cancel_is_done_by_post(client, sign_in):
    sign_in("view_job", "operate_job")
    job = make_job("a")
    client.post(job_action_url("cancel", job.pk, "/gestion/"))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


@pytest.mark.parametrize("action", ["replay", "cancel"])
def test_who_may_only_look_changes_nothing(client, sign_in, action):
    sign_in("view_job")
    job = make_job("a", state=Job.State.FAILED)
    page = client.get(reverse("jobs:index")).content.decode()
    assert "/gestion/bulk/core/job/" not in page
    client.post(job_action_url(action, job.pk, "/gestion/"))
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


@pytest.mark.parametrize("name", ["jobs:index", "audit:index"])
def test_without_the_right_to_view_the_lists_are_closed(client, sign_in, name):
    sign_in()
    assert client.get(reverse(name)).status_code == 302
    assert client.get("/gestion/").status_code == 200


def test_nobody_edits_or_deletes_jobs_and_entries(client, sign_in):
    sign_in(superuser=True)
    job, entry = make_job("a"), audit.record("x")
    for prefix, pk in (("jobs", job.pk), ("audit", entry.pk)):
        for name, arguments in (("add", []), ("edit", [pk]), ("delete", [pk])):
            answer = client.post(reverse(f"{prefix}:{name}", args=arguments))
            assert (answer.status_code, answer.url) == (302, "/gestion/")
    assert (Job.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_audit_trail_is_listed_filtered_and_exported(client, sign_in):
    user = sign_in("view_auditentry")
    audit.record("certificate.revoke", user, user)
    audit.record("job.cancel", user)
    page = client.get(reverse("audit:index"), {"verb": "certificate.revoke"})
    assert [entry.verb for entry in page.context["object_list"]] == ["certificate.revoke"]
    sheet = client.get(reverse("audit:index"), {"export": "csv"})
    assert "certificate.revoke" in b"".join(sheet.streaming_content).decode()

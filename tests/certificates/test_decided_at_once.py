"""Two people decide at the same moment, workers take the same line: one decision, one act, on both databases."""

import contextlib
import threading

import pytest
from django.db import connection
from django.utils import timezone

from certificates.actions import (
    AlreadyDecided,
    applying,
    checks,
    publish_certificates,
    refuse_hold,
    reissue_certificate,
    release_hold,
)
from certificates.actions.act_batches import approve_acts, propose_acts, reject_acts, run_acts, settle_line
from certificates.actions.assigning import assign_version
from certificates.actions.batches import approve_batch, propose_batch
from certificates.actions.proposals import BatchRefused
from certificates.actions.stopping import NotStopped, stop_issuing
from certificates.lasting.signature import SealedDocument
from certificates.models import (
    ActBatch,
    Certificate,
    CertificateAct,
    Hold,
    IssueBatch,
    IssuingStop,
    KnowledgeCheck,
    Recertification,
)
from certificates.permissions import APPROVE_BATCH, PROPOSE_BATCH, REISSUE, REVOKE, VIEW_BATCH
from lms.core.models import AuditEntry, Job
from tests.certificates.makers import (
    at_once,
    make_certificate,
    make_completion,
    make_officer,
    make_reserved,
    make_unit,
    make_user,
    place,
)
from tests.certificates.test_holds import fill_in
from tests.certificates.updated import bank_of, certify, make_followed_course, mark, read_again, rewrite

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RIGHTS = (VIEW_BATCH, PROPOSE_BATCH, APPROVE_BATCH, REVOKE, REISSUE)


def kinds(errors):
    return [type(error) for error in errors]


def test_batch_to_issue_is_approved_once_by_two_at_once():
    unit = make_unit()
    completion = make_completion()
    place(completion.enrolment.person, unit)
    first, second, third = (make_officer(unit, *RIGHTS) for _ in range(3))
    batch = propose_batch(completion.enrolment.course, first, "", timezone.now())
    calls = [lambda who=who: approve_batch(batch, who, timezone.now()) for who in (second, third)]
    assert kinds(at_once(*calls)) == [BatchRefused]
    assert IssueBatch.objects.get().decided_by in (second, third)
    assert AuditEntry.objects.filter(verb="certificate.batch_approved").count() == 1
    assert Job.objects.filter(name="certificates.run_batch").count() == 1


def test_acts_are_decided_once_and_each_line_done_once_by_workers_at_once():
    unit = make_unit()
    first, second, third = (make_officer(unit, *RIGHTS) for _ in range(3))
    certificates = [make_reserved() for _ in range(3)]
    for certificate in certificates:
        place(certificate.person, unit)
    Certificate.objects.update(state="valid", issued_at=timezone.now())
    batch = propose_acts("reissue", Certificate.objects.all(), first, "Clé compromise", "", timezone.now())
    decisions = [
        lambda: approve_acts(batch, second, timezone.now()),
        lambda: reject_acts(batch, third, "Non", timezone.now()),
    ]
    assert kinds(at_once(*decisions)) == [BatchRefused]
    ActBatch.objects.update(state="approved", reason="", decided_by=second)  # whoever came first
    batch.refresh_from_db()
    lines = list(batch.lines.values_list("pk", flat=True))
    work = [lambda pk=pk: settle_line(pk, timezone.now()) for pk in lines * 3]
    assert at_once(*work, lambda: run_acts(batch), lambda: run_acts(batch)) == []
    heirs = Certificate.objects.filter(origin="reissue")
    assert sorted(heirs.values_list("former", flat=True)) == sorted(row.pk for row in certificates)
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert CertificateAct.objects.filter(certificate__in=heirs, verb="reserved").count() == 3
    assert Job.objects.filter(name="certificates.act").count() == 3
    assert not batch.lines.unsettled().exists()


def test_hold_is_decided_once_by_two_at_once():
    completion = make_completion()
    hold = Hold.objects.create(enrolment=completion.enrolment, facts=[], step_count=3, opened_at=timezone.now())
    calls = [lambda who=who: release_hold(hold, who, "Vu", timezone.now()) for who in (make_user(), make_user())]
    assert kinds(at_once(*calls)) == [AlreadyDecided]
    assert Job.objects.filter(name="certificates.issue").count() == 1
    with pytest.raises(AlreadyDecided):
        refuse_hold(hold, make_user(), "Trop tard", timezone.now())


def test_issuing_is_stopped_once_by_two_at_once():
    unit = make_unit()
    officer = make_user(is_superuser=True)
    calls = [lambda: stop_issuing(officer, "Doute", timezone.now())] * 2
    assert kinds(at_once(*calls)) == [NotStopped]
    calls = [lambda: stop_issuing(officer, "Doute", timezone.now(), unit)] * 2
    assert kinds(at_once(*calls)) == [NotStopped]
    assert IssuingStop.objects.in_force().count() == 2


def ask_to_update(course, trainer, lesson, question):
    """A lesson changes, and its holder is asked to read it again, which they do."""
    rewrite(course, lesson)
    assign_version(mark(course, trainer, [question]), timezone.now(), lambda seen, total: None)
    update = Recertification.objects.open().get()
    read_again(update)
    return update


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one at a time")
def test_update_begun_and_application_confirmed_at_once_both_end(monkeypatch):
    """Each, past its first lock, waits for the other to be past its own, unless that one is kept waiting."""
    course, trainer, manager = make_followed_course(), make_user(is_superuser=True), make_user()
    held, (first, second, _third) = certify(course), bank_of(course)
    place(held.person, make_unit(), manager)
    said = "Chaque semaine, je trie le courrier du service."
    application = applying.ask_for_confirmation(held, said, timezone.now())
    left_open = checks.start_update_check(ask_to_update(course, trainer, "lecon-1", first), timezone.now())
    fill_in(left_open)
    update = ask_to_update(course, trainer, "lecon-2", second)
    past_first_lock = threading.Barrier(2)

    def meet():
        with contextlib.suppress(threading.BrokenBarrierError):
            past_first_lock.wait(timeout=2)

    def after(real):
        def locked(*args):
            found = real(*args)
            meet()
            return found

        return locked

    for place_of, name in (
        (checks, "locked_enrolment"), (applying, "locked_series"), (applying, "_post_that_entitles"),
    ):  # fmt: skip
        monkeypatch.setattr(place_of, name, after(getattr(place_of, name)))
    today = timezone.localdate()
    calls = [
        lambda: checks.start_update_check(update, timezone.now()),
        lambda: applying.confirm_application(application, manager, today, "", timezone.now()),
    ]
    assert at_once(*calls) == []
    assert held.confirmation().origin == "applied"
    left_open.refresh_from_db()
    assert left_open.is_convincing and left_open.submitted_at
    assert KnowledgeCheck.objects.get(submitted_at=None).recertification == update


def test_reissues_published_by_two_workers_in_opposite_orders_are_each_published_once():
    officer = make_user()
    formers = [make_certificate() for _ in range(12)]
    heirs = [reissue_certificate(former, "reissue", officer, "Clé", timezone.now()) for former in formers]
    documents = [(heir, SealedDocument(heir.public_code.encode(), "a" * 64, True)) for heir in heirs]
    published = []
    calls = [
        lambda some=some: published.extend(publish_certificates(some, timezone.now()))
        for some in (documents, documents[::-1])
    ]
    assert at_once(*calls) == []
    assert sorted(published) == sorted(heir.pk for heir in heirs)
    assert set(Certificate.objects.filter(pk__in=[one.pk for one in formers]).values_list("state")) == {("replaced",)}

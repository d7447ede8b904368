"""The same act on many certificates: chosen in the register, dry run, four eyes, pause, resume, a result for each line."""

from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions import revoke_certificate, suspend_certificate
from certificates.actions.act_batches import (
    approve_acts,
    pause_acts,
    propose_acts,
    reject_acts,
    resume_acts,
    run_acts,
    settle_line,
)
from certificates.actions.keys import activate_key, compromise_key, introduce_key
from certificates.actions.logging_acts import log_acts
from certificates.actions.proposals import BatchRefused
from certificates.actions.stopping import resume_issuing, stop_issuing
from certificates.keys.authority import make_sandbox_authority
from certificates.keys.introduced import new_key
from certificates.models import ActBatch, Certificate, CertificateAct, LogEntry, SealKey
from certificates.permissions import APPROVE_BATCH, REISSUE, REVOKE, SUSPEND, VIEW, VIEW_ACTS
from certificates.sealing.room import try_key
from certificates.tasks import signing
from lms.core.models import AuditEntry, Job
from tests.certificates.makers import make_certificate, make_officer, make_reserved, make_unit, make_user, place

pytestmark = pytest.mark.django_db
RIGHTS = (VIEW, VIEW_ACTS, SUSPEND, REISSUE, REVOKE, APPROVE_BATCH)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def proposer(unit):
    return make_officer(unit, *RIGHTS)


@pytest.fixture
def approver(unit):
    return make_officer(unit, *RIGHTS)


def valid(unit, count=1, person=None):
    """Certificates issued to people of the unit, whose document was not drawn: nothing here reads it."""
    now, found = timezone.now(), []
    for _ in range(count):
        certificate = make_reserved(person)
        place(certificate.person, unit)
        Certificate.objects.filter(pk=certificate.pk).update(state="valid", issued_at=now)
        found.append(Certificate.objects.get(pk=certificate.pk))
    return found


def rows(*certificates):
    return Certificate.objects.filter(pk__in=[row.pk for row in certificates])


def states(*certificates):
    return [Certificate.objects.get(pk=row.pk).state for row in certificates]


def page_of(act, *certificates, **query):
    query = {"id": [row.pk for row in certificates], "next": reverse("certificate_register:index"), **query}
    return (
        reverse("wagtail_bulk_action", args=["certificates", "certificate", act]) + "?" + urlencode(query, doseq=True)
    )


def url(name, *args):
    return reverse(f"certificate_acts:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


# --- Choosing, the dry run, the proposal


def test_officer_ticks_sees_line_by_line_what_is_refused_and_why_then_proposes(client, unit, proposer):
    good, gone, busy = valid(unit, 3)
    (own,) = valid(unit, person=proposer)
    (hidden,) = valid(make_unit("S2"))
    revoke_certificate(gone, make_user(), "Fraude", timezone.now())
    propose_acts("suspend", rows(busy), proposer, "Doute", "", timezone.now())
    client.force_login(proposer)
    address = page_of("revoke", good, gone, busy, own, hidden)
    page = text_of(client.get(address))
    assert "l’acte toucherait 1 certificat. 3 seraient laissés tels quels." in page
    for number, said in (
        (good.printed_number, "valide → révoqué"),
        (gone.printed_number, "Il est révoqué : cet acte ne s’y applique pas."),
        (busy.printed_number, "Il est déjà dans un lot d’actes qui n’est pas terminé."),
        (own.printed_number, "C’est le vôtre : une autre personne doit s’en charger."),
    ):
        assert said in page.split(f">{number}<")[1].split("</tr>")[0]
    assert hidden.printed_number not in page
    assert "Champ requis." in text_of(client.post(address, {"motive": "  "}))
    done = client.post(address, {"motive": "Session annulée", "note": "PV du 3"}, follow=True)
    batch = ActBatch.objects.get(act="revoke")
    assert [line.certificate for line in batch.lines.all()] == [good]
    assert states(good) == ["valid"]
    assert "Vous avez proposé ce lot : une autre personne doit l’approuver." in text_of(done)
    entry = AuditEntry.objects.get(verb="certificate.propose_acts", object_pk=str(batch.pk))
    assert (entry.actor_pk, entry.details["lines"]) == (str(proposer.pk), 1)


def test_all_that_answers_to_the_filter_is_chosen_and_nothing_else(client, unit, proposer):
    suspended, kept = valid(unit, 2)
    suspend_certificate(suspended, make_user(), "Doute", timezone.now())
    client.force_login(proposer)
    listed = client.get(reverse("certificate_register:index"), {"state": "suspended"}).content.decode()
    assert "id=all" in listed
    lift = {"id": "all", "motive": "Doute levé"}
    page = text_of(client.get(page_of("lift", id="all", state="suspended")))
    assert suspended.printed_number in page
    assert kept.printed_number not in page
    client.post(page_of("lift", id="all", state="suspended"), lift)
    assert [line.certificate for line in ActBatch.objects.get().lines.all()] == [suspended]


@pytest.mark.parametrize("query", [{"state": "inconnu"}, {"year": "x"}, {"q": "introuvable"}])
def test_filter_that_cannot_be_read_chooses_nothing(client, unit, proposer, query):
    valid(unit, 2)
    client.force_login(proposer)
    address = page_of("revoke", id="all", **query)
    assert "ne s’applique à aucun" in text_of(client.get(address))
    client.post(address, {"motive": "Tout"})
    assert not ActBatch.objects.exists()


def test_too_many_at_once_are_refused_with_what_to_do(client, unit, proposer, monkeypatch):
    valid(unit, 3)
    for module in ("actions", "back_office"):
        name = {"actions": "act_batches", "back_office": "bulk_acts"}[module]
        monkeypatch.setattr(f"certificates.{module}.{name}.LARGEST_BATCH", 2)
    client.force_login(proposer)
    assert "Restreignez le filtre" in text_of(client.get(page_of("revoke", id="all")))
    client.post(page_of("revoke", id="all"), {"motive": "Tout"})
    with pytest.raises(BatchRefused):
        propose_acts("revoke", Certificate.objects.all(), proposer, "Tout", "", timezone.now())
    assert not ActBatch.objects.exists()


def test_without_the_right_of_the_act_nothing_is_offered_nor_done(client, unit):
    (certificate,) = valid(unit)
    client.force_login(make_officer(unit, VIEW))
    index = client.get(reverse("certificate_register:index")).content.decode()
    assert certificate.printed_number in index
    assert "bulk-action" not in index
    for act in ("suspend", "lift", "reissue", "revoke"):
        for ask in (client.get, client.post):
            assert ask(page_of(act, certificate), {"motive": "x"}).status_code in (302, 403)
    assert not ActBatch.objects.exists()


def test_certificates_out_of_scope_are_not_found(client, unit, proposer):
    (hidden,) = valid(make_unit("S2"))
    client.force_login(proposer)
    for pks in ([hidden.pk], ["0"], ["x"], ["9" * 30], []):
        address = page_of("revoke", id=pks)
        assert client.get(address).status_code == 404
        assert client.post(address, {"motive": "x"}).status_code == 404


def test_manager_sees_their_people_and_cannot_act_on_them(client, unit):
    certificate = make_reserved()
    manager = make_officer(unit, VIEW, REVOKE)
    place(certificate.person, make_unit("S2"), manager=manager)
    Certificate.objects.update(state="valid", issued_at=timezone.now())
    client.force_login(manager)
    assert "Votre rôle ne donne pas ce droit sur cette personne." in text_of(client.get(page_of("revoke", certificate)))
    with pytest.raises(BatchRefused):
        propose_acts("revoke", rows(certificate), manager, "x", "", timezone.now())


@pytest.mark.parametrize("count", [1, 3])
def test_dry_run_and_batch_cost_the_same_for_any_length(client, unit, proposer, count, django_assert_num_queries):
    certificates = valid(unit, count)
    client.force_login(proposer)
    address = page_of("revoke", *certificates)
    client.get(address)
    with django_assert_num_queries(12):
        client.get(address)
    batch = propose_acts("revoke", rows(*certificates), proposer, "x", "", timezone.now())
    with django_assert_num_queries(13):
        client.get(url("batch", batch.pk))


# --- Four eyes


def test_approved_by_another_who_has_both_rights_over_everyone(unit, proposer, approver):
    certificates = valid(unit, 2)
    batch = propose_acts("revoke", rows(*certificates), proposer, "Fraude", "", timezone.now())
    for who in (
        proposer,
        make_user(),
        make_officer(make_unit("S2"), *RIGHTS),
        make_officer(unit, VIEW_ACTS, REVOKE),
        make_officer(unit, VIEW_ACTS, APPROVE_BATCH, SUSPEND),
        certificates[0].person,
    ):
        with pytest.raises(BatchRefused):
            approve_acts(batch, who, timezone.now())
        with pytest.raises(BatchRefused):
            reject_acts(batch, who, "x", timezone.now())
    approve_acts(batch, approver, timezone.now())
    for who in (approver, make_officer(unit, *RIGHTS)):
        with pytest.raises(BatchRefused):
            approve_acts(batch, who, timezone.now())
    assert list(AuditEntry.objects.about(batch).order_by("pk").values_list("verb", flat=True)) == [
        "certificate.propose_acts",
        "certificate.acts_approved",
    ]


def test_database_refuses_that_two_eyes_do(unit, proposer):
    batch = propose_acts("revoke", rows(*valid(unit)), proposer, "Fraude", "", timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ActBatch.objects.filter(pk=batch.pk).update(state="approved", decided_by=proposer, decided_at=timezone.now())


def test_rejected_batch_does_nothing_and_frees_its_certificates(client, unit, proposer, approver, run_jobs):
    (certificate,) = valid(unit)
    batch = propose_acts("revoke", rows(certificate), proposer, "Fraude", "", timezone.now())
    client.force_login(approver)
    client.post(url("batch", batch.pk), {"act": "reject", "reason": " "})
    assert ActBatch.objects.get().state == "proposed"
    client.post(url("batch", batch.pk), {"act": "reject", "reason": "Pas prouvé"})
    run_jobs()
    assert states(certificate) == ["valid"]
    assert propose_acts("revoke", rows(certificate), proposer, "Fraude", "", timezone.now()).lines.count() == 1


def test_batches_of_others_are_not_found(client, unit, proposer):
    batch = propose_acts("revoke", rows(*valid(unit)), proposer, "Fraude", "", timezone.now())
    client.force_login(make_officer(make_unit("S2"), *RIGHTS))
    for name in ("batch", "report"):
        assert client.get(url(name, batch.pk)).status_code == 404
    assert client.post(url("batch", batch.pk), {"act": "approve"}).status_code == 404
    assert str(batch) not in client.get(url("index")).content.decode()
    client.force_login(make_officer(unit, VIEW_ACTS))
    assert client.get(url("batch", batch.pk)).status_code == 200
    assert client.post(url("batch", batch.pk), {"act": "approve"}).status_code in (302, 403)
    assert ActBatch.objects.get().state == "proposed"


# --- Doing it


def approved(act, certificates, proposer, approver, motive="Session annulée"):
    batch = propose_acts(act, rows(*certificates), proposer, motive, "", timezone.now())
    return approve_acts(batch, approver, timezone.now())


def test_each_is_revoked_once_in_the_name_of_who_approved_told_and_logged(client, unit, proposer, approver, run_jobs):
    certificates = valid(unit, 2)
    batch = approved("revoke", certificates, proposer, approver)
    run_jobs("certificates.run_acts")
    run_acts(batch)
    run_jobs("certificates.act")
    for line in batch.lines.all():
        settle_line(line.pk, timezone.now())
    assert states(*certificates) == ["revoked", "revoked"]
    acts = CertificateAct.objects.filter(verb="revoked").order_by("pk")
    assert [(act.actor, act.reason) for act in acts] == [(approver, "Session annulée")] * 2
    assert AuditEntry.objects.filter(verb="certificate.revoke", actor_pk=str(approver.pk)).count() == 2
    assert Job.objects.filter(name="certificates.tell_act").count() == 2
    log_acts()
    assert LogEntry.objects.filter(act__in=acts).count() == 2
    client.force_login(approver)
    page = text_of(client.get(url("batch", batch.pk)))
    assert "Avancement : 100 %" in page
    assert "Fait : 2" in page
    public = client.get(reverse("certificates:verify_code", args=[certificates[0].public_code]))
    assert "Session annulée" in text_of(public)


def test_reissue_in_number_gives_each_a_new_document_and_the_report_says_which(
    client, unit, proposer, approver, run_jobs
):
    old = make_certificate()
    place(old.person, unit)
    batch = approved("reissue", [old], proposer, approver, "Clé compromise")
    run_jobs()
    new = Certificate.objects.get(former=old)
    assert states(old, new) == ["replaced", "valid"]
    assert new.origin == "reissue"
    client.force_login(proposer)
    report = client.get(url("report", batch.pk), {"export": "csv"})
    lines = b"".join(report.streaming_content).decode().splitlines()
    assert lines[1].startswith(f"{old.printed_number},")
    assert f",fait,{new.printed_number}," in lines[1]
    assert client.get(url("report", batch.pk), {"export": "xlsx"}).status_code == 200


def test_what_changed_since_is_refused_says_why_and_stops_none_of_the_others(
    client, unit, proposer, approver, run_jobs
):
    good, gone = valid(unit, 2)
    batch = approved("suspend", [good, gone], proposer, approver)
    revoke_certificate(gone, make_user(), "Fraude", timezone.now())
    run_jobs("certificates.run_acts")
    run_jobs("certificates.act")
    assert states(good, gone) == ["suspended", "revoked"]
    client.force_login(proposer)
    page = text_of(client.get(url("batch", batch.pk)))
    assert "Fait : 1" in page
    assert "Refusé : 1" in page
    assert "Il est révoqué : cet acte ne s’y applique pas." in page


def test_worker_killed_half_way_leaves_each_line_done_once_or_to_do(unit, proposer, approver, run_jobs):
    class Killed(BaseException):
        """As a signal ends a process: nothing is caught."""

    first, second = valid(unit, 2)
    batch = approved("revoke", [first, second], proposer, approver)
    run_jobs("certificates.run_acts")
    lines = list(batch.lines.order_by("pk"))
    settle_line(lines[0].pk, timezone.now())
    with pytest.raises(Killed), transaction.atomic():
        settle_line(lines[1].pk, timezone.now())
        raise Killed
    assert states(first, second) == ["revoked", "valid"]
    run_jobs("certificates.act")
    assert states(first, second) == ["revoked", "revoked"]
    assert CertificateAct.objects.filter(verb="revoked").count() == 2


def test_batch_is_paused_by_two_eyes_and_goes_on_without_losing_an_attempt(client, unit, proposer, approver, run_jobs):
    first, second = valid(unit, 2)
    batch = approved("revoke", [first, second], proposer, approver)
    run_jobs("certificates.run_acts")
    settle_line(batch.lines.first().pk, timezone.now())
    client.force_login(proposer)
    client.post(url("batch", batch.pk), {"act": "pause", "reason": ""})
    client.post(url("batch", batch.pk), {"act": "pause", "reason": "Mauvaise session"})
    run_jobs("certificates.act")
    assert states(first, second) == ["revoked", "valid"]
    assert set(Job.objects.filter(name="certificates.act").values_list("state", "attempts")) == {
        ("done", 1),
        ("waiting", 0),
    }
    assert "Mauvaise session" in text_of(client.get(url("batch", batch.pk)))
    outsider = make_officer(make_unit("S2"), *RIGHTS)
    for act in (pause_acts, resume_acts):
        with pytest.raises(BatchRefused):
            act(batch, outsider, "x", timezone.now())
    client.post(url("batch", batch.pk), {"act": "resume", "reason": "C’est la bonne"})
    run_jobs("certificates.act")
    assert states(first, second) == ["revoked", "revoked"]
    assert ActBatch.objects.get().paused_at is None


def test_emergency_stop_holds_no_revocation(unit, proposer, approver, run_jobs):
    (certificate,) = valid(unit)
    stop_issuing(make_user(is_superuser=True), "Doute", timezone.now())
    approved("revoke", [certificate], proposer, approver)
    run_jobs()
    assert states(certificate) == ["revoked"]


@pytest.mark.parametrize("done_before", [0, 1])
def test_reissues_wait_while_issuing_is_stopped_then_each_is_done_once(unit, proposer, approver, run_jobs, done_before):
    certificates, officer = valid(unit, 3), make_user(is_superuser=True)
    if not done_before:
        stop = stop_issuing(officer, "Doute", timezone.now())
    batch = approved("reissue", certificates, proposer, approver)
    run_jobs("certificates.run_acts")
    if done_before:
        settle_line(batch.lines.first().pk, timezone.now())
        stop = stop_issuing(officer, "Doute", timezone.now())
    run_jobs()
    assert states(*certificates) == ["valid"] * 3  # nor is the document of the one already done made
    assert batch.lines.unsettled().count() == 3 - done_before
    waiting = Job.objects.filter(name="certificates.act", state="waiting")
    assert list(waiting.values_list("attempts", flat=True)) == [0] * (3 - done_before)
    resume_issuing(stop, officer, "Levée", timezone.now())
    run_jobs()
    run_acts(batch)
    for line in batch.lines.all():
        settle_line(line.pk, timezone.now())
    run_jobs()
    heirs = Certificate.objects.filter(origin="reissue")
    assert states(*certificates, *heirs) == ["replaced"] * 3 + ["valid"] * 3
    assert sorted(heirs.values_list("number", flat=True)) == [4, 5, 6]
    assert not batch.lines.exclude(result="done").exists()


def test_reissues_of_a_batch_are_sealed_with_one_authorisation(monkeypatch, unit, proposer, approver, run_jobs):
    certificates, sealed = valid(unit, 2), []
    seal_all = signing.seal_and_stamp_all
    monkeypatch.setattr(
        signing, "seal_and_stamp_all", lambda drawn, *more: sealed.append(len(drawn)) or seal_all(drawn, *more)
    )
    approved("reissue", certificates, proposer, approver)
    run_jobs()
    assert sealed == [2]
    assert states(*certificates) == ["replaced", "replaced"]


# --- After a key is compromised


def test_doubtful_documents_are_filtered_then_issued_again_with_another_key(
    client, unit, proposer, approver, run_jobs, settings, tmp_path
):
    settings.LMS_PKI_DIR = tmp_path / "pki"
    make_sandbox_authority(settings.LMS_PKI_DIR, timezone.now())
    dated = make_certificate()
    settings.LMS_TSA_URL = "http://127.0.0.1:9/"
    doubtful = make_certificate()
    for certificate in (dated, doubtful):
        place(certificate.person, unit)
    now = timezone.now()
    introduce_key(new_key("pdf", "sandbox-2", "local-p12", "", "", now), now)
    compromise_key(SealKey.objects.get(purpose="pdf", state="active"), now, "Jeton volé", now)
    activate_key(SealKey.objects.get(label="sandbox-2"), try_key, now)
    client.force_login(proposer)
    listed = client.get(reverse("certificate_register:index"), {"seal": "doubtful"}).content.decode()
    assert doubtful.printed_number in listed
    assert dated.printed_number not in listed
    client.post(page_of("reissue", id="all", seal="doubtful"), {"motive": "La clé du cachet est compromise"})
    approve_acts(ActBatch.objects.get(), approver, now)
    run_jobs()
    new = Certificate.objects.get(former=doubtful)
    assert states(dated, doubtful, new) == ["valid", "replaced", "valid"]
    key = SealKey.objects.get(label="sandbox-2")
    assert new.files.get().seal_sha256 == key.certificate_sha256
    assert not SealKey.objects.certificates_in_doubt().exists()

"""The life of keys: the next made known, the one that signs replaced, retired, compromised; and what becomes of documents."""

import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.actions import warn_of_seal_end
from certificates.actions.keys import KeyRefused, NewKey, activate_key, adopt_key, compromise_key, retire_key
from certificates.keys.authority import make_sandbox_authority
from certificates.keys.purposes import Purpose
from certificates.models import Certificate, CertificateFile, SealKey
from certificates.sealing.port import SealerRefused
from certificates.sealing.room import open_sealer, open_signer, try_key
from certificates.storage import read
from certificates.verifying.checking import check_pdf
from certificates.verifying.seals import compared, key_in_doubt
from certificates.verifying.trust import time_roots, trusted_roots
from certificates.verifying.verdicts import Check, Verdict
from lms.core.models import AuditEntry
from tests.certificates.makers import make_certificate

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def own_pki(tmp_path, settings):
    """A sandbox of the test's own, where it may make more keys."""
    settings.LMS_PKI_DIR = tmp_path / "pki"
    make_sandbox_authority(settings.LMS_PKI_DIR, timezone.now())
    return settings.LMS_PKI_DIR


def keys(*arguments, capsys):
    """What the command says."""
    call_command("keys", *arguments)
    return capsys.readouterr().out


def states():
    return {key.label: key.state for key in SealKey.objects.filter(purpose="pdf")}


def content_of(certificate):
    file = certificate.current_file()
    return read(file.storage_name, file.sha256)


# --- From one key to the next


def test_roll_over_is_said_then_done_and_older_documents_stay_ours(own_pki, capsys, settings):
    first = make_certificate()
    for _ in range(2):
        said = keys("introduce", "pdf", "--label", "sandbox-2028", capsys=capsys)
        assert "« pdf sandbox » continue de signer." in said
        assert "Rien n’est fait. Ajoutez --yes pour le faire." in said
    assert states() == {"sandbox": "active"}
    assert not (own_pki / "sandbox-2028").exists()
    keys("introduce", "pdf", "--label", "sandbox-2028", "--yes", capsys=capsys)
    assert states() == {"sandbox": "active", "sandbox-2028": "next"}
    assert open_sealer().key.label == "sandbox"
    said = keys("activate", "pdf", "sandbox-2028", capsys=capsys)
    assert "« pdf sandbox » est retirée pour toujours" in said
    assert "Le certificat qu’elle a scellé reste valable" in said
    assert states() == {"sandbox": "active", "sandbox-2028": "next"}
    assert "Fait : « pdf sandbox-2028 » est active" in keys("activate", "pdf", "sandbox-2028", "--yes", capsys=capsys)
    assert states() == {"sandbox": "retired", "sandbox-2028": "active"}
    second = make_certificate()
    seals = {one.current_file().seal_sha256 for one in (first, second)}
    assert seals == set(SealKey.objects.filter(purpose="pdf").values_list("certificate_sha256", flat=True))
    for certificate in (first, second):
        check = compared(check_pdf(content_of(certificate), trusted_roots(), time_roots()))
        assert check.verdict == Verdict.INTACT
        assert key_in_doubt(certificate) is None
    verbs = AuditEntry.objects.filter(
        verb__startswith="key.", object_pk__in=[str(key.pk) for key in SealKey.objects.filter(purpose="pdf")]
    )
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "key.adopt", "key.introduce", "key.retire", "key.activate",
    ]  # fmt: skip


@pytest.mark.parametrize("purpose", [one for one in Purpose.values if one != "pdf"])
def test_keys_without_certificate_follow_one_another_too(own_pki, capsys, purpose):
    before = open_signer(purpose)
    keys("introduce", purpose, "--label", "sandbox-suivante", "--yes", capsys=capsys)
    keys("activate", purpose, "sandbox-suivante", "--yes", capsys=capsys)
    after = open_signer(purpose)
    assert before.kid != after.kid
    published = {key.kid: key.state for key in SealKey.objects.published() if key.purpose == purpose}
    assert published == {before.kid: "retired", after.kid: "active"}


def test_key_that_does_not_sign_is_not_activated(own_pki, capsys):
    open_sealer()
    keys("introduce", "pdf", "--label", "sandbox-2028", "--yes", capsys=capsys)
    for name in ("seal.p12", "seal.passphrase"):
        shutil.copy(own_pki / "sandbox" / name, own_pki / "sandbox-2028" / name)
    with pytest.raises(CommandError, match="n’est pas la sienne"):
        call_command("keys", "activate", "pdf", "sandbox-2028", "--yes")
    assert states() == {"sandbox": "active", "sandbox-2028": "next"}
    assert make_certificate().state == "valid"


def test_key_is_activated_where_it_may_be_opened_only(own_pki, capsys, settings):
    open_sealer()
    keys("introduce", "pdf", "--label", "sandbox-2028", "--yes", capsys=capsys)
    settings.LMS_SIGNING_WORKER = False
    with pytest.raises(CommandError, match="LMS_SIGNING_WORKER"):
        call_command("keys", "activate", "pdf", "sandbox-2028", "--yes")


def test_one_next_key_at_a_time_and_never_the_same_key_twice(own_pki, capsys):
    signer = open_signer("status")
    keys("introduce", "status", "--label", "sandbox-a", "--yes", capsys=capsys)
    with pytest.raises(CommandError, match="une prochaine clé attend déjà"):
        call_command("keys", "introduce", "status", "--label", "sandbox-b", "--yes")
    again = NewKey("qr-es256", "autre", "local-p12", signer.public_key)
    with pytest.raises(KeyRefused):
        adopt_key(again, timezone.now())


def test_database_holds_one_active_key_per_purpose(own_pki, capsys):
    open_signer("status")
    keys("introduce", "status", "--label", "sandbox-a", "--yes", capsys=capsys)
    with pytest.raises(IntegrityError), transaction.atomic():
        SealKey.objects.filter(label="sandbox-a").update(state="active")
    with pytest.raises(IntegrityError), transaction.atomic():
        SealKey.objects.filter(label="sandbox-a").update(state="compromised")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("pdf", "--label", "x"), "« sandbox- »"),
        (("pdf", "--label", "sandbox-time"), "« sandbox- »"),
        (("pdf", "--label", "sandbox-../../x"), "« sandbox- »"),
        (("pdf", "--label", "x", "--kind", "csc"), "Donnez --certificates"),
        (("pdf", "--label", "x", "--kind", "csc", "--public-key", "x.pem"), "Donnez --certificates"),
        (("pdf", "--label", "x", "--kind", "csc", "--certificates", "/nowhere.pem"), "ne se lisent pas"),
        (("status", "--label", "x", "--kind", "csc", "--public-key", "/nowhere.pem"), "ne se lit pas"),
    ],
)
def test_key_that_cannot_be_is_refused_with_what_to_do(own_pki, options, said):
    with pytest.raises(CommandError, match=said.replace("(", r"\(")):
        call_command("keys", "introduce", *options, "--yes")
    assert not SealKey.objects.exists()


def test_certificate_of_a_stranger_is_no_next_seal(own_pki, tmp_path):
    make_sandbox_authority(tmp_path / "elsewhere", timezone.now())
    stranger = tmp_path / "elsewhere" / "sandbox" / "seal.pem"
    with pytest.raises(CommandError, match="La chaîne du cachet est rompue"):
        call_command("keys", "introduce", "pdf", "--label", "x", "--kind", "csc", "--certificates", str(stranger))


def test_public_key_of_the_wrong_kind_is_refused(own_pki, tmp_path):
    ed25519 = open_signer("credential-ed25519").key
    file = tmp_path / "key.pem"
    file.write_text(ed25519.public_pem)
    with pytest.raises(CommandError, match="signe en ES256"):
        call_command("keys", "introduce", "qr-es256", "--label", "x", "--kind", "csc", "--public-key", str(file))


# --- Retired, compromised


def test_retired_key_signs_no_more_and_does_not_come_back(own_pki, capsys):
    certificate = make_certificate()
    said = keys("retire", "pdf", "sandbox", capsys=capsys)
    assert "Plus aucune clé ne signe pour cet usage" in said
    keys("retire", "pdf", "sandbox", "--yes", capsys=capsys)
    with pytest.raises(SealerRefused, match="Aucune clé n’est active"):
        open_sealer()
    key = SealKey.objects.get(label="sandbox")
    with pytest.raises(KeyRefused, match="est retired"):
        activate_key(key, try_key, timezone.now())
    with pytest.raises(KeyRefused):
        retire_key(key, timezone.now())
    assert compared(check_pdf(content_of(certificate), trusted_roots(), time_roots())).verdict == Verdict.INTACT


def test_compromise_leaves_what_is_dated_before_and_lists_the_rest(own_pki, capsys, settings):
    dated = make_certificate()
    settings.LMS_TSA_URL = "http://127.0.0.1:9/"
    undated = make_certificate()
    since = timezone.localtime(timezone.now() + timedelta(seconds=1))
    key = SealKey.objects.get(purpose="pdf")
    arguments = ("compromise", "pdf", "sandbox", "--since", since.isoformat(), "--reason", "Jeton volé")
    said = keys(*arguments, capsys=capsys)
    assert "1 certificat daté d’avant par un service d’horodatage reste valable." in said
    assert "1 certificat que rien ne date d’avant est à délivrer de nouveau" in said
    assert undated.printed_number in said and dated.printed_number not in said
    assert states() == {"sandbox": "active"}
    compromise_key(key, since, " Jeton volé ", since + HOUR)
    assert keys("doubtful", "pdf", "sandbox", capsys=capsys) == f"{undated.printed_number}\n"
    assert key_in_doubt(dated) is None
    assert key_in_doubt(undated) == key
    with pytest.raises(SealerRefused, match="Aucune clé n’est active"):
        open_sealer()
    entry = AuditEntry.objects.get(verb="key.compromise")
    assert (entry.details["reason"], entry.details["since"]) == ("Jeton volé", since.isoformat())
    undated = Certificate.objects.get(pk=undated.pk)
    pages = [Client().get(reverse("certificates:verify_code", args=[one.public_code])) for one in (dated, undated)]
    warned = ["clé du cachet de son fichier est compromise" in page.content.decode() for page in pages]
    assert warned == [False, True]


def test_compromise_is_dated_in_the_past_with_a_reason_and_once(own_pki):
    key, now = open_sealer().key, timezone.now()
    with pytest.raises(KeyRefused, match="futur"):
        compromise_key(key, now + HOUR, "Vol", now)
    with pytest.raises(KeyRefused, match="Dites ce qui"):
        compromise_key(key, now, "  ", now)
    compromise_key(key, now, "Vol", now)
    with pytest.raises(KeyRefused):
        compromise_key(key, now, "Vol", now)


@pytest.mark.parametrize("since", ["hier", "2028-02-30T08:00", "2028-13-01"])
def test_date_that_is_none_is_refused(own_pki, since):
    open_sealer()
    with pytest.raises(CommandError, match="n’est pas une date"):
        call_command("keys", "compromise", "pdf", "sandbox", "--since", since, "--reason", "Vol")


# --- What a file someone brings is worth


def test_seal_under_our_root_that_is_not_in_the_register_is_not_ours(own_pki):
    """Another organisation has its seal from the same authority: its documents are not ours."""
    certificate = make_certificate()
    check = check_pdf(content_of(certificate), trusted_roots(), time_roots())
    assert compared(check).verdict == Verdict.INTACT
    assert compared(Check(Verdict.INTACT, "Autre ministère", "0" * 64)).verdict == Verdict.UNREGISTERED


def test_seal_of_before_the_register_of_keys_is_known_by_its_files():
    certificate = make_certificate()
    sha256 = certificate.current_file().seal_sha256
    SealKey.objects.filter(purpose="pdf").update(certificate_sha256="f" * 64)
    assert compared(Check(Verdict.INTACT, "", sha256)).verdict == Verdict.INTACT
    assert CertificateFile.objects.filter(seal_sha256=sha256).exists()


@pytest.mark.parametrize(
    ("proven", "verdict"),
    [
        (-HOUR, Verdict.INTACT),
        (HOUR, Verdict.COMPROMISED),
        (timedelta(0), Verdict.COMPROMISED),
        (None, Verdict.COMPROMISED),
    ],
)
def test_compromised_key_vouches_only_for_what_is_proven_older(proven, verdict):
    key, since = open_sealer().key, timezone.now()
    compromise_key(key, since, "Vol", since)
    check = Check(Verdict.INTACT, "", key.certificate_sha256, None if proven is None else since + proven)
    assert compared(check).verdict == verdict


def test_time_stamp_of_the_file_itself_says_since_when_it_is_proven(own_pki, settings):
    dated = check_pdf(content_of(make_certificate()), trusted_roots(), time_roots())
    assert timezone.now() - timedelta(minutes=5) < dated.proven_at <= timezone.now()
    settings.LMS_TSA_URL = "http://127.0.0.1:9/"
    assert check_pdf(content_of(make_certificate()), trusted_roots(), time_roots()).proven_at is None


# --- What the operator sees


def test_list_tells_each_key_its_state_its_end_and_what_it_signed_this_hour(own_pki, capsys):
    assert "Aucune clé au registre" in keys("list", capsys=capsys)
    assert "pdf : « sandbox » est active" in keys("adopt", capsys=capsys)
    make_certificate()
    lines = keys("list", capsys=capsys).splitlines()
    assert len(lines) == len(Purpose)
    (seal,) = [line for line in lines if line.startswith("pdf")]
    end = SealKey.objects.get(purpose="pdf").valid_to
    assert f"jusqu’au {timezone.localtime(end):%d/%m/%Y}" in seal
    assert "1/20000 signatures" in seal


def test_unknown_label_is_named(own_pki):
    with pytest.raises(CommandError, match=r"Aucune clé « x » pour « pdf » : manage.py keys list\."):
        call_command("keys", "retire", "pdf", "x")


def test_alarm_is_given_for_the_key_in_use_and_the_next_and_not_for_those_that_went(own_pki, capsys):
    open_sealer()
    keys("introduce", "pdf", "--label", "sandbox-2028", "--yes", capsys=capsys)
    end = SealKey.objects.get(label="sandbox").valid_to
    assert warn_of_seal_end(end - timedelta(days=80)) == 90
    assert AuditEntry.objects.filter(verb="seal.ends_soon").count() == 2
    keys("activate", "pdf", "sandbox-2028", "--yes", capsys=capsys)
    assert warn_of_seal_end(end - timedelta(days=20)) == 30
    assert AuditEntry.objects.filter(verb="seal.ends_soon", details__days=30).count() == 1

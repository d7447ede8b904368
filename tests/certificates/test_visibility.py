"""What strangers see of a certificate is its holder's choice; a name that was erased is still confirmed when typed."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from certificates import storage
from certificates.actions import ask_for_archives, erase_name, forget_old_names, reissue_certificate, void_number
from certificates.actions.applying import ask_for_confirmation, refuse_application
from certificates.actions.corrections import (
    CorrectionRefused,
    approve_correction,
    ask_for_correction,
    check_correction,
    refuse_correction,
)
from certificates.models import Certificate, CheckCount, NameCorrection, WorkApplication, WorkDecision
from certificates.rules.names import folded_name
from lms.core import append_only
from lms.core.models import AuditEntry
from tests.certificates.makers import make_certificate, make_unit, make_user, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate():
    return make_certificate()


def address(certificate):
    return reverse("certificates:verify_code", args=[certificate.public_code])


def shown(client, certificate, typed=None, path=None):
    path = path or address(certificate)
    answer = client.get(path) if typed is None else client.post(path, {"name": typed})
    return answer.content.decode()


def choose(certificate, visibility):
    Certificate.objects.filter(pk=certificate.pk).update(visibility=visibility)
    certificate.refresh_from_db()


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Ọ̀ṣúnlékẹ̀ Ɖɔ̀súxwɛ́ KOUDÉRIN-HOUNGBÉDJI", True),
        ("osunleke dosuxwe kouderin houngbedji", True),
        ("  KOUDERIN-HOUNGBEDJI,  Osunleke Dosuxwe ", True),
        ("Osunleke Dosuxwe", False),
        ("kouderin houngbedji osunleke dosuxwes", False),
        ("", False),
    ],
)
def test_name_is_the_same_however_it_is_typed(typed, same):
    assert (folded_name(typed) == folded_name("Ọ̀ṣúnlékẹ̀ Ɖɔ̀súxwɛ́ KOUDÉRIN-HOUNGBÉDJI")) is same


def test_full_name_is_shown_by_default(client, certificate):
    page = shown(client, certificate)
    assert certificate.printed_name in page
    assert "Confirmer le nom" not in page


def test_masked_name_is_shown_once_typed_and_nothing_else_is_hidden(client, certificate):
    choose(certificate, "masked")
    page = shown(client, certificate)
    assert certificate.printed_name not in page
    assert "masqué par son titulaire" in page
    assert certificate.course_title in page
    wrong = shown(client, certificate, "Quelqu’un d’autre")
    assert "Ce n’est pas ce nom" in wrong
    assert certificate.printed_name not in wrong
    right = shown(client, certificate, "osunleke dosuxwe kouderin-houngbedji")
    assert "C’est le bon nom" in right
    assert certificate.printed_name in right


def test_names_are_not_run_through_a_list(client, certificate):
    choose(certificate, "masked")
    for number in range(20):
        client.post(address(certificate), {"name": f"Nom {number}"}, REMOTE_ADDR=f"10.0.0.{number}")
    answer = client.post(address(certificate), {"name": certificate.printed_name}, REMOTE_ADDR="10.0.1.1")
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")


def test_link_alone_opens_a_certificate_kept_by_its_holder(client, certificate):
    choose(certificate, "link")
    assert client.get(address(certificate)).status_code == 404
    assert client.get(f"{address(certificate)}?cle=").status_code == 404
    assert client.get(f"{address(certificate)}?cle={make_certificate().link_key}").status_code == 404
    assert certificate.printed_name in shown(client, certificate, path=certificate.shared_path)


def test_holder_chooses_on_the_page_of_the_certificate(client, certificate):
    client.force_login(certificate.person)
    page = client.get(certificate.get_absolute_url()).content.decode()
    assert "Ce que les autres voient" in page
    assert "linkedin.com/profile/add?startTask=CERTIFICATION_NAME" in page
    client.post(reverse("certificates:visibility", args=[certificate.pk]), {"visibility": "link"})
    certificate.refresh_from_db()
    assert certificate.visibility == "link"
    before = certificate.shared_path
    client.post(reverse("certificates:new_link", args=[certificate.pk]))
    certificate.refresh_from_db()
    client.logout()
    assert client.get(before).status_code == 404
    assert client.get(certificate.shared_path).status_code == 200


@pytest.mark.parametrize("name", ["visibility", "new_link"])
def test_nobody_chooses_for_the_holder(client, certificate, name):
    before = certificate.visibility, certificate.link_key
    for user in (make_user(), make_user(is_superuser=True)):
        client.force_login(user)
        answer = client.post(reverse(f"certificates:{name}", args=[certificate.pk]), {"visibility": "link"})
        assert answer.status_code == 404
    client.logout()
    assert client.post(reverse(f"certificates:{name}", args=[certificate.pk])).status_code == 302
    certificate.refresh_from_db()
    assert (certificate.visibility, certificate.link_key) == before


def test_what_is_not_a_choice_changes_nothing(client, certificate):
    client.force_login(certificate.person)
    client.post(reverse("certificates:visibility", args=[certificate.pk]), {"visibility": "all"})
    certificate.refresh_from_db()
    assert certificate.visibility == "full"


def test_checks_by_others_are_counted_and_those_of_the_holder_are_not(client, certificate):
    for _ in range(3):
        shown(client, certificate)
    client.force_login(certificate.person)
    shown(client, certificate)
    assert [row.times for row in CheckCount.objects.filter(certificate=certificate)] == [3]
    page = client.get(certificate.get_absolute_url()).content.decode()
    assert "3 depuis la délivrance, dont 3 ces trente derniers jours" in page


def test_erased_name_is_nowhere_and_is_still_confirmed(client, certificate, django_capture_on_commit_callbacks):
    file = certificate.files.get()
    content, name = storage.read(file.storage_name, file.sha256), certificate.printed_name
    with django_capture_on_commit_callbacks(execute=True):
        erase_name(certificate, None, "Demande du titulaire", timezone.now())
    assert name not in shown(client, certificate)
    assert "effacé du registre à sa demande" in shown(client, certificate)
    right = shown(client, certificate, "Kouderin-Houngbedji Osunleke Dosuxwe")
    assert "C’est le bon nom" in right
    assert name not in right
    assert "Ce n’est pas ce nom" in shown(client, certificate, "Quelqu’un d’autre")
    row = Certificate.objects.values().get(pk=certificate.pk)
    assert name not in str(row)
    with pytest.raises(FileNotFoundError):
        storage.read(file.storage_name, file.sha256)
    assert storage.fingerprint(content) == file.sha256  # whoever kept the file still proves it
    client.force_login(certificate.person)
    assert client.get(reverse("certificates:download", args=[certificate.pk])).status_code == 404
    assert ask_for_archives(timezone.now() + timedelta(days=3650)) is None


def test_database_keeps_no_name_once_erased(certificate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(erased_at=timezone.now())


def test_erased_name_is_confirmed_until_the_end_of_the_retention_period(client, certificate, settings):
    name = certificate.printed_name
    erase_name(certificate, None, "Demande du titulaire", timezone.now())
    today = timezone.localdate()
    assert forget_old_names(today.replace(year=today.year + settings.LMS_RETENTION_YEARS, day=1)) == 0
    assert "C’est le bon nom" in shown(client, certificate, name)
    assert forget_old_names(today.replace(year=today.year + settings.LMS_RETENTION_YEARS + 1, day=28)) == 1
    assert "Ce n’est pas ce nom" in shown(client, certificate, name)


@pytest.mark.parametrize("state", ["asked", "checked", "refused"])
def test_corrections_of_the_name_are_erased_with_it(
    certificate, state, client, django_capture_on_commit_callbacks, capsys
):
    now, hr = timezone.now(), make_user()
    asked = ask_for_correction(certificate, "Firmin", "KOUDOGBO", "Mon état civil", "acte.pdf", b"%PDF-1.7 acte", now)
    if state == "checked":
        check_correction(asked, hr, "Vu : KOUDOGBO", now)
    if state == "refused":
        refuse_correction(asked, hr, "M. KOUDOGBO a tort", now)
    proof = NameCorrection.objects.get().proof.name
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_certificate_names", certificate.person.email, motif="Demande", oui=True)
    row = NameCorrection.objects.values().get()
    assert not any(text in str(row) for text in ("Firmin", "KOUDOGBO", "acte", "état civil"))
    assert (row["state"], row["proof_sha256"]) == ("refused" if state == "refused" else "closed", asked.proof_sha256)
    assert not storages["private"].exists(proof)
    for act in (check_correction, approve_correction):
        with pytest.raises(CorrectionRefused):
            act(asked, make_user(), "Trop tard", now)
    client.force_login(make_user(is_superuser=True))
    page = client.get(reverse("certificate_corrections:decide", args=[asked.pk])).content.decode()
    assert "avec le justificatif" in page
    assert client.get(reverse("certificate_corrections:proof", args=[asked.pk])).status_code == 404
    capsys.readouterr()
    call_command("erase_certificate_names", certificate.person.email, motif="Demande")
    assert capsys.readouterr().out.startswith("0 certificat")


def test_what_was_written_of_their_work_is_erased_with_the_name(certificate, client):
    manager = make_user("Aïcha", "BIO TCHANÉ")
    place(certificate.person, make_unit(), manager)
    asked = ask_for_confirmation(certificate, "Firmin trie le courrier de Mme KOUDOGBO chaque semaine.", timezone.now())
    refuse_application(asked, manager, "Firmin ne trie rien", timezone.now())
    guard_words()
    call_command("erase_certificate_names", certificate.person.email, motif="Demande", oui=True)
    kept = [*WorkApplication.objects.values(), *WorkDecision.objects.values(), *AuditEntry.objects.values()]
    assert not any(text in str(kept) for text in ("Firmin", "KOUDOGBO"))
    assert (WorkDecision.objects.get().verdict, WorkDecision.objects.get().author) == ("refused", manager)
    client.force_login(manager)
    page = client.get(reverse("certificates:confirmation", args=[asked.pk]))
    assert (page.status_code, "Firmin" in page.content.decode()) == (200, False)
    for said in ("statement = 'autre'", "statement = '–', rank = 7", "asked_at = '2026-01-01'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE certificates_workapplication SET {said}")
    if connection.vendor == "sqlite":
        append_only.lift(connection)


def guard_words():
    """As every installation has it; on SQLite it is taken away, for tests that empty the tables."""
    for table, column in (("certificates_workapplication", "statement"), ("certificates_workdecision", "reason")):
        if connection.vendor == "sqlite":
            append_only.install(connection, table)
            append_only.let_erase(connection, table, column)


def test_command_erases_void_numbers_and_waits_for_those_under_way(certificate, capsys):
    void = under_way(certificate)
    with pytest.raises(CommandError, match="en cours de délivrance"):
        call_command("erase_certificate_names", certificate.person.email, motif="Demande", oui=True)
    void_number(void, make_user(), "Document impossible", timezone.now())
    call_command("erase_certificate_names", certificate.person.email, motif="Demande", oui=True)
    assert list(Certificate.objects.values_list("printed_name", flat=True)) == ["", ""]


def under_way(certificate):
    """A number under way for the same person."""
    return reissue_certificate(certificate, "reissue", make_user(), "Perdu", timezone.now())


def test_command_says_what_it_would_erase_and_erases_when_told(certificate, capsys):
    call_command("erase_certificate_names", certificate.person.email, motif="Demande")
    assert certificate.printed_number in capsys.readouterr().out
    certificate.refresh_from_db()
    assert certificate.erased_at is None
    call_command("erase_certificate_names", certificate.person.email, motif="Demande", oui=True)
    certificate.refresh_from_db()
    assert certificate.erased_at is not None
    with pytest.raises(CommandError, match="Personne"):
        call_command("erase_certificate_names", "personne@nulle.part", motif="Demande")

"""A name to correct: asked with a proof, checked by HR, approved by an officer; a new document takes the old one's place."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions.corrections import (
    CorrectionRefused,
    approve_correction,
    ask_for_correction,
    check_correction,
)
from certificates.models import Certificate, NameCorrection
from certificates.permissions import CHECK_NAME, DECIDE_NAME, VIEW_NAME
from lms.core.models import AuditEntry
from tests.certificates.makers import make_certificate, make_officer, make_unit, make_user, place

pytestmark = pytest.mark.django_db
PROOF = b"%PDF-1.4 acte de mariage"


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def certificate(unit):
    certificate = make_certificate(make_user("Afi", "DOSSSOU"))
    place(certificate.person, unit)
    return certificate


@pytest.fixture
def hr(unit):
    return make_officer(unit, VIEW_NAME, CHECK_NAME)


@pytest.fixture
def officer(unit):
    return make_officer(unit, VIEW_NAME, DECIDE_NAME)


@pytest.fixture
def asked(certificate):
    return ask_for_correction(certificate, "Afi", "DOSSOU", "Faute", "acte.pdf", PROOF, timezone.now())


def form(**changes):
    proof = SimpleUploadedFile("../acte.pdf", PROOF)
    return {"first_name": "Afi", "last_name": "DOSSOU", "explanation": "Un « S » de trop", "proof": proof, **changes}


def office(name, correction):
    return reverse(f"certificate_corrections:{name}", args=[correction.pk])


def test_holder_asks_with_a_proof_kept_in_private(client, certificate):
    client.force_login(certificate.person)
    address = reverse("certificates:correction", args=[certificate.pk])
    assert address in client.get(certificate.get_absolute_url()).content.decode()
    page = client.post(address, form(), follow=True).content.decode()
    correction = NameCorrection.objects.get()
    assert "à contrôler par les RH" in page
    assert "Envoyer la demande" not in page
    assert (correction.new_name, correction.proof_name) == ("Afi DOSSOU", "acte.pdf")
    assert correction.proof.name.startswith("corrections/")
    with correction.proof.open() as file:
        assert file.read() == PROOF
    assert client.post(address, form()).status_code == 422
    assert NameCorrection.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"proof": SimpleUploadedFile("acte.pdf", b"MZ\x90")}, "Le contenu du fichier"),
        ({"proof": SimpleUploadedFile("acte.exe", PROOF)}, "Types acceptés"),
        ({"last_name": "DOSSSOU"}, "Ce nom est déjà celui du certificat"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_words_and_nothing_is_kept(client, certificate, changes, told):
    client.force_login(certificate.person)
    answer = client.post(reverse("certificates:correction", args=[certificate.pk]), form(**changes))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Un « S » de trop" in answer.content.decode()
    assert not NameCorrection.objects.exists()


def test_nobody_asks_for_another(client, certificate):
    client.force_login(make_user())
    assert client.post(reverse("certificates:correction", args=[certificate.pk]), form()).status_code == 404


def test_checked_by_one_approved_by_another_every_valid_certificate_is_issued_again(
    client, certificate, asked, hr, officer, run_jobs
):
    other = make_certificate(certificate.person)
    client.force_login(hr)
    assert ">Approuver" not in client.get(office("decide", asked)).content.decode()
    client.post(office("decide", asked), {"act": "approve", "reason": "Moi seule"})
    client.post(office("decide", asked), {"act": "check", "reason": "Acte vu"})
    client.force_login(officer)
    page = client.get(office("decide", asked)).content.decode()
    assert "Acte vu" in page
    client.post(office("decide", asked), {"act": "approve", "reason": "Acte de mariage"})
    run_jobs()
    certificate.refresh_from_db()
    other.refresh_from_db()
    assert (certificate.state, other.state) == ("replaced", "replaced")
    new = certificate.successor()
    assert (new.state, new.origin, new.printed_name) == ("valid", "correction", "Afi DOSSOU")
    assert certificate.printed_name == "Afi DOSSSOU"
    assert certificate.files.exists()
    certificate.person.refresh_from_db()
    assert str(certificate.person) == "Afi DOSSOU"
    public = client.get(reverse("certificates:verify_code", args=[certificate.public_code])).content.decode()
    assert f"Remplacé par le certificat {new.printed_number} : correction du nom." in public
    assert any("Votre nom est corrigé" in message.body for message in mail.outbox)


def test_who_checked_does_not_approve_and_unchecked_is_not_approved(asked, unit):
    both = make_officer(unit, VIEW_NAME, CHECK_NAME, DECIDE_NAME)
    with pytest.raises(CorrectionRefused):
        approve_correction(asked, both, "Sans contrôle", timezone.now())
    check_correction(asked, both, "Vu", timezone.now())
    with pytest.raises(CorrectionRefused):
        approve_correction(asked, both, "Moi-même", timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        NameCorrection.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=both, decided_at=timezone.now(), reason="Forcé"
        )
    assert not Certificate.objects.filter(origin="correction").exists()


def test_refusal_says_why_and_changes_nothing(client, certificate, asked, officer, run_jobs):
    client.force_login(officer)
    client.post(office("decide", asked), {"act": "refuse", "reason": ""})
    client.post(office("decide", asked), {"act": "refuse", "reason": "Justificatif illisible"})
    run_jobs()
    assert "Justificatif illisible" in mail.outbox[-1].body
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    client.force_login(certificate.person)
    page = client.get(reverse("certificates:correction", args=[certificate.pk])).content.decode()
    assert "Justificatif illisible" in page
    assert "Envoyer la demande" in page


def test_proof_is_given_in_scope_as_a_download_and_leaves_a_trace(client, certificate, asked, hr):
    client.force_login(hr)
    answer = client.get(office("proof", asked))
    assert b"".join(answer.streaming_content) == PROOF
    assert answer["Content-Disposition"] == 'attachment; filename="acte.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEntry.objects.filter(verb="certificate.read_proof").count() == 1
    stranger = make_officer(make_unit("S2"), VIEW_NAME, CHECK_NAME, DECIDE_NAME)
    certificate.person.posts.update(manager=stranger)
    client.force_login(stranger)
    for name in ("proof", "decide"):
        assert client.get(office(name, asked)).status_code == 404
    assert asked.new_name not in client.get(reverse("certificate_corrections:index")).content.decode()

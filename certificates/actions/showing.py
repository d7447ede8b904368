"""What a holder decides of their certificate's publicity, and what is left of it once their name is erased."""

from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from certificates import rules, storage
from certificates.actions.passports import erase_passports
from certificates.actions.picturing import erase_pictures
from certificates.models import Certificate, Credential, NameCorrection, WorkApplication, WorkDecision
from lms.core import audit
from lms.people.models import User

ERASED_REASON = "–"  # in place of what a decision said, which may name the person


@transaction.atomic
def choose_visibility(certificate: Certificate, visibility: str, by: User) -> None:
    """Show strangers the full name, a masked one, or nothing but by the holder's link; leaves a trace."""
    Certificate.objects.filter(pk=certificate.pk).update(visibility=visibility)
    audit.record("certificate.choose_visibility", by, certificate, visibility=visibility)


@transaction.atomic
def renew_link(certificate: Certificate, by: User) -> None:
    """Give the certificate another link; those given before open nothing any more. Leaves a trace."""
    Certificate.objects.filter(pk=certificate.pk).update(link_key=rules.new_public_code())
    audit.record("certificate.renew_link", by, certificate)


@transaction.atomic
def erase_name(certificate: Certificate, by: User | None, reason: str, now: datetime) -> None:
    """Erase the name from the register, for good. The number, the state and the fingerprints of the files stay, and the
    name is still confirmed to whoever types it, by its keyed hash. The stored files, which print it, their pictures and the
    passports of the person, are dropped when that commits: their fingerprints go on telling a true one from a false one.
    Requests to correct the name go with it, and what was written of what the person applies at work.
    """
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    proofs = erase_corrections(certificate, now)
    erase_statements(certificate)
    transaction.on_commit(partial(drop_files, proofs))
    if certificate.erased_at:
        return
    Certificate.objects.filter(pk=certificate.pk).update(
        printed_name="", snapshot={**certificate.snapshot, "printed_name": ""}, erased_at=now
    )
    Credential.objects.filter(certificate=certificate).update(code_text="", document="", token="")
    erase_passports(certificate.person)
    erase_pictures(certificate)
    certificate.refresh_from_db()
    audit.record("certificate.erase_name", by, certificate, reason=reason)
    transaction.on_commit(partial(drop_files, [file.storage_name for file in certificate.files.all()]))


def erase_corrections(certificate: Certificate, now: datetime) -> list[str]:
    """Erase what requests to correct a name describe, and close those under way; gives the proofs to drop.

    That one was made, who checked and decided it, when, and the fingerprint of its proof stay. Locks them.
    """
    proofs = []
    for correction in certificate.name_corrections.select_for_update().filter(erased_at__isnull=True):
        proofs.append(correction.proof.name)
        if correction.state in (NameCorrection.State.ASKED, NameCorrection.State.CHECKED):
            correction.state = NameCorrection.State.CLOSED
        correction.first_name = correction.last_name = correction.explanation = correction.check_note = ""
        correction.proof = correction.proof_name = ""
        correction.reason = correction.reason and ERASED_REASON
        correction.erased_at = now
        correction.save()
    return proofs


def erase_statements(certificate: Certificate) -> None:
    """Erase what its holder wrote of their work, and what was answered; that it was, when and by whom, stays."""
    applications = WorkApplication.objects.filter(certificate=certificate)
    WorkDecision.objects.filter(application__in=applications).erase()
    applications.erase()


def drop_files(names: list[str]) -> None:
    for name in names:
        storage.drop(name)


@transaction.atomic
def forget_old_names(today: date) -> int:
    """At the end of the retention period, drop what confirms the erased names; how many."""
    kept_since = rules.retention_start(today, settings.LMS_RETENTION_YEARS)
    erased = Certificate.objects.filter(erased_at__isnull=False, issued_on__lt=kept_since).exclude(name_seal="")
    return erased.update(name_seal="")

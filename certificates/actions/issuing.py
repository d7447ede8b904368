"""How a certificate comes to be: a number reserved, the document published."""

from collections.abc import Callable
from datetime import date, datetime

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from certificates import rules, storage
from certificates.actions.designing import design_for, version_in_use
from certificates.actions.life import may_take_over, replace_former
from certificates.actions.proving import Proof, is_sitting_open, proof_of
from certificates.keys.register import register_key
from certificates.lasting.port import Stamp
from certificates.lasting.signature import SealedDocument
from certificates.models import Certificate, CertificateAct, CertificateFile, CoursePolicy, DesignVersion, Series
from certificates.rules import issuing as issue_rules
from certificates.rules.names import name_seal
from certificates.signals import certificate_issued
from certificates.snapshot import Signatory, Snapshot, document_kind
from lms.core import audit
from lms.core.identity import identity
from lms.core.jobs import enqueue
from lms.learning.models import Completion, Enrolment
from lms.people.models import User


def reserve_certificate(enrolment_pk: int, now: datetime) -> Certificate:
    """The certificate of a completed enrolment: the one it has, or a new one with the next number and its snapshot.

    Raises Completion.DoesNotExist.
    """
    if certificate := last_certificate(enrolment_pk):
        return certificate
    completion = Completion.objects.select_related("enrolment__person", "enrolment__course").get(enrolment=enrolment_pk)
    proof = proof_of(completion)
    design = design_for(document_kind(proof.assurance), completion.enrolment.course)
    version = version_in_use(design, now) if design else None
    signatories = version.drawn.signatories if version else ()
    return reserve_number(
        {"enrolment_id": enrolment_pk},
        settings.LMS_CERTIFICATE_SERIES,
        version,
        now,
        lambda series: snapshot_of(completion, proof, signatories, series, now),
        completion.enrolment.person,
    )


def reserve_number(
    undertaking: dict, code: str, version: DesignVersion | None, now: datetime, write: Callable[[Series], Snapshot],
    person: User,
) -> Certificate:  # fmt: skip
    """The certificate of what was completed: the one it has, or a new one with the next number of the series.

    Two calls at once give one certificate: the counter's row is locked from the look-up to the insert, and a
    transaction that fails gives its number back.
    """
    counter = {"code": code, "year": timezone.localdate(now).year}
    Series.objects.get_or_create(**counter)
    with transaction.atomic():
        series = Series.objects.select_for_update().get(**counter)
        if certificate := last_of(undertaking):
            return certificate
        series.last_number += 1
        series.save(update_fields=["last_number"])
        snapshot = write(series)
        certificate = Certificate.objects.create(
            **undertaking,
            person=person,
            revision=next_revision(undertaking),
            series=series.code,
            year=series.year,
            number=series.last_number,
            public_code=snapshot.public_code,
            state_changed_at=now,
            snapshot=snapshot.to_json(),
            design_version=version,
            printed_name=snapshot.printed_name,
            course_title=snapshot.course_title,
            issued_on=snapshot.issued_on,
            name_seal=name_seal(register_key(), snapshot.public_code, snapshot.printed_name),
            expires_on=snapshot.expires_on,
        )
        CertificateAct.objects.create(certificate=certificate, verb=CertificateAct.Verb.RESERVED, at=now)
    return certificate


def last_certificate(enrolment_pk: int) -> Certificate | None:
    """The certificate an enrolment in a course stands by."""
    return last_of({"enrolment_id": enrolment_pk})


def last_of(undertaking: dict) -> Certificate | None:
    """The certificate of what was completed, issued or on its way; void numbers are no certificates."""
    rows = Certificate.objects.filter(**undertaking).exclude(state=Certificate.State.VOID)
    return rows.order_by("-revision").first()


def awaits_minutes(enrolment_pk: int) -> bool:
    """Whether the first certificate of an enrolment must wait for a supervised sitting to close; two queries."""
    return is_sitting_open(enrolment_pk) and last_certificate(enrolment_pk) is None


def next_revision(undertaking: dict) -> int:
    """The revision to give its next number; the counter's row is locked."""
    return Certificate.objects.filter(**undertaking).count() + 1


def snapshot_of(
    completion: Completion, proof: Proof, signatories: tuple[Signatory, ...], series: Series, now: datetime
) -> Snapshot:
    """Everything the document will say, as it is now; the course as the completion pinned it."""
    course = completion.enrolment.course
    return printed_by(
        completion.enrolment.person,
        signatories,
        series,
        now,
        course_code=course.code,
        course_title=rules.composed(course.title),
        content_version=completion.content_version,
        course_revision=completion.course_revision_id,
        duration_minutes=course.duration_minutes,
        in_person_minutes=course.in_person_minutes,
        assurance=proof.assurance,
        competences=proof.attested,
        covered=proof.covered,
        pass_mark_percent=proof.pass_mark_percent,
        sittings=proof.sittings,
        expires_on=last_day(course.pk, timezone.localdate(now)),
    )


def printed_by(
    person: User, signatories: tuple[Signatory, ...], series: Series, now: datetime, **proved: object
) -> Snapshot:
    """What was proved, with what is printed on every document: its number, its code, who holds it, who answers for it."""
    code = rules.new_public_code()
    first = signatories[0] if signatories else Signatory(settings.LMS_SIGNATORY_NAME, settings.LMS_SIGNATORY_TITLE)
    return Snapshot(
        number=rules.printed_number(series.code, series.year, series.last_number),
        public_code=code,
        verification_url=f"{settings.LMS_PUBLIC_URL}/c/{code}/",
        printed_name=rules.composed(str(person)),
        issued_on=timezone.localdate(now),
        sealed_at=now.replace(microsecond=0),
        site_name=identity().name,
        issuer=settings.LMS_ISSUER,
        issuer_parent=settings.LMS_ISSUER_PARENT,
        signatory_name=first.name,
        signatory_title=first.title,
        signatories=signatories,
        **proved,
    )


def last_day(course_pk: int, issued_on: date) -> date | None:
    """The last day of a certificate of a course issued then, None for ever; one query."""
    months = CoursePolicy.objects.filter(course=course_pk).values_list("validity_months", flat=True).first()
    return issue_rules.last_day(issued_on, months)


def publish_certificate(certificate: Certificate, sealed: SealedDocument, now: datetime) -> bool:
    """Make a reserved certificate valid with its sealed document; False when another worker did so first.

    One UPDATE decides. In the same transaction: the file's row, the act, the audit entry, the signal
    `certificate_issued`, and the e-mail to the learner put in the outbox; the one it takes the place of is replaced. The
    file of who comes second, which prints a name, is not kept.
    """
    name = storage.keep(sealed.content)
    is_published = _publish(certificate, sealed, name, now)
    if not is_published and not CertificateFile.objects.filter(storage_name=name).exists():
        storage.drop(name)
    return is_published


@transaction.atomic
def _publish(certificate: Certificate, sealed: SealedDocument, name: str, now: datetime) -> bool:
    level = CertificateFile.Level.B_T if sealed.stamp else CertificateFile.Level.B_B
    if certificate.needs_former and not may_take_over(certificate, now):
        return False
    won = Certificate.objects.filter(pk=certificate.pk, state=Certificate.State.RESERVED).update(
        state=Certificate.State.VALID, state_changed_at=now, issued_at=now
    )
    if not won:
        return False
    certificate.refresh_from_db()
    CertificateFile.objects.create(
        certificate=certificate,
        level=level,
        sha256=storage.fingerprint(sealed.content),
        size_bytes=len(sealed.content),
        storage_name=name,
        seal_sha256=sealed.seal_sha256,
        is_specimen=sealed.is_specimen,
        created_at=now,
        **stamp_fields(sealed.stamp),
    )
    CertificateAct.objects.create(certificate=certificate, verb=CertificateAct.Verb.ISSUED, at=now)
    if certificate.takes_over:
        replace_former(certificate, now)
    audit.record("certificate.issue", None, certificate, on_behalf_of=certificate.person)
    certificate_issued.send(sender=Certificate, certificate=certificate)
    enqueue("certificates.tell", key=f"certificate:tell:{certificate.pk}", payload={"certificate": certificate.pk})
    return True


def stamp_fields(stamp: Stamp | None) -> dict:
    """What the row of a file says of its last time-stamp."""
    if stamp is None:
        return {}
    return {"stamped_at": stamp.made_at, "stamper_sha256": stamp.signer.fingerprint(hashes.SHA256()).hex()}


def ask_for_certificate(enrolment: Enrolment) -> None:
    """Put the issue of an enrolment's certificate in the outbox; asking twice is asking once."""
    enqueue(
        "certificates.issue",
        key=f"certificate:enrolment:{enrolment.pk}",
        payload={"enrolment": enrolment.pk},
        on_behalf_of=enrolment.person,
    )

"""How a certificate comes to be: a number reserved, the document published."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from certificates import rules, storage
from certificates.actions.designing import version_for
from certificates.actions.life import may_take_over, replace_former
from certificates.actions.proving import Proof, in_open_sitting, proofs_of
from certificates.keys.register import register_key
from certificates.lasting.port import Stamp
from certificates.lasting.signature import SealedDocument
from certificates.models import Certificate, CertificateAct, CertificateFile, CoursePolicy, DesignVersion, Series
from certificates.rules import issuing as issue_rules
from certificates.rules.names import name_seal
from certificates.signals import certificates_issued
from certificates.snapshot import Signatory, Snapshot, document_kind
from lms.core import audit
from lms.core.identity import identity
from lms.core.jobs import Ask, enqueue, enqueue_all
from lms.learning.models import Completion, Enrolment
from lms.people.models import User

# What a certificate is of: the field that names it.
COURSE, PROGRAMME = "enrolment", "programme_enrolment"


@dataclass(frozen=True)
class Draft:
    """A certificate about to have its number: of which undertaking (key), for whom, in which design, and what writes it."""

    of: int
    person: User
    version: DesignVersion | None
    write: Callable[[Series], Snapshot]


def reserve_certificate(enrolment_pk: int, now: datetime) -> Certificate:
    """The certificate of one completed enrolment. Raises Completion.DoesNotExist."""
    (certificate,) = reserve_certificates([enrolment_pk], now)
    return certificate


def reserve_certificates(enrolments: Collection[int], now: datetime) -> list[Certificate]:
    """The certificates of completed enrolments (keys): the one each has, or a new one with the next number and its snapshot.

    The same queries for many enrolments in a course as for one. Raises Completion.DoesNotExist.
    """
    standing = last_certificates(COURSE, enrolments)
    waiting = set(enrolments) - set(standing)
    if not waiting:
        return list(standing.values())
    found = Completion.objects.filter(enrolment__in=waiting).order_by("completed_at", "pk")
    completions = list(found.select_related("enrolment__person", "enrolment__course__producer"))
    if len(completions) < len(waiting):
        raise Completion.DoesNotExist
    proofs = proofs_of(completions)
    courses = {completion.enrolment.course_id: completion.enrolment.course for completion in completions}
    kinds = {(row.enrolment.course_id, document_kind(proofs[row.pk].assurance)) for row in completions}
    versions = {(pk, kind): version_for(kind, courses[pk], now) for pk, kind in kinds}
    last_days = {pk: last_day(pk, timezone.localdate(now)) for pk in courses}

    def draft_of(completion: Completion) -> Draft:
        proof, course = proofs[completion.pk], completion.enrolment.course_id
        version = versions[course, document_kind(proof.assurance)]
        signatories = version.drawn.signatories if version else ()
        write = partial(snapshot_of, completion, proof, signatories, last_days[course], now=now)
        return Draft(completion.enrolment_id, completion.enrolment.person, version, write)

    drafts = [draft_of(completion) for completion in completions]
    return [*standing.values(), *reserve_numbers(COURSE, settings.LMS_CERTIFICATE_SERIES, drafts, now)]


def reserve_numbers(kind: str, code: str, drafts: Sequence[Draft], now: datetime) -> list[Certificate]:
    """The certificates of what was completed: the one each has, or a new one with the next number of the series.

    Two calls at once give one certificate: the counter's row is locked from the look-up to the insert, and a
    transaction that fails gives its numbers back.
    """
    counter = {"code": code, "year": timezone.localdate(now).year}
    Series.objects.get_or_create(**counter)
    with transaction.atomic():
        series = Series.objects.select_for_update().get(**counter)
        standing = last_certificates(kind, [draft.of for draft in drafts])
        revisions = next_revisions(kind, [draft.of for draft in drafts])
        new = []
        for draft in drafts:
            if draft.of not in standing:
                series.last_number += 1
                fields = {f"{kind}_id": draft.of, "revision": revisions[draft.of], "design_version": draft.version}
                new.append(numbered(draft.write(series), series, now, person=draft.person, **fields))
        series.save(update_fields=["last_number"])
        Certificate.objects.bulk_create(new)
        verb = CertificateAct.Verb.RESERVED
        CertificateAct.objects.bulk_create([CertificateAct(certificate=one, verb=verb, at=now) for one in new])
    return [*standing.values(), *new]


def numbered(snapshot: Snapshot, series: Series, now: datetime, **fields) -> Certificate:
    """A certificate with the last number taken, not saved. `fields`: what it is of, whose, in which design, after which."""
    return Certificate(
        series=series.code,
        year=series.year,
        number=series.last_number,
        public_code=snapshot.public_code,
        state_changed_at=now,
        snapshot=snapshot.to_json(),
        printed_name=snapshot.printed_name,
        course_title=snapshot.course_title,
        issued_on=snapshot.issued_on,
        name_seal=name_seal(register_key(), snapshot.public_code, snapshot.printed_name),
        expires_on=snapshot.expires_on,
        **fields,
    )


def last_certificate(enrolment_pk: int) -> Certificate | None:
    """The certificate an enrolment in a course stands by."""
    return last_certificates(COURSE, [enrolment_pk]).get(enrolment_pk)


def last_certificates(kind: str, keys: Collection[int]) -> dict[int, Certificate]:
    """By key, the certificates of what was completed, issued or on their way; void numbers are no certificates."""
    rows = Certificate.objects.filter(**{f"{kind}__in": keys}).exclude(state=Certificate.State.VOID)
    return {getattr(row, f"{kind}_id"): row for row in rows.order_by("revision")}


def awaiting_minutes(enrolments: Collection[int]) -> set[int]:
    """Those of these enrolments (keys) whose first certificate must wait for a supervised sitting to close; two queries."""
    waiting = in_open_sitting(enrolments)
    return waiting - set(last_certificates(COURSE, waiting)) if waiting else waiting


def next_revisions(kind: str, keys: Collection[int]) -> dict[int, int]:
    """By key, the revision to give to the next number; the counter's row is locked."""
    rows = Certificate.objects.filter(**{f"{kind}__in": keys}).order_by().values_list(f"{kind}_id")
    counts = dict(rows.annotate(Count("pk")))
    return {key: counts.get(key, 0) + 1 for key in keys}


def snapshot_of(
    completion: Completion, proof: Proof, signatories: tuple[Signatory, ...], expires_on: date | None, series: Series,
    now: datetime,
) -> Snapshot:  # fmt: skip
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
        expires_on=expires_on,
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
    """Make one reserved certificate valid with its sealed document; False when another worker did so first."""
    return publish_certificates([(certificate, sealed)], now) == {certificate.pk}


def publish_certificates(documents: Sequence[tuple[Certificate, SealedDocument]], now: datetime) -> set[int]:
    """Make reserved certificates valid with their sealed documents; the keys of those that no other worker made so first.

    Their rows decide, locked. In the same transaction: the files' rows, the acts, the audit entries, the signal
    `certificates_issued`, and the e-mails to the learners put in the outbox; those they take the place of are replaced.
    The file of who comes second, which prints a name, is not kept.
    """
    kept = [(certificate.pk, sealed, storage.keep(sealed.content)) for certificate, sealed in documents]
    published = _publish([certificate for certificate, _ in documents], kept, now)
    beaten = [name for pk, _, name in kept if pk not in published]
    known = set(CertificateFile.objects.filter(storage_name__in=beaten).values_list("storage_name", flat=True))
    for name in set(beaten) - known:
        storage.drop(name)
    return published


@transaction.atomic
def _publish(
    certificates: Sequence[Certificate], kept: Sequence[tuple[int, SealedDocument, str]], now: datetime
) -> set[int]:
    needed = {one.former_id for one in certificates if one.needs_former}
    concerned = Certificate.objects.filter(pk__in={*needed, *(one.pk for one in certificates)}).order_by("pk")
    list(concerned.select_for_update().values_list("pk"))  # all in one order, before they are looked at one by one
    able = [one.pk for one in certificates if not one.needs_former or may_take_over(one, now)]
    rows = Certificate.objects.filter(pk__in=able, state=Certificate.State.RESERVED).order_by("pk")
    won = {row.pk: row for row in rows.select_for_update(of=("self",)).select_related("person", "enrolment")}
    if not won:
        return set()
    changes = {"state": Certificate.State.VALID, "state_changed_at": now, "issued_at": now}
    Certificate.objects.filter(pk__in=won).update(**changes)
    for certificate in won.values():
        vars(certificate).update(changes)
    CertificateFile.objects.bulk_create(file_of(won[pk], sealed, name, now) for pk, sealed, name in kept if pk in won)
    verb = CertificateAct.Verb.ISSUED
    CertificateAct.objects.bulk_create(CertificateAct(certificate=one, verb=verb, at=now) for one in won.values())
    for certificate in won.values():
        if certificate.takes_over:
            replace_former(certificate, now)
    audit.record_all(audit.entry_of("certificate.issue", None, one, on_behalf_of=one.person) for one in won.values())
    certificates_issued.send(sender=Certificate, certificates=list(won.values()))
    asked = [Ask(f"certificate:tell:{pk}", {"certificate": pk}) for pk in won]
    enqueue_all("certificates.tell", asked)
    return set(won)


def file_of(certificate: Certificate, sealed: SealedDocument, name: str, now: datetime) -> CertificateFile:
    """The row of the first file of a certificate, not saved."""
    return CertificateFile(
        certificate=certificate,
        level=CertificateFile.Level.B_T if sealed.stamp else CertificateFile.Level.B_B,
        sha256=storage.fingerprint(sealed.content),
        size_bytes=len(sealed.content),
        storage_name=name,
        seal_sha256=sealed.seal_sha256,
        is_specimen=sealed.is_specimen,
        created_at=now,
        **stamp_fields(sealed.stamp),
    )


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

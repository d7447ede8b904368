"""What is done with evidence: record it once, and keep the levels held derived from it."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from certificates.models import Certificate
from lms.core import audit
from lms.hr.models import Evidence, HeldLevel
from lms.hr.rules import best_evidence, proves_levels
from lms.people.models import User
from lms.skills.models import Competence

BATCH = 200  # people rebuilt, and rows written, at once


@transaction.atomic
def record_evidence(
    *,
    person: User,
    competence: Competence,
    level: int,
    kind: str,
    obtained_on: date,
    source_key: str,
    today: date,
    expires_on: date | None = None,
    certificate: Certificate | None = None,
    content_version: int | None = None,
    recorded_by: User | None = None,
) -> Evidence:
    """Append evidence and raise the held level where it proves more; the same `source_key` is recorded once.

    Locks the person, so that two pieces of evidence recorded at once both count.
    """
    lock_person(person)
    evidence, is_new = Evidence.objects.get_or_create(
        source_key=source_key,
        defaults={
            "person": person,
            "competence": competence,
            "level": level,
            "kind": kind,
            "obtained_on": obtained_on,
            "expires_on": expires_on,
            "certificate": certificate,
            "content_version": content_version,
            "recorded_by": recorded_by,
        },
    )
    if is_new:
        audit.record(
            "hr.evidence_recorded",
            actor=recorded_by,
            obj=evidence,
            on_behalf_of=person,
            competence=competence.code,
            level=level,
            kind=str(kind),
        )
        rebuild_held_levels([person.pk], today)
    return evidence


@transaction.atomic
def record_certificate(certificate: Certificate, today: date) -> list[Evidence]:
    """Evidence of each level that `certificate` attests in its frozen snapshot; recorded once however often asked.

    An attestation (N1) gives none; nor does the certificate of a programme, whose levels are those that the certificates
    of its courses already prove, each for as long as it is good.
    """
    printed = certificate.printed
    if certificate.is_of_programme or not proves_levels(printed.assurance):
        return []
    attested = {row.code: row.level for row in printed.competences}
    return [
        record_evidence(
            person=certificate.person,
            competence=competence,
            level=attested[competence.code],
            kind=Evidence.Kind.CERTIFICATE,
            obtained_on=printed.issued_on,
            expires_on=certificate.expires_on,
            certificate=certificate,
            content_version=printed.content_version,
            source_key=f"certificate:{certificate.pk}:{competence.code}",
            today=today,
        )
        for competence in Competence.objects.filter(code__in=attested).order_by("pk")
    ]


@transaction.atomic
def rebuild_held_levels(people: Iterable[int], today: date) -> int:
    """Derive again the levels held on `today` by `people` (primary keys) from their evidence.

    Returns how many levels are held. Locks nothing: call it with the people locked, or when nobody writes.
    """
    people = list(people)
    evidence = Evidence.objects.counting().filter(person__in=people).order_by("person_id", "competence_id")
    groups = groupby(evidence.iterator(BATCH), key=attrgetter("person_id", "competence_id"))
    best = (best_evidence(rows, today) for _, rows in groups)
    held = [
        HeldLevel(
            person_id=proof.person_id,
            competence_id=proof.competence_id,
            level=proof.level,
            evidence=proof,
            until=proof.expires_on,
        )
        for proof in best
        if proof
    ]
    HeldLevel.objects.filter(person__in=people).exclude(evidence__in=[row.evidence_id for row in held]).delete()
    HeldLevel.objects.bulk_create(
        held,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["person", "competence"],
        update_fields=["level", "evidence", "until"],
    )
    return len(held)


def rebuild_all_held_levels(today: date) -> int:
    """Derive every held level again, a batch of people at a time; each batch is locked while it is rebuilt."""
    return _rebuild_in_batches(Evidence.objects.order_by("person_id").values_list("person_id", flat=True), today)


def refresh_expired_levels(today: date) -> int:
    """Give those whose level ended before `today` the level their other evidence still proves. Run each night."""
    return _rebuild_in_batches(
        HeldLevel.objects.filter(until__lt=today).order_by("person_id").values_list("person_id", flat=True), today
    )


def _rebuild_in_batches(people, today: date) -> int:
    pks = list(people.distinct())
    total = 0
    for start in range(0, len(pks), BATCH):
        with transaction.atomic():
            batch = pks[start : start + BATCH]
            list(User.objects.select_for_update(no_key=True).filter(pk__in=batch).order_by("pk").values_list("pk"))
            total += rebuild_held_levels(batch, today)
    return total


def lock_person(person: User) -> None:
    """Let one writer at a time derive the levels of `person`; readers and foreign keys are not kept waiting."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)

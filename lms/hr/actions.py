"""What is done with evidence: record it once, and keep the levels held derived from it."""

from collections.abc import Collection, Iterable, Sequence
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


def record_evidence(*, source_key: str, today: date, **fields) -> Evidence:
    """Append one piece of evidence (`fields` of `Evidence`), as `record_all_evidence` does; the one recorded for that key."""
    record_all_evidence([Evidence(source_key=source_key, **fields)], today)
    return Evidence.objects.get(source_key=source_key)


@transaction.atomic
def record_all_evidence(asked: Sequence[Evidence], today: date) -> None:
    """Append evidence and raise held levels where it proves more; the same `source_key` is recorded once.

    Locks the people, so that two pieces of evidence recorded at once both count. The same queries however many.
    """
    lock_people({row.person_id for row in asked})
    known = Evidence.objects.filter(source_key__in=[row.source_key for row in asked])
    known_keys = set(known.values_list("source_key", flat=True))
    new = Evidence.objects.bulk_create(row for row in asked if row.source_key not in known_keys)
    audit.record_all(
        audit.entry_of(
            "hr.evidence_recorded",
            actor=row.recorded_by,
            obj=row,
            on_behalf_of=row.person,
            competence=row.competence.code,
            level=row.level,
            kind=str(row.kind),
        )
        for row in new
    )
    if new:
        rebuild_held_levels({row.person_id for row in new}, today)


def record_certificates(certificates: Iterable[Certificate], today: date) -> None:
    """Evidence of each level that certificates attest in their frozen snapshots; recorded once however often asked.

    An attestation (N1) gives none; nor does the certificate of a programme, whose levels are those that the certificates
    of its courses already prove, each for as long as it is good.
    """
    of_courses = [(one, one.printed) for one in certificates if not one.is_of_programme]
    proving = [(certificate, printed) for certificate, printed in of_courses if proves_levels(printed.assurance)]
    codes = {row.code for _, printed in proving for row in printed.competences}
    if not codes:
        return
    competences = {row.code: row for row in Competence.objects.filter(code__in=codes)}
    asked = [
        Evidence(
            person=certificate.person,
            competence=competences[code],
            level=row.level,
            kind=Evidence.Kind.CERTIFICATE,
            obtained_on=printed.issued_on,
            expires_on=certificate.expires_on,
            certificate=certificate,
            content_version=printed.content_version,
            source_key=f"certificate:{certificate.pk}:{code}",
        )
        for certificate, printed in proving
        for code, row in {row.code: row for row in printed.competences}.items()
        if code in competences
    ]
    record_all_evidence(asked, today)


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


def lock_people(people: Collection[int]) -> None:
    """Let one writer at a time derive the levels of people (keys); readers and foreign keys are not kept waiting."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))

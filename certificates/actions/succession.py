"""A certificate that comes after another: the same facts with a new name, the same again, or a new term."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from certificates import rules
from certificates.actions.issuing import COURSE, PROGRAMME, next_revisions, numbered
from certificates.actions.life import ActRefused
from certificates.models import Certificate, CertificateAct, Recertification, Series
from certificates.snapshot import Snapshot
from lms.core import audit
from lms.core.jobs import enqueue
from lms.learning.models import Enrolment
from lms.people.models import User

Origin = Certificate.Origin


@transaction.atomic
def reissue_certificate(
    former: Certificate, origin: str, actor: User | None, reason: str, now: datetime, **changes
) -> Certificate:
    """Reserve the certificate that is to take the place of `former`, and ask for its document.

    It says what the former one froze, but for its number, code and date and the `changes` (fields of `Snapshot`), with
    the same last day. The former one stays as it is until the new one is issued. Asked again meanwhile, gives the one
    under way. Locks the counter, then the former one. Raises ActRefused, also when its name was erased.
    """
    series = locked_series(now, former.is_of_programme)
    former = Certificate.objects.select_for_update().get(pk=former.pk)
    if successor := former.successor():
        return successor
    if former.erased_at or not rules.may_act("replace", former.state, reason):
        raise ActRefused
    design = former.design_version_id  # the same document as before, but for what changes
    certificate = reserve_after(
        former, former.printed, origin, series, actor, reason, now, design_version_id=design, **changes
    )
    audit.record("certificate.reissue", actor, certificate, former=former.printed_number, reason=reason.strip())
    return certificate


def reserve_after(
    former: Certificate, printed: Snapshot, origin: str, series: Series, actor: User | None, reason: str, now: datetime,
    design_version_id: int | None, **changes,
) -> Certificate:  # fmt: skip
    """Give the next number of a locked counter to what comes after `former`, and put its issue in the outbox."""
    series.last_number += 1
    series.save(update_fields=["last_number"])
    code = rules.new_public_code()
    snapshot = replace(
        printed,
        number=rules.printed_number(series.code, series.year, series.last_number),
        public_code=code,
        verification_url=f"{settings.LMS_PUBLIC_URL}/c/{code}/",
        issued_on=timezone.localdate(now),
        sealed_at=now.replace(microsecond=0),
        **changes,
    )
    kind = PROGRAMME if former.is_of_programme else COURSE
    key = getattr(former, f"{kind}_id")
    certificate = numbered(
        snapshot,
        series,
        now,
        **{f"{kind}_id": key},
        revision=next_revisions(kind, [key])[key],
        person_id=former.person_id,
        origin=origin,
        former=former,
        design_version_id=design_version_id,
        visibility=former.visibility,
    )
    certificate.save()
    CertificateAct.objects.create(
        certificate=certificate, verb=CertificateAct.Verb.RESERVED, actor=actor, reason=reason.strip(), at=now
    )
    ask_for_document(certificate)
    return certificate


def locked_enrolment(pk: int) -> Enrolment:
    """An enrolment with its course, its row locked until the transaction ends; what names it is inserted without waiting.

    Whoever locks several rows takes them in this order: enrolment, check of knowledge, counter, update asked, certificate.
    """
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("course").get(pk=pk)


def locked_series(now: datetime, is_of_programme: bool = False) -> Series:
    """The counter of today's year, its row locked until the transaction ends; programmes have their own.

    After the enrolment and the check of knowledge, before certificates: the order of `locked_enrolment`.
    """
    code = settings.LMS_PROGRAMME_SERIES if is_of_programme else settings.LMS_CERTIFICATE_SERIES
    counter = {"code": code, "year": timezone.localdate(now).year}
    Series.objects.get_or_create(**counter)
    return Series.objects.select_for_update().get(**counter)


def ask_for_document(certificate: Certificate) -> None:
    """Put the document of a reserved certificate in the outbox, once for each number."""
    enqueue(
        "certificates.issue",
        key=f"certificate:number:{certificate.pk}",
        payload={"certificate": certificate.pk},
        on_behalf_of=certificate.person,
    )


def subject_of(certificate: Certificate) -> dict:
    """What the job of a first certificate names: the enrolment, in a course or in a programme."""
    if certificate.is_of_programme:
        return {"programme_enrolment": certificate.programme_enrolment_id}
    return {"enrolment": certificate.enrolment_id}


@transaction.atomic
def issue_after_void(void: Certificate, actor: User, now: datetime) -> Certificate | None:
    """Once what kept a document from being made is mended: another number, by the same road as the first time.

    A first certificate is frozen anew by the job; what followed another is frozen again from that one. Gives the
    certificate reserved, None when the job will reserve it. Raises ActRefused.
    """
    if void.state != Certificate.State.VOID:
        raise ActRefused
    audit.record("certificate.issue_again", actor, void)
    if void.origin == Origin.FIRST:
        enqueue(
            "certificates.issue",
            key=f"certificate:after:{void.pk}",
            payload=subject_of(void),
            on_behalf_of=void.person,
        )
        return None
    series = locked_series(now, void.is_of_programme)
    former = Certificate.objects.select_for_update().get(pk=void.former_id)
    if successor := taking_its_place(void, former):
        return successor
    if former.erased_at or former.state not in rules.ACTS_FROM["replace"]:
        raise ActRefused
    design = void.design_version_id
    again = reserve_after(
        former, void.printed, void.origin, series, actor, void.state_reason, now, design_version_id=design
    )
    Recertification.objects.filter(certificate=void).update(certificate=again)
    return again


def taking_its_place(void: Certificate, former: Certificate) -> Certificate | None:
    """The certificate that does already what a void one was to do."""
    if void.origin == Origin.UPDATE:
        version = void.printed.content_version
        rows = former.successors.filter(origin=Origin.UPDATE).exclude(state=Certificate.State.VOID)
        return next((row for row in rows if row.printed.content_version == version), None)
    beside = {Origin.RENEWAL: former.renewal, Origin.APPLIED: former.confirmation}
    return beside.get(void.origin, former.successor)()

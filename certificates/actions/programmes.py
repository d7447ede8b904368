"""The certificate of a programme, by the same road as those of courses; it stands on theirs, and is stopped with them."""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from operator import attrgetter

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import rules
from certificates.actions.designing import design_for_producer, version_in_use
from certificates.actions.issuing import PROGRAMME, Draft, last_certificates, printed_by, reserve_numbers
from certificates.actions.life import suspend_certificate
from certificates.actions.proving import attested_levels
from certificates.models import Certificate, Series
from certificates.rules import issuing as issue_rules
from certificates.rules.programmes import earliest_end, levels_together, lowest_assurance
from certificates.snapshot import CoursePart, Signatory, Snapshot, document_kind
from courses.models import CoursePage, ProgrammePage
from lms.core.jobs import enqueue
from lms.learning.models import ProgrammeCompletion, ProgrammeEnrolment
from lms.learning.programmes import complete_programmes

State = Certificate.State


def certified_courses(person_id: int, course_ids: Collection[int], today: date) -> set[int]:
    """Of these courses, those for which a person holds a certificate or an attestation good on that day; one query."""
    rows = Certificate.objects.in_force(today).filter(person=person_id, enrolment__course__in=course_ids)
    return set(rows.values_list("enrolment__course", flat=True))


def ask_for_programme_certificate(enrolment: ProgrammeEnrolment, after: Certificate | None = None) -> None:
    """Put the issue of a programme's certificate in the outbox; asking twice is asking once.

    `after`: the certificate of a course that was missing the first time.
    """
    key = f"certificate:programme:{enrolment.pk}" + (f":after:{after.pk}" if after else "")
    payload = {"programme_enrolment": enrolment.pk}
    enqueue("certificates.issue", key=key, payload=payload, on_behalf_of=enrolment.person)


def reserve_programme_certificate(enrolment_pk: int, now: datetime) -> Certificate | None:
    """The certificate of a completed programme: the one it has, or a new one with the next number of its series.

    None while a certificate it would stand on was revoked or ended since: it is asked for again with the next one.
    Raises ProgrammeCompletion.DoesNotExist.
    """
    if certificate := last_certificates(PROGRAMME, [enrolment_pk]).get(enrolment_pk):
        return certificate
    rows = ProgrammeCompletion.objects.select_related("enrolment__person", "enrolment__programme__producer")
    completion = rows.get(enrolment=enrolment_pk)
    written = proved_today(completion, timezone.localdate(now))
    if written is None:
        return None
    programme = completion.enrolment.programme
    design = design_for_producer(document_kind(written["assurance"]), programme.producer)
    version = version_in_use(design, now) if design else None
    signatories = version.drawn.signatories if version else ()
    write = partial(_snapshot_of, completion, written, signatories, now=now)
    draft = Draft(enrolment_pk, completion.enrolment.person, version, write)
    (certificate,) = reserve_numbers(PROGRAMME, settings.LMS_PROGRAMME_SERIES, [draft], now)
    return certificate


def follow_course_certificate(certificate: Certificate, now: datetime) -> None:
    """What the certificate of a course, issued or given back, is the last fact of; in the same transaction."""
    course_id = certificate.enrolment.course_id
    waiting = ProgrammeEnrolment.objects.filter(
        person=certificate.person_id, state=ProgrammeEnrolment.State.COMPLETED, programme__parts__course=course_id
    ).exclude(certificates__in=Certificate.objects.of_programmes().exclude(state=State.VOID))
    for enrolment in waiting.select_related("person").order_by("pk"):
        ask_for_programme_certificate(enrolment, certificate)
    complete_programmes(certificate.person_id, course_id, now)


def follow_course_certificates(certificates: Collection[Certificate], now: datetime) -> None:
    """The same for many; one query when none of their holders follows a programme."""
    people = ProgrammeEnrolment.objects.filter(person__in={one.person_id for one in certificates})
    following = set(people.values_list("person", flat=True))
    for certificate in sorted(certificates, key=attrgetter("person_id", "pk")):  # they lock, in one order
        if certificate.person_id in following:
            follow_course_certificate(certificate, now)


def suspend_what_stands_on(part: Certificate, now: datetime) -> None:
    """The certificate of a course proves nothing any more: those of programmes that name the course are suspended, with
    the reason, until an officer decides. In the same transaction.
    """
    words = _("Le certificat %(number)s de la formation « %(title)s » est %(state)s.")
    said = {"number": part.printed_number, "title": part.course_title, "state": part.get_state_display()}
    for whole in Certificate.objects.of_programmes().proving().filter(person=part.person_id):
        if part.printed.course_code in whole.printed.certified_codes:
            suspend_certificate(whole, None, words % said, now)


def suspend_if_part_fell(whole: Certificate, now: datetime) -> None:
    """A certificate it stands on was revoked while this one was being sealed: it is issued suspended, never silently.

    Called in the transaction that issues; locks the certificates of the person's courses, so that either this sees the
    revocation or the revocation sees this.
    """
    rows = Certificate.objects.of_courses().filter(person=whole.person_id).order_by("pk")
    good = {row.printed.course_code for row in rows.select_for_update() if row.state == State.VALID}
    if fallen := [part for part in whole.printed.parts if part.number and part.course_code not in good]:
        words = _("Le certificat %(number)s de la formation « %(title)s » ne vaut plus.")
        suspend_certificate(whole, None, words % {"number": fallen[0].number, "title": fallen[0].title}, now)


def proved_today(completion: ProgrammeCompletion, today: date) -> dict | None:
    """What the document says of the courses that counted (fields of `Snapshot`); None when a certificate is missing."""
    if not completion.needs_certificates:
        return _followed(completion)
    enrolments = [row["enrolment"] for row in completion.courses]
    found = {}
    for row in Certificate.objects.in_force(today).filter(enrolment__in=enrolments).order_by("revision"):
        found[row.enrolment_id] = row  # the last one that is good
    if len(found) < len(enrolments):
        return None
    documents = [found[pk].printed for pk in enrolments]
    assurance = lowest_assurance(printed.assurance for printed in documents)
    levels = levels_together(row for printed in documents for row in printed.competences)
    is_tested = document_kind(assurance) == "certificate"
    followed = [text for printed in documents for text in printed.covered]
    names = [f"{row.code} · {row.name}" for row in levels]
    return {
        "assurance": assurance,
        "competences": levels if is_tested else (),
        "covered": () if is_tested else tuple(dict.fromkeys([*names, *followed])),
        "duration_minutes": sum(printed.duration_minutes for printed in documents),
        "in_person_minutes": sum(printed.in_person_minutes for printed in documents),
        "expires_on": earliest_end([printed.expires_on for printed in documents]),
        "parts": tuple(
            _part(row, printed.course_code, printed.course_title, printed.number, printed.assurance)
            for row, printed in zip(completion.courses, documents, strict=True)
        ),
    }


def _followed(completion: ProgrammeCompletion) -> dict:
    """Courses completed, whatever their certificates: an attestation, which proves no level."""
    courses = CoursePage.objects.in_bulk([row["course"] for row in completion.courses])
    rows = [(row, courses[row["course"]]) for row in completion.courses]
    names = [f"{gain.code} · {gain.name}" for _row, course in rows for gain in attested_levels(course)]
    return {
        "assurance": lowest_assurance(()),
        "competences": (),
        "covered": tuple(dict.fromkeys(names)),
        "duration_minutes": sum(course.duration_minutes for _row, course in rows),
        "in_person_minutes": sum(course.in_person_minutes for _row, course in rows),
        "expires_on": None,
        "parts": tuple(_part(row, course.code, rules.composed(course.title)) for row, course in rows),
    }


def _part(row: dict, code: str, title: str, number: str = "", assurance: str = "") -> CoursePart:
    done = timezone.localdate(datetime.fromisoformat(row["completed_at"]))
    return CoursePart(code, title, row["content_version"], done, number, assurance)


def _snapshot_of(
    completion: ProgrammeCompletion, written: dict, signatories: tuple[Signatory, ...], series: Series, now: datetime
) -> Snapshot:
    programme: ProgrammePage = completion.enrolment.programme
    own_end = issue_rules.last_day(timezone.localdate(now), programme.validity_months)
    written = written | {"expires_on": earliest_end([written["expires_on"], own_end])}
    return printed_by(
        completion.enrolment.person,
        signatories,
        series,
        now,
        course_code=f"parcours/{programme.slug}",  # no code of a course has a slash
        course_title=rules.composed(programme.title),
        content_version=0,  # its courses each have theirs
        course_revision=completion.programme_revision_id,
        **written,
    )

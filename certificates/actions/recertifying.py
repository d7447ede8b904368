"""A holder comes up to a substantial version: lessons read anew, questions answered, a new certificate that names the former."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.actions.designing import version_for
from certificates.actions.issuing import last_day
from certificates.actions.proving import attested_levels
from certificates.actions.renewals import may_renew
from certificates.actions.succession import locked_series, reserve_after
from certificates.models import Certificate, KnowledgeCheck, Recertification
from certificates.rules import composed
from certificates.rules.versions import has_read, kept_levels
from certificates.snapshot import FOLLOWED_ONLY, Snapshot, document_kind
from courses.models import CourseOutline, CoursePage
from courses.outline import course_outline
from lms.core import audit
from lms.learning.models import ProgressEvent

State = Recertification.State
UPDATED = "N2"  # what a test on line proves at most


class RecertificationRefused(Exception):
    """Why a certificate cannot be brought up to date now, in words for its holder."""


@dataclass(frozen=True)
class LessonToRead:
    """One lesson asked; `url` is "" when it is published no more, and then it is not asked."""

    title: str
    change: str
    url: str
    is_read: bool


def lessons_of(recertification: Recertification) -> list[LessonToRead]:
    """What is to be read and what was, in the order of the course; two queries when caches are warm."""
    course = recertification.enrolment.course_id
    outline = course_outline(course, CourseOutline.objects.values_list("version", flat=True).get(pk=course))
    facts = ProgressEvent.objects.completed().filter(enrolment=recertification.enrolment_id)
    read: dict[int, set[int]] = {}
    for item, revision in facts.order_by().values_list("item_id", "revision_id"):
        read.setdefault(item, set()).add(revision or 0)
    found = []
    for line in recertification.lessons:
        item = outline.item_by_id(line["id"]) if outline.is_live else None
        place, title = (item.position, item.title) if item else (0, line["title"])
        is_read = has_read(line, read.get(line["id"], ()))
        found.append((place, LessonToRead(title, line["change"], item.url if item else "", is_read)))
    return [lesson for _place, lesson in sorted(found, key=lambda pair: pair[0])]


def left_to_read(lessons: list[LessonToRead]) -> list[LessonToRead]:
    return [lesson for lesson in lessons if lesson.url and not lesson.is_read]


def passed_check(recertification: Recertification) -> KnowledgeCheck | None:
    """The check that convinced, if any."""
    return recertification.knowledge_checks.filter(is_passed=True, is_rapid=False).first()


def former_of(enrolment_pk: int, is_locked: bool = False) -> Certificate:
    """The certificate to bring up to date: the best proof, then the latest. Raises RecertificationRefused when none may be."""
    rows = Certificate.objects.filter(enrolment=enrolment_pk).exclude(state=Certificate.State.VOID)
    rows = rows.select_for_update(of=("self",)) if is_locked else rows
    kept = [row for row in rows.order_by("-revision") if row.state != Certificate.State.REPLACED]
    for row in kept:
        if row.state == Certificate.State.RESERVED:
            raise RecertificationRefused(
                _("Un document est en préparation pour cette formation : revenez dans quelques minutes.")
            )
        if row.state == Certificate.State.SUSPENDED:
            said = _("Votre certificat %(number)s est suspendu : il pourra être mis à jour si la suspension est levée.")
            raise RecertificationRefused(said % {"number": row.printed_number})
    valid = [row for row in kept if row.state == Certificate.State.VALID and not row.erased_at]
    if not valid:
        number = kept[0].printed_number if kept else ""
        raise RecertificationRefused(
            _("Votre certificat %(number)s n’est plus valide (révoqué) : il ne peut pas être mis à jour.")
            % {"number": number}
        )
    return max(valid, key=lambda row: (row.printed.assurance, row.revision))


@transaction.atomic
def recertify(recertification: Recertification, is_testable: bool, now: datetime) -> Certificate:
    """Reserve the new certificate once all that was asked is done; asked twice, gives the same.

    `is_testable`: whether there is a question to ask; then a check passed is needed. Locks the counter, the recertification,
    the certificates. Raises RecertificationRefused.
    """
    series = locked_series(now)
    rows = Recertification.objects.select_for_update(of=("self",)).select_related("version", "enrolment__course")
    row = rows.get(pk=recertification.pk)
    if row.state == State.DONE:
        return row.certificate
    if row.state == State.SUPERSEDED:
        raise RecertificationRefused(_("La formation a encore changé : une nouvelle mise à jour vous est proposée."))
    lessons, check = lessons_of(row), passed_check(row)
    if not row.enrolment.course.live or not any(lesson.url for lesson in lessons):
        raise RecertificationRefused(_("Ce qui est à revoir n’est pas publié en ce moment : revenez plus tard."))
    if left_to_read(lessons) or (is_testable and check is None):
        raise RecertificationRefused(_("Il reste des leçons à revoir ou des questions auxquelles répondre."))
    former = former_of(row.enrolment_id, is_locked=True)
    certificate = _reserve(row, former, check, series, now)
    row.state, row.settled_at, row.certificate = State.DONE, now, certificate
    row.save()
    audit.record(
        "certificate.update", row.enrolment.person, certificate, former=former.printed_number, tested=check is not None
    )
    return certificate


def _reserve(row: Recertification, former: Certificate, check: KnowledgeCheck | None, series, now) -> Certificate:
    """What the former one froze, with the new version of the content; what is proved follows the facts."""
    course, today = row.enrolment.course, timezone.localdate(now)
    proof = updated_proof(former.printed, course, check)
    version = version_for(document_kind(proof["assurance"]), course, now)
    # What was not asked again was not proved anew: it ends when it did, unless it could be renewed as a whole today.
    ends_on = last_day(course.pk, today) if may_renew(former, today) else former.expires_on
    changes = {
        **proof,
        "updates": former.printed_number,
        "course_title": composed(course.title),
        "content_version": row.version.content_version,
        "course_revision": row.version.course_revision_id,
        "duration_minutes": course.duration_minutes,
        "in_person_minutes": course.in_person_minutes,
        "expires_on": ends_on,
        "signatories": version.drawn.signatories if version else (),
        "sittings": (),
        "confirmed_on": None,
    }
    origin = Certificate.Origin.UPDATE
    return reserve_after(
        former, former.printed, origin, series, None, "", now, design_version_id=version and version.pk, **changes
    )


def updated_proof(former: Snapshot, course: CoursePage, check: KnowledgeCheck | None) -> dict:
    """What may be printed: the levels of the former one when a test of what changed was passed; that the changes were
    followed, and no level, without one. The test is on line, so N2 at most; what was followed only stays so.
    """
    levels = kept_levels(former.competences, attested_levels(course), is_tested=check is not None)
    if levels and check and not former.is_attestation:
        return {
            "assurance": UPDATED,
            "competences": levels,
            "covered": (),
            "pass_mark_percent": check.pass_mark_percent,
        }
    names = former.covered or tuple(f"{row.code} · {row.name}" for row in former.competences)
    return {"assurance": FOLLOWED_ONLY, "competences": (), "covered": names, "pass_mark_percent": None}

"""A version of a course is marked as substantial: by who may publish it, or proposed by who writes it and decided by a reviewer."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.contents import Change, changes_of, holders_of, questions_of
from certificates.models import SubstantialVersion, VersionDecision
from certificates.permissions import can_confirm_version, can_decide_version
from certificates.rules.versions import REMOVED
from courses.models import CoursePage
from courses.permissions import can_teach
from lms.core import audit
from lms.core.jobs import enqueue
from lms.learning.models import Completion
from lms.people.models import User

ASSIGN_JOB, DECIDED_JOB = "certificates.assign_version", "certificates.tell_version"


class VersionRefused(Exception):
    """Why a version cannot be marked or decided, in words for who tries."""


def why_not(course: CoursePage, changes: Collection[Change]) -> str:
    """Why a course cannot be marked now, in words; "" when it can."""
    if not course.live or course.is_archived:
        return _("Publiez d’abord la formation : on ne signale qu’une version que chacun peut lire.")
    if SubstantialVersion.objects.waiting().filter(course=course).exists():
        return _("Une version de cette formation attend déjà sa relecture.")
    if not holders_of(course, timezone.localdate()).exists():
        return _("Personne n’a encore de certificat de cette formation : il n’y a personne à prévenir.")
    if not any(change.change != REMOVED for change in changes):
        return _("Aucune leçon publiée n’a changé depuis que les titulaires ont suivi la formation.")
    if course.content_version <= version_to_pass(course):
        return _(
            "La fiche de la formation dit encore « version du contenu %(number)s », celle des certificats délivrés. "
            "Donnez-lui un numéro plus grand, publiez-la, puis revenez."
        ) % {"number": course.content_version}
    return ""


def version_to_pass(course: CoursePage) -> int:
    """The version that a substantial one must be past: the last one marked, and the first that a holder was certified with."""
    holders = holders_of(course, timezone.localdate())
    first = Completion.objects.filter(enrolment__in=holders).aggregate(first=Min("content_version"))["first"]
    marked = SubstantialVersion.objects.in_force().filter(course=course).aggregate(last=Max("content_version"))["last"]
    return max(first or 0, marked or 0)


@transaction.atomic
def mark_version(
    course: CoursePage, actor: User, reason: str, lessons: Collection[int], questions: Collection[int], now: datetime
) -> SubstantialVersion:
    """Mark the version as published now: `lessons` among those that changed are to be read again, `questions` to be answered.

    In force at once for who may publish the course; else it waits for a reviewer. Locks the course. Raises VersionRefused.
    """
    course = CoursePage.objects.select_for_update(of=("self",)).select_related("outline").get(pk=course.pk)
    today = timezone.localdate(now)
    changes = changes_of(course, today)
    if refusal := why_not(course, changes):
        raise VersionRefused(refusal)
    kept = [change for change in changes if change.change == REMOVED or change.id in lessons]
    chosen = {change.id for change in kept if change.change != REMOVED}
    if not can_teach(actor, course) or not chosen or chosen != set(lessons) or not reason.strip():
        raise VersionRefused(_("La formation a changé entre-temps : regardez de nouveau ce qui est proposé."))
    allowed = {row.pk for rows in questions_of(course, chosen, today) for row in rows}
    version = SubstantialVersion.objects.create(
        course=course,
        course_revision_id=course.live_revision_id,
        content_version=course.content_version,
        reason=reason.strip(),
        changes=[change.as_line() for change in kept],
        questions=sorted(allowed & set(questions)),
        marked_by=actor,
        marked_at=now,
    )
    audit.record("certificate.mark_version", actor, version, lessons=len(chosen), questions=len(version.questions))
    if can_confirm_version(actor, course):
        _decide(version, actor, True, "", now)
    return version


@transaction.atomic
def decide_version(version: SubstantialVersion, actor: User, is_confirmed: bool, comment: str, now: datetime) -> None:
    """Confirm what was proposed, so that holders are asked, or refuse it with a reason. Locks the course. Raises VersionRefused."""
    course = CoursePage.objects.select_for_update().get(pk=version.course_id)
    version = SubstantialVersion.objects.select_related("decision").get(pk=version.pk)
    if not can_decide_version(actor, version):
        raise VersionRefused(_("Quelqu’un d’autre a décidé entre-temps, ou ce n’est pas à vous de décider."))
    if is_confirmed and (not course.live or course.is_archived):
        raise VersionRefused(_("La formation n’est plus publiée : les titulaires ne pourraient pas la relire."))
    if not is_confirmed and not comment.strip():
        raise VersionRefused(_("Dites à la personne qui propose pourquoi vous refusez."))
    _decide(version, actor, is_confirmed, comment.strip(), now)
    enqueue(DECIDED_JOB, key=f"{version.key}:decided", payload={"version": version.pk})


def _decide(version: SubstantialVersion, actor: User, is_confirmed: bool, comment: str, now: datetime) -> None:
    VersionDecision.objects.create(
        version=version, is_confirmed=is_confirmed, decided_by=actor, decided_at=now, comment=comment
    )
    audit.record("certificate.decide_version", actor, version, confirmed=is_confirmed, reason=comment)
    if is_confirmed:
        enqueue(ASSIGN_JOB, key=version.key, payload={"version": version.pk})

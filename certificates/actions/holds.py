"""A certificate held because its course was finished faster than it can be read, and how it is released."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction

from certificates.actions.issuing import COURSE, last_certificates
from certificates.models import Hold, KnowledgeCheck
from certificates.rules import issuing as issue_rules
from lms.core import audit
from lms.core.jobs import enqueue
from lms.learning.models import Completion, RapidFinish
from lms.people.models import User

State = Hold.State


class AlreadyDecided(Exception):
    """Somebody else decided meanwhile, or no reason is given."""


def held(enrolments: Collection[int], now: datetime) -> set[int]:
    """Those of these completed enrolments (keys) whose certificate must wait; the first time, writes the hold and tells the
    learner.

    What was issued, or released, is not held again. Three queries when nothing was too fast. Raises Completion.DoesNotExist.
    """
    waiting = set(enrolments) - set(last_certificates(COURSE, enrolments))
    known = dict(Hold.objects.filter(enrolment__in=waiting).values_list("enrolment", "state"))
    found = {pk for pk, state in known.items() if state != State.RELEASED}
    new = waiting - set(known)
    facts = RapidFinish.objects.filter(enrolment__in=new).values_list("enrolment", flat=True)
    return found | {pk for pk in set(facts) if hold_if_too_fast(pk, now)}


def hold_if_too_fast(enrolment_pk: int, now: datetime) -> bool:
    """Hold the certificate of a completed enrolment if too many steps were finished too fast. Raises Completion.DoesNotExist."""
    completion = Completion.objects.select_related("enrolment__person").get(enrolment=enrolment_pk)
    facts, steps = rapid_steps(completion), len(completion.conditions)
    if not issue_rules.is_too_fast(len(facts), steps, settings.LMS_HOLD_RAPID_PERCENT):
        return False
    with transaction.atomic():
        hold, is_new = Hold.objects.get_or_create(
            enrolment=completion.enrolment, defaults={"facts": facts, "step_count": steps, "opened_at": now}
        )
        if is_new:
            audit.record("certificate.hold", None, hold, on_behalf_of=completion.enrolment.person, rapid=len(facts))
            _tell(hold)
    return True


def rapid_steps(completion: Completion) -> list[dict]:
    """The steps the course asked for that were finished too fast, one line each: the slowest time of each."""
    asked = {line["code"].partition(":")[2] for line in completion.conditions}
    facts = RapidFinish.objects.filter(enrolment=completion.enrolment_id).select_related("item")
    slowest: dict[int, dict] = {}
    for fact in facts.order_by("-seconds", "pk"):
        line = {"title": fact.item.title, "seconds": fact.seconds, "least_seconds": fact.least_seconds}
        if str(fact.item_id) in asked:
            slowest.setdefault(fact.item_id, line)
    return list(slowest.values())


def release_hold(hold: Hold, actor: User, reason: str, now: datetime) -> Hold:
    """A person lets the certificate be issued; what was refused may still be released. Raises AlreadyDecided."""
    if not reason.strip():
        raise AlreadyDecided
    return _decide(hold, State.RELEASED, actor, reason, now)


def refuse_hold(hold: Hold, actor: User, reason: str, now: datetime) -> Hold:
    """A person refuses the certificate, with a reason that the learner reads. Raises AlreadyDecided."""
    if not reason.strip():
        raise AlreadyDecided
    return _decide(hold, State.REFUSED, actor, reason, now)


def release_by_check(check: KnowledgeCheck, now: datetime) -> None:
    """A check passed at a pace that can be believed releases what it was about, if nobody decided meanwhile."""
    hold = Hold.objects.filter(enrolment=check.enrolment_id).first()
    if hold and hold.state == State.OPEN and check.is_convincing:
        _decide(hold, State.RELEASED, None, "", now)


@transaction.atomic
def _decide(hold: Hold, state: str, actor: User | None, reason: str, now: datetime) -> Hold:
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.state == State.RELEASED or hold.state == state:
        raise AlreadyDecided
    hold.state, hold.decided_at, hold.decided_by, hold.reason = state, now, actor, reason.strip()
    hold.save()
    person = hold.enrolment.person
    audit.record(f"certificate.hold_{state}", actor, hold, on_behalf_of=person, reason=hold.reason)
    if state == State.RELEASED:
        enqueue(
            "certificates.issue",
            key=f"certificate:hold:{hold.pk}",
            payload={"enrolment": hold.enrolment_id},
            on_behalf_of=person,
        )
    if actor:
        _tell(hold)
    return hold


def _tell(hold: Hold) -> None:
    enqueue("certificates.tell_hold", key=f"certificate:hold:{hold.pk}:{hold.state}", payload={"hold": hold.pk})

"""What waits for the certificate officers and HR in the demo: a batch, a certificate held, a name to correct."""

import hashlib
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from certificates.actions import ask_for_certificate, reserve_certificate
from certificates.actions.batches import propose_batch
from certificates.models import CoursePolicy, Hold, NameCorrection
from courses.models import CoursePage
from courses.outline import course_outline
from lms.core.datafiles import Entry
from lms.learning.actions import enrol, record_event
from lms.learning.models import Enrolment, ProgressEvent
from lms.people.models import User

Kind = ProgressEvent.Kind
PROOF = b"%PDF-1.4\n% Justificatif de d\xc3\xa9monstration : rien ici n'est vrai.\n"
QUICK_SECONDS, LEAST_SECONDS = 9, 75  # of each step of the certificate held


def add_certification(entry: Entry, known: dict[str, User], now: datetime) -> bool:
    """Have people complete a course whose certificates go by batch; False where its rule is there already.

    Raises CoursePage.DoesNotExist.
    """
    course = CoursePage.objects.get(code=entry.text("formation"))
    if CoursePolicy.objects.filter(course=course).exists():
        return False
    CoursePolicy.objects.create(course=course, mode=CoursePolicy.Mode.BATCH, validity_months=36)
    _add_correction(entry.entry("correction"), known, course, now)
    _add_hold(entry.entry("retenu"), known, course, now)
    batch = entry.entry("lot")
    for email in batch.items_of("personnes"):
        _complete(known[email], course, now - timedelta(days=4))
    held = Hold.objects.filter(enrolment__course=course).values_list("enrolment", flat=True)
    propose_batch(course, known[batch.text("propose_par")], batch.prose("note"), now - timedelta(days=1), list(held))
    return True


def _complete(person: User, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol, then each step in turn, one a day up to `now`."""
    items = course_outline(course.pk, course.outline.version).items
    enrolment = enrol(person, course, now - timedelta(days=len(items)))
    for rank, item in enumerate(items, start=1):
        is_quiz = item.kind == "quiz"
        record_event(
            enrolment,
            item.id,
            Kind.PASSED if is_quiz else Kind.COMPLETED,
            now - timedelta(days=len(items) - rank),
            f"demo:{enrolment.pk}:{item.id}",
            value={"score_percent": "85.00"} if is_quiz else None,
            revision_id=item.revision_id,
        )
    return enrolment


def _add_correction(entry: Entry, known: dict[str, User], course: CoursePage, now: datetime) -> None:
    """A certificate whose document the worker makes, and the request HR has to check."""
    enrolment = _complete(known[entry.text("personne")], course, now - timedelta(days=9))
    certificate = reserve_certificate(enrolment.pk, now)
    ask_for_certificate(enrolment)
    correction = NameCorrection.objects.create(
        certificate=certificate,
        first_name=entry.text("first_name"),
        last_name=entry.text("last_name"),
        explanation=entry.prose("explication"),
        asked_at=now - timedelta(days=1),
        proof_name="acte-de-naissance.pdf",
        proof_sha256=hashlib.sha256(PROOF).hexdigest(),
    )
    correction.proof.save("", ContentFile(PROOF))


def _add_hold(entry: Entry, known: dict[str, User], course: CoursePage, now: datetime) -> None:
    """As `is_held` writes it, of a course finished in a few minutes."""
    enrolment = _complete(known[entry.text("personne")], course, now - timedelta(days=2))
    items = course_outline(course.pk, course.outline.version).items
    facts = [
        {"title": item.title, "seconds": QUICK_SECONDS + rank, "least_seconds": LEAST_SECONDS + 10 * rank}
        for rank, item in enumerate(items[:-1])
    ]
    Hold.objects.create(enrolment=enrolment, facts=facts, step_count=len(items), opened_at=now - timedelta(days=2))

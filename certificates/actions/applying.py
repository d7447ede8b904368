"""What is learnt is applied at work: stated by its holder, confirmed by their hierarchy, and a certificate N4 follows."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.actions.succession import locked_enrolment, locked_series, reserve_after
from certificates.models import Certificate, WorkApplication, WorkDecision
from certificates.rules import applying
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import Post, User

APPLIED, VALID, VOID = "N4", Certificate.State.VALID, Certificate.State.VOID
Verdict = WorkDecision.Verdict


class ApplicationRefused(Exception):
    """Nothing to confirm any more, one request is open, or what is said does not hold."""


class NoManager(ApplicationRefused):
    """No post in force of the holder names a manager."""


class NotTheirManager(Exception):
    """No post in force of the holder names this person, or they are the holder."""


def may_ask(certificate: Certificate) -> bool:
    """Whether its holder may ask for a confirmation; two queries, none when the certificate is of no such kind."""
    printed = certificate.printed
    if not applying.may_ask(printed.assurance, certificate.state_today, bool(certificate.erased_at), False, False):
        return False
    if certificate.enrolment_id is None:
        return False
    is_open = WorkApplication.objects.open().filter(enrolment=certificate.enrolment_id).exists()
    is_confirmed = bool(confirmed_certificate(certificate.enrolment_id))
    return applying.may_ask(
        printed.assurance, certificate.state_today, bool(certificate.erased_at), is_confirmed, is_open
    )


def confirmed_certificate(enrolment_pk: int) -> Certificate | None:
    """The certificate N4 of what was completed, valid or on its way; one query."""
    rows = Certificate.objects.filter(enrolment=enrolment_pk, state__in=[Certificate.State.RESERVED, VALID])
    return next((row for row in rows.order_by("-revision") if row.printed.assurance == APPLIED), None)


def managers_of(person: User, today: date) -> list[User]:
    """Whom the posts in force of a person name, each once; one query."""
    posts = Post.objects.in_force(today).filter(person=person, manager__is_active=True).select_related("manager")
    return list({post.manager_id: post.manager for post in posts}.values())


@transaction.atomic
def ask_for_confirmation(certificate: Certificate, statement: str, now: datetime) -> WorkApplication:
    """The holder says where they applied it; their managers are told.

    Locks the enrolment, so that one request is open at a time. Raises ApplicationRefused, NoManager.
    """
    if certificate.enrolment_id is None:
        raise ApplicationRefused
    locked_enrolment(certificate.enrolment_id)
    if not may_ask(certificate) or len(statement.strip()) < applying.SHORTEST_STATEMENT:
        raise ApplicationRefused
    if not managers_of(certificate.person, timezone.localdate(now)):
        raise NoManager
    try:
        with transaction.atomic():
            application = WorkApplication.objects.create(
                certificate=certificate,
                enrolment_id=certificate.enrolment_id,
                holder_id=certificate.person_id,
                rank=WorkApplication.objects.filter(enrolment=certificate.enrolment_id).count() + 1,
                statement=statement.strip(),
                asked_at=now,
            )
    except IntegrityError as error:
        raise ApplicationRefused from error
    audit.record("certificate.ask_confirmation", certificate.person, application)
    key = f"certificate:application:{application.pk}"
    enqueue("certificates.tell_application", key=key, payload={"application": application.pk})
    return application


@transaction.atomic
def confirm_application(
    application: WorkApplication, author: User, observed_on: date, remark: str, now: datetime
) -> WorkDecision:
    """The hierarchy has seen it applied: a certificate N4 is reserved, which leaves the former one as it is.

    It says what the newest certificate of the enrolment that stands says, with the same last day. Locks the enrolment,
    the counter, then that one. Raises NotTheirManager, ApplicationRefused.
    """
    post = _post_that_entitles(application, author, now)
    series = locked_series(now)
    completed_on = timezone.localdate(application.enrolment.completion.completed_at)
    if not applying.is_observable(observed_on, completed_on, timezone.localdate(now)):
        raise ApplicationRefused
    former = _former_of(application)
    decision = _decide(application, author, post, Verdict.CONFIRMED, remark, now, observed_on=observed_on)
    reason = _("Application au travail constatée le %(day)s") % {"day": observed_on.isoformat()}
    reserve_after(
        former, former.printed, Certificate.Origin.APPLIED, series, author, reason, now,
        design_version_id=former.design_version_id, assurance=APPLIED, confirmed_on=timezone.localdate(now),
    )  # fmt: skip
    return decision


@transaction.atomic
def refuse_application(application: WorkApplication, author: User, reason: str, now: datetime) -> WorkDecision:
    """The hierarchy has not seen it applied, and says why; the holder may ask again later.

    Locks the enrolment. Raises NotTheirManager, ApplicationRefused.
    """
    post = _post_that_entitles(application, author, now)
    if not reason.strip():
        raise ApplicationRefused
    return _decide(application, author, post, Verdict.REFUSED, reason, now)


def _post_that_entitles(application: WorkApplication, author: User, now: datetime) -> Post:
    """The enrolment is locked; the post in force of the holder that names the author."""
    locked_enrolment(application.enrolment_id)
    if WorkDecision.objects.filter(application=application).exists():
        raise ApplicationRefused
    posts = Post.objects.in_force(timezone.localdate(now)).filter(person=application.holder_id, manager=author)
    post = posts.order_by("-is_primary", "-starts_on", "pk").first()
    if post is None or author.pk == application.holder_id:
        raise NotTheirManager
    return post


def _former_of(application: WorkApplication) -> Certificate:
    """The certificate that stands for what was completed: the one named, or what took its place; locked."""
    rows = Certificate.objects.select_for_update().filter(enrolment=application.enrolment_id, state=VALID)
    if confirmed_certificate(application.enrolment_id):
        raise ApplicationRefused
    for row in rows.order_by("-revision"):
        if applying.may_ask(row.printed.assurance, row.state_today, bool(row.erased_at), False, False):
            return row
    raise ApplicationRefused


def _decide(application, author, post, verdict, reason, now, observed_on=None) -> WorkDecision:
    decision = WorkDecision.objects.create(
        application=application,
        holder_id=application.holder_id,
        verdict=verdict,
        observed_on=observed_on,
        reason=reason.strip(),
        author=author,
        post=post,
        decided_at=now,
    )
    holder = application.holder
    audit.record(f"certificate.application_{verdict}", author, application, on_behalf_of=holder)
    key = f"certificate:application:{application.pk}:decision"
    enqueue("certificates.tell_decision", key=key, payload={"application": application.pk})
    return decision

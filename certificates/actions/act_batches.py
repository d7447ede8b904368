"""The same act on many certificates: a dry run, proposed by one person, approved by another, run in the background."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import rules
from certificates.actions.batches import CHUNK
from certificates.actions.life import ActRefused, lift_suspension, revoke_certificate, suspend_certificate
from certificates.actions.proposals import BatchRefused, decide
from certificates.actions.stopping import heed_stop
from certificates.actions.succession import reissue_certificate
from certificates.models import ActBatch, ActLine, Certificate
from certificates.permissions import APPROVE_BATCH, REISSUE, REVOKE, SUSPEND
from lms.core import audit
from lms.core.jobs import Ask, NotYet, enqueue, enqueue_all, hasten
from lms.people.models import User

Act, State, Result = ActBatch.Act, ActBatch.State, ActLine.Result
LARGEST_BATCH = 10_000
LOOK_AGAIN = timedelta(minutes=5)
JOB = "certificates.act"


@dataclass(frozen=True)
class Kind:
    """One act: the right it takes, the rule that allows it (key of `ACTS_FROM`), what does it to one certificate."""

    permission: str
    rule: str
    run: Callable


def reissue(certificate: Certificate, actor: User, reason: str, now: datetime) -> Certificate:
    """The same certificate again, in the place of this one."""
    return reissue_certificate(certificate, Certificate.Origin.REISSUE, actor, reason, now)


KINDS: dict[str, Kind] = {
    Act.SUSPEND: Kind(SUSPEND, "suspend", suspend_certificate),
    Act.LIFT: Kind(SUSPEND, "lift", lift_suspension),
    Act.REISSUE: Kind(REISSUE, "replace", reissue),
    Act.REVOKE: Kind(REVOKE, "revoke", revoke_certificate),
}


class ActsPaused(NotYet):
    """The batch is paused; its jobs wait, and that is no failed attempt."""

    def __init__(self):
        super().__init__("Le lot d’actes est interrompu.")
        self.until = timezone.now() + LOOK_AGAIN


@dataclass(frozen=True)
class Foreseen:
    """What the act would do to one certificate: nothing when there is a `refusal`, a sentence."""

    certificate: Certificate
    refusal: str


def dry_run(act: str, certificates: QuerySet[Certificate], actor: User) -> list[Foreseen]:
    """What would become of each, those that would be done first; two queries, whatever their number."""
    open_lines = ActLine.objects.unsettled().filter(certificate=OuterRef("pk")).exclude(batch__state=State.REJECTED)
    heirs = Certificate.objects.filter(former=OuterRef("pk"), origin__in=Certificate.REPLACING)
    in_scope = User.objects.in_scope_of(actor, KINDS[act].permission).filter(pk=OuterRef("person"))
    rows = certificates.defer("snapshot").annotate(
        is_in_scope=Exists(in_scope),
        is_in_batch=Exists(open_lines),
        has_heir=Exists(heirs.exclude(state=Certificate.State.VOID)),
    )
    foreseen = [Foreseen(row, _why_not(act, row, actor)) for row in rows]
    return sorted(foreseen, key=lambda line: bool(line.refusal))


def _why_not(act: str, row: Certificate, actor: User) -> str:
    if row.person_id == actor.pk:
        return _("C’est le vôtre : une autre personne doit s’en charger.")
    if not row.is_in_scope:
        return _("Votre rôle ne donne pas ce droit sur cette personne.")
    if row.is_in_batch:
        return _("Il est déjà dans un lot d’actes qui n’est pas terminé.")
    return refusal_of(act, row, has_heir=row.has_heir)


def refusal_of(act: str, certificate: Certificate, *, has_heir: bool = False) -> str:
    """Why an act cannot be done to a certificate as it is; "" when it can."""
    if certificate.state not in rules.ACTS_FROM[KINDS[act].rule]:
        return _("Il est %(state)s : cet acte ne s’y applique pas.") % {"state": certificate.get_state_display()}
    if act == Act.REISSUE and certificate.erased_at:
        return _("Son nom est effacé : on ne peut plus l’imprimer.")
    if act == Act.REISSUE and has_heir:
        return _("Le document qui le remplace se prépare déjà.")
    return ""


@transaction.atomic
def propose_acts(
    act: str, certificates: QuerySet[Certificate], actor: User, motive: str, note: str, now: datetime
) -> ActBatch:
    """Propose an act on those of the certificates it can be done to. Raises BatchRefused when there is none."""
    doable = [line.certificate.pk for line in dry_run(act, certificates, actor) if not line.refusal]
    if not (doable and motive.strip()) or len(doable) > LARGEST_BATCH:
        raise BatchRefused
    batch = ActBatch.objects.create(
        act=act, motive=motive.strip(), note=note.strip(), proposed_by=actor, proposed_at=now
    )
    ActLine.objects.bulk_create([ActLine(batch=batch, certificate_id=pk) for pk in sorted(doable)], batch_size=500)
    audit.record("certificate.propose_acts", actor, batch, act=act, lines=len(doable), motive=batch.motive)
    return batch


def has_right_over(batch: ActBatch, actor: User, *more: str) -> bool:
    """Whether `actor` holds the right of the act, and the rights `more`, over everyone in a batch, themself not in it."""
    people = User.objects.exclude(pk=actor.pk)
    for permission in (KINDS[batch.act].permission, *more):
        people = people.filter(pk__in=User.objects.in_scope_of(actor, permission))
    return not batch.lines.exclude(certificate__person__in=people).exists()


def may_decide(batch: ActBatch, actor: User) -> bool:
    """Whether `actor` may approve or reject a batch: not who proposed it, with the right to do it and to approve."""
    if batch.state != State.PROPOSED or batch.proposed_by_id == actor.pk:
        return False
    return has_right_over(batch, actor, APPROVE_BATCH)


def may_pause(batch: ActBatch, actor: User) -> bool:
    """Whether `actor` may pause a batch, or let it go on: who may do the act to everyone in it; two eyes stop it."""
    return batch.state == State.APPROVED and has_right_over(batch, actor)


@transaction.atomic
def approve_acts(batch: ActBatch, actor: User, now: datetime) -> ActBatch:
    """Have the act done to each, in the background. Locks the batch. Raises BatchRefused."""
    batch = decide(batch, may_decide, State.APPROVED, actor, "", now)
    enqueue("certificates.run_acts", key=f"{batch.key}run", payload={"batch": batch.pk})
    return batch


@transaction.atomic
def reject_acts(batch: ActBatch, actor: User, reason: str, now: datetime) -> ActBatch:
    """Turn a batch down; its certificates may be proposed again. Locks the batch. Raises BatchRefused."""
    return decide(batch, may_decide, State.REJECTED, actor, reason, now)


@transaction.atomic
def pause_acts(batch: ActBatch, actor: User, reason: str, now: datetime) -> ActBatch:
    """Do no more of a batch until somebody lets it go on; what is done stays done. Locks it. Raises BatchRefused."""
    batch = ActBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.paused_at or not reason.strip() or not may_pause(batch, actor):
        raise BatchRefused
    batch.paused_at, batch.pause_reason = now, reason.strip()
    batch.save()
    audit.record("certificate.pause_acts", actor, batch, reason=batch.pause_reason)
    return batch


@transaction.atomic
def resume_acts(batch: ActBatch, actor: User, reason: str, now: datetime) -> ActBatch:
    """Let a paused batch go on, at once. Locks it. Raises BatchRefused."""
    batch = ActBatch.objects.select_for_update().get(pk=batch.pk)
    if not batch.paused_at or not reason.strip() or not may_pause(batch, actor):
        raise BatchRefused
    batch.paused_at, batch.pause_reason = None, ""
    batch.save()
    audit.record("certificate.resume_acts", actor, batch, reason=reason.strip())
    hasten(JOB, now)
    return batch


def run_acts(batch: ActBatch) -> int:
    """Put each line in the outbox, once however often it runs: a line that fails stops none of the others. How many."""
    lines = list(batch.lines.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(lines), CHUNK):
        with transaction.atomic():
            asked = [Ask(f"{batch.key}{pk}", {"line": pk}) for pk in lines[start : start + CHUNK]]
            enqueue_all(JOB, asked)
    return len(lines)


@transaction.atomic
def settle_line(line_pk: int, now: datetime) -> ActLine:
    """Do the act to one certificate, in the name of who approved, and write what became of it; once, however often it runs.

    Locks the line, then what the act locks. Raises ActsPaused, and for a reissue IssuingStopped.
    """
    line = ActLine.objects.select_for_update(of=("self",)).select_related("batch__decided_by").get(pk=line_pk)
    if line.result:
        return line
    batch = line.batch
    if batch.paused_at:
        raise ActsPaused
    certificate = Certificate.objects.get(pk=line.certificate_id)
    if batch.act == Act.REISSUE:
        heed_stop([certificate.person_id])
    line.result, line.settled_at = Result.DONE, now
    try:
        if refusal := refusal_of(batch.act, certificate, has_heir=bool(certificate.successor())):
            raise ActRefused(refusal)
        KINDS[batch.act].run(certificate, batch.decided_by, batch.motive, now)
    except ActRefused as refused:  # by ourselves, or by what changed while the lock was waited for
        certificate.refresh_from_db()
        line.result = Result.REFUSED
        line.refusal = str(refused) or refusal_of(batch.act, certificate) or _("Il a changé entre-temps.")
    line.save()
    return line

"""The life of a certificate once issued: suspended, given back, revoked, replaced; and the numbers that are void."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from certificates import rules
from certificates.models import Certificate, CertificateAct
from certificates.signals import certificate_state_changed
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User

State, Verb = Certificate.State, CertificateAct.Verb


class ActRefused(Exception):
    """The certificate is not in a state that allows this, or no reason is given."""


def suspend_certificate(certificate: Certificate, actor: User, reason: str, now: datetime) -> Certificate:
    """Stop a certificate from proving anything while a doubt is looked into. Locks it. Raises ActRefused."""
    return _change(certificate, "suspend", State.SUSPENDED, Verb.SUSPENDED, actor, reason, now)


def lift_suspension(certificate: Certificate, actor: User, reason: str, now: datetime) -> Certificate:
    """Give a suspended certificate back its worth. Locks it. Raises ActRefused."""
    return _change(certificate, "lift", State.VALID, Verb.LIFTED, actor, reason, now)


def revoke_certificate(certificate: Certificate, actor: User, reason: str, now: datetime) -> Certificate:
    """Revoke for a reason, for ever. Locks the certificate. Raises ActRefused."""
    return _change(certificate, "revoke", State.REVOKED, Verb.REVOKED, actor, reason, now)


def may_take_over(certificate: Certificate, now: datetime) -> bool:
    """Whether a reserved certificate may still take the place of the former one; if not, its number is void.

    That one was suspended, revoked or replaced meanwhile. Called in the transaction that issues; locks the former one.
    """
    former = Certificate.objects.select_for_update().get(pk=certificate.former_id)
    if former.state in rules.ACTS_FROM["replace"]:
        return True
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.state == State.RESERVED:
        said = {"number": former.printed_number, "state": former.get_state_display()}
        _write(certificate, State.VOID, Verb.VOIDED, None, _("Le certificat %(number)s est %(state)s.") % said, now)
    return False


def replace_former(certificate: Certificate, now: datetime) -> None:
    """Let a certificate just issued take the place of the former one, which is locked, in the same transaction."""
    former = Certificate.objects.get(pk=certificate.former_id)
    words = _("Remplacé par le certificat %(number)s : %(origin)s.")
    reason = words % {"number": certificate.printed_number, "origin": certificate.get_origin_display()}
    _write(former, State.REPLACED, Verb.REPLACED, None, reason, now)
    certificate_state_changed.send(sender=Certificate, certificate=former)


@transaction.atomic
def void_number(certificate: Certificate, actor: User, reason: str, now: datetime) -> Certificate:
    """Keep a number whose document cannot be made, void, with the reason. Locks the certificate. Raises ActRefused."""
    certificate = _locked(certificate, "void", reason)
    _write(certificate, State.VOID, Verb.VOIDED, actor, reason.strip(), now)
    return certificate


@transaction.atomic
def _change(certificate, act, state, verb, actor, reason, now) -> Certificate:
    certificate = _locked(certificate, act, reason)
    _write(certificate, state, verb, actor, reason.strip(), now)
    certificate_state_changed.send(sender=Certificate, certificate=certificate)
    told = certificate.acts.last()
    enqueue("certificates.tell_act", key=f"certificate:act:{told.pk}", payload={"act": told.pk})
    return certificate


def _locked(certificate, act, reason) -> Certificate:
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if not rules.may_act(act, certificate.state, reason):
        raise ActRefused
    return certificate


def _write(certificate, state, verb, actor, reason, now):
    certificate.state = state
    certificate.state_changed_at = now
    certificate.state_reason = "" if state == State.VALID else reason
    certificate.save(update_fields=["state", "state_changed_at", "state_reason"])
    CertificateAct.objects.create(certificate=certificate, verb=verb, actor=actor, reason=reason, at=now)
    audit.record(f"certificate.{VERBS[verb]}", actor, certificate, reason=reason)


# As the audit trail names them.
VERBS = {
    Verb.SUSPENDED: "suspend",
    Verb.LIFTED: "lift",
    Verb.REVOKED: "revoke",
    Verb.REPLACED: "replace",
    Verb.VOIDED: "void",
}

"""Seals against the register: whether one is ours, and what it is worth once its key was retired or compromised."""

from dataclasses import replace

from certificates.models import Certificate, CertificateFile, SealKey
from certificates.rules.keys import is_proven_before
from certificates.verifying.verdicts import Check, Verdict


def compared(check: Check) -> Check:
    """A check of a file, once its seal is looked for in the register: a root of ours may issue seals that are not ours.

    A retired key changes nothing; a compromised one vouches only for what is proven older. Two queries at most.
    """
    if check.verdict not in (Verdict.INTACT, Verdict.EXPIRED, Verdict.REVOKED):
        return check
    key = SealKey.objects.filter(certificate_sha256=check.seal_sha256).first()
    if key is None:
        # Seals of before there was a register of keys are known by the files they closed.
        is_ours = CertificateFile.objects.filter(seal_sha256=check.seal_sha256).exists()
        return check if is_ours else replace(check, verdict=Verdict.UNREGISTERED)
    if not is_proven_before(check.proven_at, key.compromised_at):
        return replace(check, verdict=Verdict.COMPROMISED)
    return check


def key_in_doubt(certificate: Certificate) -> SealKey | None:
    """The compromised key that sealed a certificate's file, when no time-stamp proves that it was before.

    One query as long as no key of its files is compromised.
    """
    seals = CertificateFile.objects.filter(certificate=certificate).values("seal_sha256")
    for key in SealKey.objects.filter(state=SealKey.State.COMPROMISED, certificate_sha256__in=seals):
        stamps = CertificateFile.objects.filter(certificate=certificate).values_list("stamped_at", flat=True)
        if not any(is_proven_before(stamped_at, key.compromised_at) for stamped_at in stamps):
            return key
    return None

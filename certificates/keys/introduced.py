"""A key about to be introduced, read from what the operator gives: files of certificates, a public key, or the sandbox."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.utils.translation import gettext as _

from certificates import rules
from certificates.actions.keys import KeyRefused, NewKey
from certificates.keys.authority import FOLDER, TIME_FOLDER, SandboxFiles, is_sandbox
from certificates.keys.purposes import Purpose, algorithm_of
from certificates.keys.sandbox import make_sandbox_key, sandbox_public_key
from certificates.models import SealKey
from certificates.rules import keys as key_rules
from certificates.sealing.chain import certificates_from, chain_under
from certificates.verifying.trust import trusted_roots


def new_key(purpose: str, label: str, kind: str, certificates: str, public_key: str, now: datetime) -> NewKey:
    """What these options name. Raises KeyRefused, SealerRefused."""
    if kind == SealKey.Kind.LOCAL:
        return new_sandbox_key(purpose, label, now)
    if certificates:
        chain = tuple(certificates_from(Path(certificates)))
        key = chain[0].public_key()
    elif public_key and purpose != Purpose.PDF:
        chain, key = (), public_key_in(Path(public_key))
    else:
        raise KeyRefused(_("Donnez --certificates (un cachet en a toujours), ou --public-key pour les autres usages."))
    if not key_rules.suits(key, algorithm_of(purpose)):
        raise KeyRefused(
            _("Cette clé ne convient pas : « %(purpose)s » signe en %(algorithm)s.")
            % {"purpose": purpose, "algorithm": algorithm_of(purpose).value}
        )
    if purpose == Purpose.PDF:
        chain = chain_under(chain, [one for file in trusted_roots() for one in certificates_from(file)]).sent
    if chain and not rules.may_seal(chain[0].not_valid_before_utc, chain[0].not_valid_after_utc, now):
        if now < chain[0].not_valid_before_utc:
            raise KeyRefused(_("Le certificat de cette clé n’est pas encore valable : introduisez-la ce jour-là."))
        raise KeyRefused(_("Le certificat de cette clé est fini, ou en est à son dernier jour."))
    return NewKey(purpose, label, kind, key, chain, any(is_sandbox(one) for one in chain))


def public_key_in(file: Path) -> key_rules.PublicKey:
    try:
        return serialization.load_pem_public_key(file.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyRefused(_("La clé publique ne se lit pas : %(error)s") % {"error": error}) from error


def refuse_sandbox_label(label: str) -> None:
    """Raises KeyRefused for what names no key of the sandbox, or where there is no sandbox."""
    if not (settings.DEBUG or settings.LMS_DEMO):
        raise KeyRefused(_("Le bac à sable est pour le développement et la démonstration."))
    if not label.startswith(f"{FOLDER}-") or label == TIME_FOLDER or "/" in label:
        raise KeyRefused(
            _(
                "L’étiquette d’une clé de bac à sable est son dossier : « sandbox- » et la suite, par exemple sandbox-2028."
            )
        )


def new_sandbox_key(purpose: str, label: str, now: datetime) -> NewKey:
    """One of the sandbox, made if it is not there, to rehearse what production does. Raises KeyRefused."""
    refuse_sandbox_label(label)
    make_sandbox_key(settings.LMS_PKI_DIR, purpose, label, now, settings.LMS_SEAL_PASSPHRASE)
    if purpose != Purpose.PDF:
        return NewKey(purpose, label, SealKey.Kind.LOCAL, sandbox_public_key(settings.LMS_PKI_DIR, label), (), True)
    files = SandboxFiles(Path(settings.LMS_PKI_DIR) / label)
    found = [*certificates_from(files.seal), *certificates_from(files.issuing)]
    chain = chain_under(found, certificates_from(files.root)).sent
    return NewKey(purpose, label, SealKey.Kind.LOCAL, chain[0].public_key(), chain, True)

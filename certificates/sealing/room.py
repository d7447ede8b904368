"""The one door to the keys: which one signs for a purpose, where it is kept, and which process may open it."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils import timezone

from certificates import rules
from certificates.actions.keys import NewKey, adopt_key, count_signatures
from certificates.keys.authority import SandboxFiles
from certificates.keys.purposes import SIGNED_BYTES, Algorithm, Purpose
from certificates.keys.sandbox import first_label, make_sandbox_key, sandbox_public_key
from certificates.models import SealKey
from certificates.outside.oauth import Client
from certificates.rules import keys as key_rules
from certificates.sealing.chain import SealChain, chain_under, read_chain
from certificates.sealing.csc import CscPlace, open_csc, open_csc_key
from certificates.sealing.local_p12 import open_local_key
from certificates.sealing.port import DocumentSealer, KeyHolder, Sealer, SealerRefused
from certificates.sealing.signer import Signer
from certificates.verifying.trust import trusted_roots


def open_sealer() -> Sealer | DocumentSealer:
    """The seal of documents, fit to seal now; opened as any key is. Raises SealerRefused, SealerUnavailable."""
    refuse_elsewhere()
    return signer_with(key_in_use(Purpose.PDF))


def open_signer(purpose: str) -> Signer:
    """The key that signs for a purpose today; the first one is adopted from the settings.

    Raises SealerRefused in any process but the signing worker (LMS_SIGNING_WORKER), so that a web process,
    even subverted by a mistake of ours, finds no code path to the key.
    """
    refuse_elsewhere()
    key = key_in_use(purpose)
    if key.kind == SealKey.Kind.PLATFORM:
        raise SealerRefused(f"Une plateforme scelle des documents entiers et ne signe pas d’empreinte : {key}.")
    return signer_with(key)


def signer_with(key: SealKey) -> Signer | DocumentSealer:
    """One key of the register, in use or about to be, able to sign now. Raises SealerRefused."""
    refuse_elsewhere()
    if key.is_specimen:
        refuse_specimens_in_production()
    refuse_outside_its_life(key, timezone.now())
    if key.chain_pem and key.purpose == Purpose.PDF:
        chain_under(key.certificates, [one for file in trusted_roots() for one in read_pem(file)])
    if key.kind == SealKey.Kind.PLATFORM:
        return platform_sealer(key)
    return Signer(key, holder_of(key), count_now)


def try_key(key: SealKey) -> None:
    """See a key sign well, as `sealing.signer` checks it; a platform is tried by `check_sealer`, with a document.

    Raises SealerRefused, SealerUnavailable.
    """
    signer = signer_with(key)
    if isinstance(signer, Signer):
        signer.sign_digests([bytes(SIGNED_BYTES[key.algorithm])])


def refuse_elsewhere() -> None:
    if not settings.LMS_SIGNING_WORKER:
        raise SealerRefused("Seul le travailleur de signature ouvre une clé (LMS_SIGNING_WORKER=1).")


def key_in_use(purpose: str) -> SealKey:
    """The active key of the register, or the one of the settings when none was ever known. Raises SealerRefused."""
    in_use = SealKey.objects.in_use_for(purpose)
    if key := in_use.first():
        return key
    was_known = SealKey.objects.filter(purpose=purpose).exists()
    if key := in_use.first():  # adopted by another worker in the meantime
        return key
    if was_known:
        raise SealerRefused(
            f"Aucune clé n’est active pour « {purpose} » : activez la prochaine (manage.py keys activate, docs/cles.md)."
        )
    return adopt_key(key_of_settings(purpose), timezone.now())


def key_of_settings(purpose: str) -> NewKey:
    """The first key of a purpose, in public. Raises SealerRefused."""
    label = first_label(purpose)
    if purpose != Purpose.PDF:
        refuse_specimens_in_production(
            f"Aucune clé pour « {purpose} » : introduisez-la (manage.py keys introduce, docs/cles.md)."
        )
        now, passphrase = timezone.now(), settings.LMS_SEAL_PASSPHRASE
        make_sandbox_key(settings.LMS_PKI_DIR, purpose, label, now, passphrase)
        public_key = sandbox_public_key(settings.LMS_PKI_DIR, label)
        return NewKey(purpose, label, SealKey.Kind.LOCAL, public_key, is_specimen=True)
    chain = chain_of_settings()
    labels = {
        SealKey.Kind.LOCAL: label,
        SealKey.Kind.PKCS11: settings.LMS_PKCS11_KEY,
        SealKey.Kind.CSC: settings.LMS_CSC_CREDENTIAL,
        SealKey.Kind.PLATFORM: settings.LMS_PLATFORM_CREDENTIAL,
    }
    label = labels[settings.LMS_SEALER]
    return NewKey(purpose, label, settings.LMS_SEALER, chain.seal.public_key(), chain.sent, chain.is_sandbox)


def chain_of_settings() -> SealChain:
    """The seal that the settings name, and those above it. Raises SealerRefused."""
    if settings.LMS_SEALER not in SealKey.Kind.values:
        raise SealerRefused(
            f"LMS_SEALER vaut « {settings.LMS_SEALER} », que personne ne connaît : {', '.join(SealKey.Kind.values)}."
        )
    if settings.LMS_SEALER == SealKey.Kind.LOCAL:
        refuse_specimens_in_production()
        return sandbox_chain(first_label(Purpose.PDF))
    return read_chain(Path(settings.LMS_SEAL_CERTIFICATES), Path(settings.LMS_SEAL_ROOT))


def sandbox_chain(label: str) -> SealChain:
    """A seal of the sandbox. Raises SealerRefused."""
    files = SandboxFiles(Path(settings.LMS_PKI_DIR) / label)
    if not files.seal.exists():
        raise SealerRefused("Pas de cachet de bac à sable : lancez d’abord manage.py make_sandbox_authority.")
    return chain_under([*read_pem(files.seal), *read_pem(files.issuing)], read_pem(files.root))


def read_pem(file: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(file.read_bytes())


def holder_of(key: SealKey) -> KeyHolder:
    """Who holds the private half of a key of the register. Raises SealerRefused."""
    if key.kind == SealKey.Kind.LOCAL:
        refuse_specimens_in_production()
        return open_local_key(settings.LMS_PKI_DIR, key.purpose, key.label, settings.LMS_SEAL_PASSPHRASE)
    if key.kind == SealKey.Kind.PKCS11:
        # Here, because the wrapper is compiled and a demonstration does without (requirements/production.in).
        from certificates.sealing.pkcs11_token import TokenHolder, TokenPlace, open_token

        place = TokenPlace(settings.LMS_PKCS11_MODULE, settings.LMS_PKCS11_TOKEN, settings.LMS_PKCS11_TOKEN_PIN)
        return TokenHolder(open_token(place), key.label, key.algorithm)
    if key.kind == SealKey.Kind.CSC and key.algorithm == Algorithm.ES256:
        return open_csc_key(open_csc(csc_place()), key.label, key_rules.spki_of(key.public_key))
    raise SealerRefused(f"Une clé « {key.get_kind_display()} » ne signe pas en {key.algorithm} : {key}.")


def csc_place() -> CscPlace:
    client = Client(settings.LMS_CSC_TOKEN_URL, settings.LMS_CSC_CLIENT_ID, settings.LMS_CSC_CLIENT_SECRET)
    return CscPlace(
        settings.LMS_CSC_URL,
        settings.LMS_CSC_VERSION,
        client,
        settings.LMS_CSC_PIN_SECRET,
        settings.LMS_CSC_SECONDS,
        settings.LMS_CSC_BATCH,
        settings.LMS_KEY_REST_SECONDS,
    )


def platform_sealer(key: SealKey) -> DocumentSealer:
    """Raises SealerRefused for another purpose: a platform takes documents, and nothing else is one."""
    # Here, for it brings a whole library of PDF along, that other signing workers do without.
    from certificates.sealing.platform import PlatformPlace, PlatformSealer, open_platform

    if key.purpose != Purpose.PDF:
        raise SealerRefused(f"Une plateforme ne scelle que des documents : {key}.")
    client = Client(
        settings.LMS_PLATFORM_TOKEN_URL, settings.LMS_PLATFORM_CLIENT_ID, settings.LMS_PLATFORM_CLIENT_SECRET
    )
    place = PlatformPlace(
        settings.LMS_PLATFORM_URL, client, settings.LMS_PLATFORM_SECONDS, settings.LMS_KEY_REST_SECONDS
    )
    return PlatformSealer(key, open_platform(place), count_now)


def count_now(key: SealKey, signatures: int) -> None:
    count_signatures(key, signatures, timezone.now())


def refuse_specimens_in_production(
    told: str = "Le cachet de bac à sable est pour le développement et la démonstration : voir LMS_SEALER.",
) -> None:
    if not (settings.DEBUG or settings.LMS_DEMO):
        raise SealerRefused(told)


def refuse_outside_its_life(key: SealKey, now: datetime) -> None:
    """Raises SealerRefused before a key's certificate begins, and from its last day on."""
    if key.valid_to is not None and not rules.may_seal(key.valid_from, key.valid_to, now):
        raise SealerRefused(
            f"Le certificat de la clé « {key} » vaut du {timezone.localtime(key.valid_from):%d/%m/%Y} au "
            f"{timezone.localtime(key.valid_to):%d/%m/%Y %H:%M} et ne scelle plus le dernier jour : renouvelez-la "
            "(docs/cles.md)."
        )

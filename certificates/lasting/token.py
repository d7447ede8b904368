"""Time-stamp requests and tokens: what is asked, and all that must hold before a token enters a file.

Sources: RFC 3161 (time-stamp protocol), RFC 5816 (its digests), ETSI EN 319 422.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from asn1crypto import cms, core, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from certificates.lasting.port import Stamp, StampRefused
from certificates.sealing.cms import OCTETS, SEQUENCE, SET, SHA256, VERSION_1, der

CLOCK_TOLERANCE = timedelta(seconds=60)
NONCE_BITS = 63  # positive in DER, whatever the draw
TRUE = b"\x01\x01\xff"
DIGESTS = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


@dataclass(frozen=True)
class Question:
    """What is asked of a time-stamp authority: the digest, and a number that no older answer can hold."""

    digest: bytes
    nonce: int
    asked_at: datetime

    def to_der(self) -> bytes:
        imprint = der(SEQUENCE, SHA256, der(OCTETS, self.digest))
        return der(SEQUENCE, VERSION_1, imprint, core.Integer(self.nonce).dump(), TRUE)


def question_about(digest: bytes, now: datetime) -> Question:
    return Question(digest, secrets.randbits(NONCE_BITS), now)


load = lru_cache(maxsize=32)(x509.load_der_x509_certificate)


class TimeTrust:
    """The roots whose time we believe, and the paths found up to them: each is looked for once."""

    def __init__(self, roots: Iterable[x509.Certificate]):
        self.roots = tuple(roots)
        self.paths: dict[tuple, tuple[x509.Certificate, ...]] = {}

    def path(self, signer: bytes, sent: Sequence[bytes], now: datetime) -> tuple[x509.Certificate, ...]:
        """The certificates from the signer of tokens up to one of the roots, all good at `now`. Raises StampRefused."""
        key = (signer, *sent)
        path = self.paths.get(key)
        if path is None or not all(one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in path):
            path = self.paths[key] = self.find(load(signer), [load(one) for one in sent if one != signer], now)
        return path

    def find(self, signer: x509.Certificate, others: list[x509.Certificate], now: datetime):
        if not self.roots:
            raise StampRefused("Aucune racine d’horodatage n’est reconnue : réglez LMS_TSA_ROOTS.")
        builder = verification.PolicyBuilder().store(verification.Store(list(self.roots))).time(now)
        builder = builder.extension_policies(
            ee_policy=verification.ExtensionPolicy.permit_all(),
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
        )
        try:
            purposes = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
            found = builder.build_client_verifier().verify(signer, others)
        except (x509.ExtensionNotFound, verification.VerificationError, ValueError) as error:
            raise StampRefused(f"Le jeton n’est pas signé sous une racine d’horodatage reconnue : {error}") from error
        if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise StampRefused("Le certificat du jeton n’est pas réservé à l’horodatage (RFC 3161, 2.3).")
        return tuple(found.chain)


def stamp_from(reply: bytes, question: Question, trust: TimeTrust, now: datetime) -> Stamp:
    """The stamp in a reply, once everything in it is checked against the question, the trusted roots and the clock.

    Raises StampRefused.
    """
    try:
        content = parser.parse(reply, strict=True)[4]  # the status, then, when it is granted, the token
        end = parser.peek(content)
        status = tsp.PKIStatusInfo.load(content[:end])["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise StampRefused(f"Le service d’horodatage refuse : {status}.")
        return checked(content[end:], question, trust, now)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:  # what is not ASN.1, or not this
        raise StampRefused(f"La réponse du service d’horodatage ne se lit pas : {error}") from error


def checked(token: bytes, question: Question, trust: TimeTrust, now: datetime) -> Stamp:
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    (signer_info,) = signed["signer_infos"]
    signed_bytes = der(SET, signer_info["signed_attrs"].contents)
    sent = [choice.chosen.dump() for choice in signed["certificates"] if choice.name == "certificate"]
    info = signed["encap_content_info"]["content"].parsed
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256" or imprint["hashed_message"].native != question.digest:
        raise StampRefused("Le jeton porte sur une autre empreinte que la nôtre.")
    if info["nonce"].native != question.nonce:
        raise StampRefused("Le jeton répond à une autre demande : nonce différent.")
    made_at = info["gen_time"].native
    if not question.asked_at - CLOCK_TOLERANCE <= made_at <= now + CLOCK_TOLERANCE:
        raise StampRefused(f"L’heure du jeton ({made_at:%Y-%m-%d %H:%M:%S} UTC) n’est pas la nôtre.")
    attributes = {entry["type"].native: entry["values"][0] for entry in signer_info["signed_attrs"]}
    signer = signer_among(sent, attributes)
    verify_signature(signed, signer_info, attributes, signed_bytes, signer)
    return Stamp(token, made_at, trust.path(signer, sent, now))


def signer_among(sent: list[bytes], attributes: dict) -> bytes:
    """The certificate whose digest was signed with the token (RFC 5035, RFC 2634), so that none can take its place."""
    if "signing_certificate_v2" in attributes:
        identity = attributes["signing_certificate_v2"]["certs"][0]
        named, algorithm = identity["cert_hash"].native, identity["hash_algorithm"]["algorithm"].native
    elif "signing_certificate" in attributes:
        named, algorithm = attributes["signing_certificate"]["certs"][0]["cert_hash"].native, "sha1"
    else:
        raise StampRefused("Le jeton ne dit pas quel certificat l’a signé.")
    for certificate in sent:
        if hashlib.new(algorithm, certificate, usedforsecurity=False).digest() == named:
            return certificate
    raise StampRefused("Le certificat qui a signé le jeton ne l’accompagne pas.")


def verify_signature(signed, signer_info, attributes: dict, signed_bytes: bytes, signer: bytes) -> None:
    """The content is what the attributes say, and the attributes what was signed. Raises StampRefused."""
    content = signed["encap_content_info"]["content"]
    algorithm = DIGESTS[signer_info["digest_algorithm"]["algorithm"].native]()
    digest = hashes.Hash(algorithm)
    digest.update(bytes(content))
    if attributes["content_type"].native != "tst_info" or attributes["message_digest"].native != digest.finalize():
        raise StampRefused("Le contenu du jeton n’est pas celui qui fut signé.")
    signature, key = signer_info["signature"].native, load(signer).public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed_bytes, padding.PKCS1v15(), algorithm)
        else:
            raise StampRefused("La clé du service d’horodatage n’est ni RSA ni EC.")
    except InvalidSignature as error:
        raise StampRefused("La signature du jeton ne se vérifie pas.") from error

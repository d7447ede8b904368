"""What an archive must hold for a document to be verified without anybody's help: certificates, and that they were good."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from certificates.lasting.archive import OtherLayout, Proofs
from certificates.lasting.port import Answer, RevocationSource, RevocationUnavailable
from certificates.lasting.revocation import answer_about, issuer_among
from certificates.sealing.chain import in_der, name_of

SIGNATURES = re.compile(rb"/Contents <([0-9a-fA-F]{64,})>")
AT_ANY_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Subject:
    """A document to archive: who sealed it and gave it the time (SHA-256 of their certificates), when, and if for the first time."""

    seal_sha256: str
    stamper_sha256: str
    sealed_at: datetime
    is_archived: bool

    @property
    def kind(self) -> tuple:
        """Documents of one kind hold the same certificates."""
        return self.seal_sha256, self.stamper_sha256, self.is_archived


class ProofKeeper:
    """Gathers proofs once for all documents of a kind, and again when they are older than a document or no longer good."""

    def __init__(self, source: RevocationSource, roots: Iterable[x509.Certificate]):
        self.source, self.roots = source, tuple(roots)
        self.paths: dict[tuple, tuple[x509.Certificate, ...]] = {}
        self.answers: dict[x509.Certificate, Answer] = {}
        self.laid: dict[tuple, Proofs] = {}

    def proofs(self, subject: Subject, pdf: bytes, stampers: Sequence[x509.Certificate], now: datetime) -> Proofs:
        """The proofs for a document whose archive will be closed by one of `stampers`.

        What is said of the seal must be newer than the seal: a key stolen in the meantime would not show otherwise.
        Of one already archived, only the last time-stamp is left to prove. Raises CertificateRevoked,
        RevocationUnavailable, OtherLayout.
        """
        if subject.kind not in self.paths:
            self.paths[subject.kind] = certificates_in(pdf, last_only=subject.is_archived)
        needed = tuple(dict.fromkeys([*self.paths[subject.kind], *stampers]))
        asked = [self.answer(one, needed, moment_for(one, subject), now) for one in needed if one not in self.roots]
        key = (needed, *(answer.content for answer in asked))
        if key not in self.laid:
            self.laid[key] = Proofs.of(
                [in_der(one) for one in needed],
                [answer.content for answer in asked if answer.is_ocsp],
                dict.fromkeys(answer.content for answer in asked if not answer.is_ocsp),
            )
        return self.laid[key]

    def answer(
        self, certificate: x509.Certificate, others: Sequence[x509.Certificate], after: datetime, now: datetime
    ) -> Answer:
        kept = self.answers.get(certificate)
        if kept and kept.as_of >= after and now <= kept.good_until:
            return kept
        issuer = issuer_among(certificate, [*others, *self.roots])
        if issuer is None:
            raise RevocationUnavailable(f"Nous ne connaissons pas qui a délivré « {name_of(certificate)} ».")
        self.answers[certificate] = answer_about(self.source, certificate, issuer, after, now)
        return self.answers[certificate]


def moment_for(certificate: x509.Certificate, subject: Subject) -> datetime:
    """Since when an answer about it must be: an authority's list may be months old, the seal's may not."""
    is_seal = certificate.fingerprint(hashes.SHA256()).hex() == subject.seal_sha256
    return subject.sealed_at.replace(microsecond=0) if is_seal else AT_ANY_TIME


def certificates_in(pdf: bytes, last_only: bool) -> tuple[x509.Certificate, ...]:
    """Those sent with the signatures of a document and with their time-stamps. Raises OtherLayout."""
    found = SIGNATURES.findall(pdf)
    try:
        containers = [
            cms.ContentInfo.load(bytes.fromhex(text.decode())) for text in (found[-1:] if last_only else found)
        ]
        sent = [one for container in containers for one in sent_with(container)]
    except (ValueError, TypeError, KeyError) as error:
        raise OtherLayout(f"La signature du document ne se lit pas : {error}") from error
    return tuple(dict.fromkeys(x509.load_der_x509_certificate(one) for one in sent))


def sent_with(container: cms.ContentInfo) -> list[bytes]:
    """The certificates in a CMS container and in the time-stamps of its signers."""
    signed = container["content"]
    found = [choice.chosen.dump() for choice in signed["certificates"]]
    for signer_info in signed["signer_infos"]:
        for attribute in signer_info["unsigned_attrs"] or ():
            if attribute["type"].native == "signature_time_stamp_token":
                found += [one for token in attribute["values"] for one in sent_with(token)]
    return found

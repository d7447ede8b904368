"""Whether certificates are revoked, asked over HTTP of an authority that answers well, or in every wrong way."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

from certificates.keys.authority import certify, make_holder
from certificates.lasting.http_revocation import HttpRevocation
from certificates.lasting.port import CertificateRevoked, RevocationUnavailable
from certificates.lasting.revocation import answer_about
from tests.certificates.stub_service import StubService, dripping

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
DER = serialization.Encoding.DER


class Authority:
    """One that answers by OCSP and by lists, at addresses written in the certificate of a seal."""

    def __init__(self, service):
        self.root = make_holder("Autorité d’essai", NOW - DAY, 10, path_length=1)
        self.stranger = make_holder("Inconnue", NOW - DAY, 10, path_length=1)
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        self.seal = self.with_list(
            certify(key, "Cachet", NOW - DAY, 3, None, self.root, None, f"{service.url}/ocsp"), service
        )

    def with_list(self, certificate, service):
        """The same certificate, with the address of a list too."""
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{service.url}/list.crl")], None, None, None)
        builder = (
            x509.CertificateBuilder()
            .subject_name(certificate.subject)
            .issuer_name(certificate.issuer)
            .public_key(certificate.public_key())
            .serial_number(certificate.serial_number)
            .not_valid_before(certificate.not_valid_before_utc)
            .not_valid_after(certificate.not_valid_after_utc)
            .add_extension(x509.CRLDistributionPoints([place]), critical=False)
        )
        for extension in certificate.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        return builder.sign(self.root.key, hashes.SHA256())

    def ocsp(self, at=NOW, revoked_at=None, signer=None, about=None):
        signer = signer or self.root
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=about or self.seal,
            issuer=self.root.certificate,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + DAY,
            revocation_time=revoked_at,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(DER)

    def list(self, at=NOW, revoked_at=None, signer=None, until=None):
        signer = signer or self.root
        builder = x509.CertificateRevocationListBuilder().issuer_name(signer.certificate.subject)
        builder = builder.last_update(at).next_update(until or at + DAY)
        if revoked_at:
            entry = x509.RevokedCertificateBuilder().serial_number(self.seal.serial_number).revocation_date(revoked_at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(DER)


@pytest.fixture
def service():
    service = StubService(lambda path, headers, body: (404, {}, b""))
    with service.running():
        yield service


@pytest.fixture
def authority(service):
    return Authority(service)


def ask(authority, after=NOW, seconds=5):
    return answer_about(HttpRevocation(seconds), authority.seal, authority.root.certificate, after, NOW)


def saying(ocsp=(404, {}, b""), crl=(404, {}, b"")):
    """What the service answers at each of its two addresses."""
    answers = {"/ocsp": ocsp, "/list.crl": crl}
    return lambda path, headers, body: answers[path] if isinstance(answers[path], tuple) else (200, {}, answers[path])


def test_responder_is_asked_first_and_believed(service, authority):
    service.answer = saying(ocsp=authority.ocsp())
    answer = ask(authority)
    assert (answer.is_ocsp, answer.as_of) == (True, NOW)
    assert service.asked == ["/ocsp"]


@pytest.mark.parametrize(
    "ocsp",
    [
        (500, {}, b""),
        (200, {}, b"not an answer"),
        (302, {"Location": "http://127.0.0.1:9/"}, b""),
        (200, {}, b"\0" * (64 * 1024 + 1)),
        (200, {}, ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(DER)),
    ],
    ids=["down", "babbling", "redirect", "huge", "refusing"],
)
def test_list_is_read_when_the_responder_fails(ocsp, service, authority):
    service.answer = saying(ocsp=ocsp, crl=authority.list())
    answer = ask(authority)
    assert (answer.is_ocsp, answer.as_of) == (False, NOW)
    assert service.asked == ["/ocsp", "/list.crl"]


def test_slow_responder_is_left_in_time_for_the_list(service, authority):
    service.answer = lambda path, headers, body: (
        200, {}, dripping(authority.ocsp(), 5) if path == "/ocsp" else authority.list(),
    )  # fmt: skip
    assert not ask(authority, seconds=0.3).is_ocsp


def wrong_answers(authority):
    """What no one may believe, and a word of why."""
    other = certify(ec.generate_private_key(ec.SECP256R1()).public_key(), "Autre", NOW - DAY, 3, None, authority.root)
    return {
        "signed by a stranger": (authority.ocsp(signer=authority.stranger), "n’est pas signée par l’autorité"),
        "about another": (authority.ocsp(about=other), "un autre certificat"),
        "stale": (authority.ocsp(at=NOW - 3 * DAY), "valable du"),
        "of tomorrow": (authority.ocsp(at=NOW + DAY), "valable du"),
        "older than the seal": (authority.ocsp(at=NOW - timedelta(hours=1)), "d’avant la signature"),
        "list of a stranger": (authority.list(signer=authority.stranger), "n’est pas signée par l’autorité"),
        "stale list": (authority.list(at=NOW - 3 * DAY), "valable du"),
        "older list": (authority.list(at=NOW - timedelta(hours=1)), "d’avant la signature"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "signed by a stranger",
        "about another",
        "stale",
        "of tomorrow",
        "older than the seal",
        "list of a stranger",
        "stale list",
        "older list",
    ],
)
def test_answer_that_proves_nothing_is_refused(name, service, authority):
    content, said = wrong_answers(authority)[name]
    service.answer = saying(ocsp=content)
    with pytest.raises(RevocationUnavailable, match=said):
        ask(authority)


@pytest.mark.parametrize("of", ["ocsp", "crl"])
def test_revoked_certificate_is_told_by_either(of, service, authority):
    content = authority.ocsp(revoked_at=NOW - DAY) if of == "ocsp" else authority.list(revoked_at=NOW - DAY)
    service.answer = saying(**{of: content})
    with pytest.raises(CertificateRevoked, match="« Cachet » est révoqué"):
        ask(authority)


def test_nobody_who_answers_is_said_with_the_reasons(service, authority):
    with pytest.raises(RevocationUnavailable, match=r"Personne ne dit.*HTTP 404.*HTTP 404"):
        ask(authority)


def test_service_away_is_said(service, authority, monkeypatch):
    monkeypatch.setattr(
        "certificates.lasting.http_revocation.responders_of", lambda certificate: ["http://127.0.0.1:9/"]
    )
    monkeypatch.setattr("certificates.lasting.http_revocation.lists_of", lambda certificate: [])
    with pytest.raises(RevocationUnavailable, match="ne répond pas"):
        ask(authority)

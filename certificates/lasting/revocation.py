"""Whether the certificates under a seal are revoked, by whom issued them, in a form an archive keeps.

Sources: RFC 6960 (OCSP), RFC 5280, 5 and 6.3 (CRL).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from certificates.lasting.port import Answer, CertificateRevoked, RevocationSource, RevocationUnavailable
from certificates.sealing.chain import is_issued_by, name_of

CLOCK_TOLERANCE = timedelta(minutes=5)
# What a reader stumbles on in an answer that is none.
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def answer_about(
    source: RevocationSource, certificate: x509.Certificate, issuer: x509.Certificate, after: datetime, now: datetime
) -> Answer:
    """The first good answer of the source that is current at `now` and says how things were at `after` or later.

    Raises CertificateRevoked, RevocationUnavailable.
    """
    refused = []
    for content in source.ask(certificate, issuer):
        try:
            answer = read_answer(content, certificate, issuer)
        except (RevocationUnavailable, *UNREADABLE) as error:
            refused.append(str(error))
            continue
        if answer.as_of > now + CLOCK_TOLERANCE or answer.good_until < now:
            refused.append(f"valable du {answer.as_of:%Y-%m-%d %H:%M} au {answer.good_until:%Y-%m-%d %H:%M} UTC")
        elif answer.as_of < after.replace(microsecond=0):
            refused.append(f"d’avant la signature ({answer.as_of:%Y-%m-%d %H:%M} UTC) : attendre la suivante")
        else:
            return answer
    reasons = " ; ".join(refused) or "aucune réponse"
    raise RevocationUnavailable(f"Rien ne dit que « {name_of(certificate)} » n’est pas révoqué : {reasons}.")


def read_answer(content: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Answer:
    """An OCSP response or a CRL, its signature verified. Raises CertificateRevoked, RevocationUnavailable, ValueError."""
    try:
        response = ocsp.load_der_ocsp_response(content)
    except ValueError:
        return read_list(x509.load_der_x509_crl(content), content, certificate, issuer)
    return read_response(response, content, certificate, issuer)


def read_list(crl, content: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Answer:
    if crl.issuer != issuer.subject or not crl.is_signature_valid(issuer.public_key()):
        raise RevocationUnavailable("la liste de révocation n’est pas signée par l’autorité du certificat")
    if entry := crl.get_revoked_certificate_by_serial_number(certificate.serial_number):
        raise revoked(certificate, entry.revocation_date_utc)
    if crl.next_update_utc is None:
        raise RevocationUnavailable("la liste de révocation ne dit pas jusqu’à quand elle vaut")
    return Answer(content, False, crl.last_update_utc, crl.next_update_utc)


def read_response(
    response: ocsp.OCSPResponse, content: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> Answer:
    if response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise RevocationUnavailable(f"le répondeur OCSP dit {response.response_status.name}")
    said = next((one for one in response.responses if is_about(one, certificate, issuer)), None)
    if said is None:
        raise RevocationUnavailable("la réponse OCSP porte sur un autre certificat")
    verify_responder(response, issuer)
    if said.certificate_status == ocsp.OCSPCertStatus.REVOKED:
        raise revoked(certificate, said.revocation_time_utc)
    if said.certificate_status != ocsp.OCSPCertStatus.GOOD:
        raise RevocationUnavailable("le répondeur OCSP ne connaît pas ce certificat")
    good_until = said.next_update_utc or said.this_update_utc + timedelta(days=1)
    return Answer(content, True, said.this_update_utc, good_until)


def is_about(said: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, said.hash_algorithm).build()
    return (said.serial_number, said.issuer_key_hash) == (asked.serial_number, asked.issuer_key_hash)


def verify_responder(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """The issuer signed, or someone it certified for that (RFC 6960, 4.2.2.2). Raises RevocationUnavailable."""
    delegates = [one for one in response.certificates if is_issued_by(one, issuer) and may_answer(one)]
    for signer in (issuer, *delegates):
        key, signature, body = signer.public_key(), response.signature, response.tbs_response_bytes
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, body, ec.ECDSA(response.signature_hash_algorithm))
            elif isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, body, padding.PKCS1v15(), response.signature_hash_algorithm)
            else:
                continue
        except InvalidSignature:
            continue
        return
    raise RevocationUnavailable("la réponse OCSP n’est pas signée par l’autorité du certificat")


def may_answer(certificate: x509.Certificate) -> bool:
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in purposes


def revoked(certificate: x509.Certificate, at: datetime) -> CertificateRevoked:
    return CertificateRevoked(f"« {name_of(certificate)} » est révoqué depuis le {at:%Y-%m-%d %H:%M} UTC.")


def issuer_among(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Who issued it, of these; None for a root, and for whom nobody here issued."""
    if certificate.issuer == certificate.subject:
        return None
    return next((other for other in others if is_issued_by(certificate, other)), None)

"""Asks the authorities named in the certificates themselves: OCSP first, then the revocation list."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from certificates.lasting.port import RevocationUnavailable
from certificates.outside.web import NoAnswer, fetch

# What an archive can carry: a longer list would weigh more than the document it speaks of.
LARGEST_ANSWER_BYTES = 64 * 1024
OCSP_HEADERS = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


class HttpRevocation:
    """The port, over HTTP."""

    def __init__(self, seconds: float):
        self.seconds = seconds

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterator[bytes]:
        failures, answered = [], False
        question = ocsp_question(certificate, issuer)
        places = [
            *((url, question, OCSP_HEADERS) for url in responders_of(certificate)),
            *((url, None, {}) for url in lists_of(certificate)),
        ]
        for url, body, headers in places:
            try:
                answer = fetch(url, body, headers, self.seconds, LARGEST_ANSWER_BYTES)
            except NoAnswer as failure:
                failures.append(str(failure))
            else:
                answered = True
                yield answer
        if not answered:
            reasons = " ; ".join(failures) or "le certificat ne dit pas qui répond de lui"
            raise RevocationUnavailable(f"Personne ne dit si le certificat est révoqué : {reasons}.")


def ocsp_question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    # SHA-1 names the certificate and protects nothing; it is what every responder takes (RFC 5019, 2.1.1).
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(serialization.Encoding.DER)


def responders_of(certificate: x509.Certificate) -> list[str]:
    try:
        places = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return web_addresses(
        place.access_location for place in places if place.access_method == AuthorityInformationAccessOID.OCSP
    )


def lists_of(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return web_addresses(name for point in points for name in point.full_name or [])


def web_addresses(names) -> list[str]:
    """Of these general names, the addresses http reaches (others speak LDAP)."""
    values = (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
    return [value for value in values if value.startswith(("http://", "https://"))]

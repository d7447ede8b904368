"""The address by which a certificate is added to a LinkedIn profile; nothing is sent there but by its holder's click."""

from urllib.parse import urlencode

from certificates.models import Certificate

FORM = "https://www.linkedin.com/profile/add"


def linkedin_address(certificate: Certificate, shared_url: str) -> str:
    printed = certificate.printed
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": printed.course_title,
        "organizationName": printed.issuer,
        "issueYear": printed.issued_on.year,
        "issueMonth": printed.issued_on.month,
        "certUrl": shared_url,
        "certId": certificate.printed_number,
    }
    if certificate.expires_on:
        fields |= {"expirationYear": certificate.expires_on.year, "expirationMonth": certificate.expires_on.month}
    return f"{FORM}?{urlencode(fields)}"

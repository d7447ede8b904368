"""A platform that seals whole documents, as a test needs one: made with pyHanko, so that it lays its seal its own way.

It answers the interface written in certificates/sealing/platform.py, which the State's platform will replace.
"""

import io

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.keys.authority import make_holder
from certificates.sealing.chain import in_der
from tests.certificates.stub_service import StubService, in_json

CREDENTIAL, TOKEN, SECRET = "cachet-etat", "jeton-de-la-plateforme", "secret de la plateforme"
NOTHING_SHOWN = StaticStampStyle(border_width=0, background_opacity=0)


class PlatformStub(StubService):
    """Seals with a certificate made at `now`. `change(pdf)` may spoil what is given back."""

    def __init__(self, now):
        super().__init__(self.route)
        self.root = make_holder("Autorité racine de l’État", now, 10, path_length=1)
        self.issuing = make_holder("Autorité de délivrance de l’État", now, 10, path_length=0, issuer=self.root)
        self.seal = make_holder("Cachet de la plateforme", now, 3, path_length=None, issuer=self.issuing)
        self.change, self.received, self.permission, self.signer = None, {}, MDPPerm.NO_CHANGES, self.seal
        self.wrong = None

    def route(self, path, headers, body):
        if path == "/oauth2/token":
            return in_json(200, access_token=TOKEN, expires_in=300)
        if self.wrong:
            return self.wrong
        if (path, headers["Authorization"], headers["Credential"]) != ("/v1/seal", f"Bearer {TOKEN}", CREDENTIAL):
            return in_json(403, error="access_denied")
        key = headers["Idempotency-Key"]
        if key not in self.received:
            self.received[key] = self.sealed(body)
        return 200, {"Content-Type": "application/pdf"}, self.received[key]

    def sealed(self, pdf):
        sealed = self.signed(pdf)
        return self.change(sealed) if self.change else sealed

    def signed(self, pdf, field="Cachet"):
        chain = SimpleCertificateStore()
        chain.register(asn1_x509.Certificate.load(in_der(self.issuing.certificate)))
        plain = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        signer = SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(in_der(self.signer.certificate)),
            signing_key=asn1_keys.PrivateKeyInfo.load(self.signer.key.private_bytes(*plain)),
            cert_registry=chain,
        )
        metadata = PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            certify=self.permission is not None,
            docmdp_permissions=self.permission or MDPPerm.FILL_FORMS,
            subfilter=SigSeedSubFilter.PADES,
        )
        out = io.BytesIO()
        PdfSigner(metadata, signer=signer, stamp_style=NOTHING_SHOWN).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=field == "Cachet", output=out
        )
        return out.getvalue()

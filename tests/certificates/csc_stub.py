"""A small service of remote signature (CSC API v2.0) of our own, strict in what it takes: not independent evidence.

Tokens by OAuth client credentials; a PIN in authData; an authorisation (SAD) is good for its digests, once.
"""

import base64
import json
import secrets
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from certificates.keys.authority import make_holder
from tests.certificates.stub_service import StubService, in_json

CREDENTIAL, PIN, CLIENT, SECRET = "cachet-2026", "93120477", "academie", "le secret du client"
SHA256, ECDSA = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"


class CscStub(StubService):
    """Signs with a seal made at `now`, whose authority is here too. `wrong` may replace the answer to a path."""

    def __init__(self, now):
        super().__init__(self.route)
        self.root = make_holder("Autorité racine d’essai", now, 10, path_length=1)
        self.issuing = make_holder("Autorité de délivrance d’essai", now, 10, path_length=0, issuer=self.root)
        self.seal = make_holder("Cachet à distance d’essai", now, 3, path_length=None, issuer=self.issuing)
        self.tokens, self.authorised, self.wrong, self.lots = set(), {}, {}, []

    def route(self, path, headers, body):
        if path in self.wrong:
            return self.wrong[path](headers, body)
        if path == "/oauth2/token":
            return self.token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if headers["Authorization"] not in {f"Bearer {token}" for token in self.tokens}:
            return in_json(401, error="invalid_token")
        said = json.loads(body)
        if said.get("credentialID") != CREDENTIAL:
            return in_json(400, error="invalid_request", error_description="credentialID")
        name = path.removeprefix("/csc/v2/").replace("/", "_")
        return getattr(self, name)(said)

    def token(self, said):
        if said != {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}:
            return in_json(401, error="invalid_client")
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        return in_json(200, access_token=token, token_type="Bearer", expires_in=300)

    def credentials_info(self, said):
        chain = (self.seal, self.issuing)
        sent = [base64.b64encode(one.certificate.public_bytes(serialization.Encoding.DER)).decode() for one in chain]
        return in_json(
            200,
            key={"status": "enabled", "algo": [ECDSA], "len": 256},
            cert={"certificates": sent},
            SCAL="2",
            multisign=50,
        )

    def credentials_authorize(self, said):
        if said.get("hashAlgorithmOID") != SHA256 or said.get("numSignatures") != len(said.get("hashes", [])):
            return in_json(400, error="invalid_request")
        if said.get("authData") != [{"id": "PIN", "value": PIN}]:
            return in_json(400, error="invalid_pin")
        sad = secrets.token_urlsafe()
        self.authorised[sad] = said["hashes"]
        return in_json(200, SAD=sad, expiresIn=120)

    def signatures_signHash(self, said):
        if said.get("signAlgo") != ECDSA or said.get("operationMode") != "S":
            return in_json(400, error="invalid_request")
        if self.authorised.pop(said.get("SAD"), None) != said.get("hashes"):
            return in_json(400, error="invalid_request", error_description="Invalid SAD")
        self.lots.append(len(said["hashes"]))
        return in_json(200, signatures=[self.signed(base64.b64decode(one)) for one in said["hashes"]])

    def signed(self, digest):
        signature = self.seal.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        return base64.b64encode(signature).decode()

"""Numbers of rows in addresses, coded: an address tells neither which row came first nor how many there are.

It opens nothing by itself: views look the row up within what the visitor may see, as for any other number. Another
`SECRET_KEY` gives other addresses.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.urls import register_converter
from django.utils.crypto import salted_hmac

CODED = "coded"
BLOCK_BYTES = 16


def _cipher() -> Cipher:
    key = salted_hmac("lms.core.coded", "address", algorithm="sha256").digest()[:16]
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  one block, of one number


class CodedNumber:
    """In `path()`: `<coded:pk>`. What is no code of ours is no address."""

    regex = f"[0-9a-f]{{{2 * BLOCK_BYTES}}}"

    def to_python(self, value: str) -> int:
        number = int.from_bytes(_cipher().decryptor().update(bytes.fromhex(value)), "big")
        if number >= 2**63:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return _cipher().encryptor().update(int(value).to_bytes(BLOCK_BYTES, "big")).hex()


register_converter(CodedNumber, CODED)

"""Names as verifiers type them: without the accents they cannot type, in any order of words. Pure."""

import hashlib
import hmac
import re
import unicodedata

# Letters of Fon, Yoruba, Ewe, Dendi and French that do not come apart into a plain letter and a mark.
PLAIN = str.maketrans(
    {"ɖ": "d", "ɛ": "e", "ɔ": "o", "ŋ": "n", "ɣ": "g", "ƒ": "f", "ʋ": "v", "ɓ": "b", "ǝ": "e", "ɩ": "i", "ʊ": "u",
     "ø": "o", "đ": "d", "ð": "d", "œ": "oe", "æ": "ae", "ß": "ss"}
)  # fmt: skip
LONGEST_NAME = 320


def folded_name(name: str) -> str:
    """The words of a name in plain small letters, in alphabetical order: the same however it is typed."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(PLAIN)
    return " ".join(sorted(re.findall(r"\w+", bare)))


def name_seal(key: bytes, public_code: str, name: str) -> str:
    """What the register keeps of a printed name once it is erased: a keyed hash, its own for each certificate."""
    return hmac.new(key, f"{public_code}\n{folded_name(name)}".encode(), hashlib.sha256).hexdigest()


def is_name_sealed(key: bytes, public_code: str, typed: str, seal: str) -> bool:
    """Whether the typed name is the one that was sealed; takes as long either way."""
    return bool(seal) and hmac.compare_digest(name_seal(key, public_code, typed[:LONGEST_NAME]), seal)

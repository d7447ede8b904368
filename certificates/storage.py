"""Sealed files, kept under their SHA-256 in private storage: written once, read by views that check the right to."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import storages


class FileDamaged(Exception):
    """What is stored is not what its fingerprint says."""


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes) -> str:
    """Store a document under its fingerprint and give its storage name; again changes nothing.

    A writer killed half-way leaves a file that does not match its name: it is written again.
    """
    storage = storages["private"]
    sha256 = fingerprint(content)
    name = f"certificates/{sha256[:2]}/{sha256}.pdf"
    if storage.exists(name):
        if matches(storage, name, sha256):
            return name
        storage.delete(name)
    saved = storage.save(name, ContentFile(content))
    if saved != name:  # another worker wrote the same bytes in the meantime
        storage.delete(saved)
    return name


def keep_picture(sha256: str, content: bytes) -> str:
    """Store the picture of the document of this fingerprint and give its storage name; again changes nothing."""
    storage = storages["private"]
    name = f"pictures/{sha256[:2]}/{sha256}.webp"
    storage.delete(name)  # what a writer killed half-way may have left
    return storage.save(name, ContentFile(content))


def read(name: str, sha256: str) -> bytes:
    """The stored bytes; raises FileDamaged when they are not those."""
    with storages["private"].open(name) as file:
        content = file.read()
    if fingerprint(content) != sha256:
        raise FileDamaged(name)
    return content


def drop(name: str) -> None:
    """Erase the bytes, for someone whose name they print is erased; the register keeps their fingerprint."""
    storages["private"].delete(name)


def matches(storage, name: str, sha256: str) -> bool:
    with storage.open(name) as file:
        return fingerprint(file.read()) == sha256

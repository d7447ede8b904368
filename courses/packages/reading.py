"""The archive of a course, checked before anything of it is used: its files, its manifest, what each asset really is."""

import hashlib
import json
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from courses.imports.archives import Archive, Limits, is_archive
from courses.imports.pictures import PictureRefused, picture_extension
from courses.imports.remarks import ImportRefused
from courses.packages.fields import PAGES
from courses.packages.writing import FORMAT, MANIFEST, VERSION
from courses.rules import media

LIMITS = Limits(packed_bytes=24_000_000, unpacked_bytes=120_000_000, files=500)
MAX_MANIFEST_BYTES = 12_000_000
ASSET = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{2,5}\Z")
IMAGE_EXTENSIONS = {"jpeg": "jpg"}


@dataclass(frozen=True)
class Package:
    """A checked archive: what its manifest says, and its files."""

    manifest: dict
    archive: Archive

    def asset(self, key: str) -> bytes:
        """The content of an asset, of the type its name says. Raises ImportRefused."""
        told, data = self.manifest["assets"][key], self.archive.read(f"assets/{key}")
        if hashlib.sha256(data).hexdigest() != told["sha256"]:
            raise ImportRefused(_("Le fichier « %(name)s » n’est pas celui que la formation annonce.") % {"name": key})
        extension = media.extension(key)
        if told["kind"] == "image":
            try:
                is_right = picture_extension(data) == IMAGE_EXTENSIONS.get(extension, extension)
            except PictureRefused as refusal:
                raise ImportRefused(_("Image « %(name)s » : %(why)s.") % {"name": key, "why": refusal}) from refusal
        else:
            is_right = extension in settings.WAGTAILDOCS_EXTENSIONS and (
                extension not in media.SIGNATURES or media.is_what_it_says(key, data[: media.HEAD_BYTES])
            )
        if not is_right:
            raise ImportRefused(_("Le fichier « %(name)s » n’est pas du type qu’il dit.") % {"name": key})
        return data


def read_package(data: bytes) -> Package:
    """The archive of a course. Raises ImportRefused, with the reason in French."""
    if not is_archive(data):
        raise ImportRefused(_("Ce fichier n’est pas l’archive d’une formation (.zip)."))
    archive = Archive(data, LIMITS)
    if MANIFEST not in archive:
        raise ImportRefused(
            _("L’archive ne contient pas de « %(name)s » : ce n’est pas une formation exportée.") % {"name": MANIFEST}
        )
    if archive.size_bytes(MANIFEST) > MAX_MANIFEST_BYTES:
        raise ImportRefused(_("La description de la formation est trop longue."))
    manifest = read_manifest(archive.read(MANIFEST))
    told = {f"assets/{key}" for key in manifest["assets"]}
    for name in sorted(told ^ (set(archive.names) - {MANIFEST})):
        message = (
            _("« %(name)s » manque à l’archive.")
            if name in told
            else _("L’archive contient un fichier inattendu : « %(name)s ».")
        )
        raise ImportRefused(message % {"name": name[:80]})
    package = Package(manifest, archive)
    for key in manifest["assets"]:
        package.asset(key)
    return package


def read_manifest(data: bytes) -> dict:
    """What the manifest says, in the shape it must have. Raises ImportRefused."""
    try:
        manifest = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ImportRefused(_("La description de la formation n’est pas du JSON bien formé.")) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ImportRefused(_("Ce n’est pas une formation exportée par la plateforme."))
    if manifest.get("version") != VERSION:
        raise ImportRefused(
            _("Version de format inconnue : %(version)s (celle-ci lit la version %(known)d).")
            % {"version": str(manifest.get("version"))[:20], "known": VERSION}
        )
    if set(manifest) != {"format", "version", "course", "questions", "assets"} or not _is_shaped(manifest):
        raise ImportRefused(_("La description de la formation n’a pas la forme attendue."))
    return manifest


def _no_constant(name: str):
    raise ValueError(name)


def _is_shaped(manifest: dict) -> bool:
    course, questions, assets = manifest["course"], manifest["questions"], manifest["assets"]
    return (
        isinstance(course, dict)
        and isinstance(course.get("code"), str)
        and _are_pages(course.get("pages"), depth=0)
        and isinstance(questions, list)
        and all(isinstance(one, dict) and isinstance(one.get("code"), str) for one in questions)
        and len({one["code"] for one in questions}) == len(questions)
        and isinstance(assets, dict)
        and all(ASSET.match(key) and _is_asset(told) for key, told in assets.items())
    )


def _are_pages(pages, depth: int) -> bool:
    return isinstance(pages, list) and all(
        isinstance(page, dict)
        and page.get("type") in PAGES
        and (page["type"] != "module" or depth == 0)
        and isinstance(page.get("slug"), str)
        and _are_pages(page.get("pages"), depth + 1)
        and (page["type"] == "module" or not page["pages"])
        for page in pages
    )


def _is_asset(told) -> bool:
    names = {"image": {"kind", "title", "sha256", "description"}, "document": {"kind", "title", "sha256"}}
    return (
        isinstance(told, dict)
        and told.get("kind") in names
        and set(told) == names[told["kind"]]
        and all(isinstance(value, str) and len(value) <= 255 for value in told.values())
    )

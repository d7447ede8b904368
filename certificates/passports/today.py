"""What became of the documents a passport lists, as those who check it are told: nothing of what its holder keeps."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Certificate, Passport
from certificates.passports.content import PassportContent, PassportLine
from certificates.rules import STATE_WORDS
from certificates.words import moment_in_words

Visibility = Certificate.Visibility


@dataclass(frozen=True)
class LineToday:
    """One document: what the passport says of it, and its state today (`state` as `public_state` says it).

    `state` and `path` are empty for one its holder keeps for whom they give the link.
    """

    line: PassportLine
    state: str = ""
    path: str = ""

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"

    @property
    def was_in_words(self) -> str:
        return STATE_WORDS[self.line.state]

    @property
    def is_in_words(self) -> str:
        return STATE_WORDS[self.state] if self.state else ""


def lines_today(passport: Passport, has_file: bool) -> list[LineToday]:
    """In the order of the passport; one query.

    Whoever has the file has read its lines, with the links its holder gave in it: they open as long as the holder keeps
    them. Whoever has its code alone is shown what the code of each document would show.
    """
    lines = passport.printed.lines
    found = Certificate.objects.in_bulk([line.public_code for line in lines], field_name="public_code")
    today = [line_today(line, found[line.public_code], has_file) for line in lines]
    return [one for one in today if one.state or has_file]


def line_today(line: PassportLine, certificate: Certificate, has_file: bool) -> LineToday:
    path = certificate.shared_path
    is_kept = certificate.visibility == Visibility.LINK
    if is_kept and not (has_file and line.address == f"{settings.LMS_PUBLIC_URL}{path}"):
        return LineToday(line)
    return LineToday(line, certificate.state_today, path)


def name_is_open(passport: Passport) -> bool:
    """Whether whoever has the code alone is shown the name: its holder masks or keeps none of what is listed; one query."""
    codes = [line.public_code for line in passport.printed.lines]
    kept = Certificate.objects.filter(public_code__in=codes).exclude(visibility=Visibility.FULL)
    return passport.state == Passport.State.MADE and not kept.exists()


def passport_facts(passport: Passport, name_is_shown: bool) -> list[tuple[str, str]]:
    """The printed fields besides the documents, labelled."""
    printed = passport.printed
    name = printed.printed_name if name_is_shown else _("masqué par son titulaire")
    if passport.state == Passport.State.ERASED:
        name = _("effacé du registre à sa demande")
    return [
        (_("Document"), _("passeport de certificats")),
        (_("Titulaire"), name),
        (_("Établi le"), moment_of(printed)),
        (_("Code"), passport.printed_code),
        (_("Délivré par"), f"{printed.issuer}, {printed.issuer_parent}"),
    ]


def moment_of(printed: PassportContent) -> str:
    return moment_in_words(timezone.localtime(printed.dated_at))


def standing_today(lines: list[LineToday]) -> tuple[bool | None, str]:
    """Whether all that is listed is valid today, None when some of it is kept, and in a sentence."""
    lost = [one for one in lines if one.state and not one.is_valid]
    if lost:
        return False, ngettext(
            "Valide aujourd’hui : pas tout. %(count)s document de ce passeport n’est pas valide.",
            "Valide aujourd’hui : pas tout. %(count)s documents de ce passeport ne sont pas valides.",
            len(lost),
        ) % {"count": len(lost)}
    if not all(one.state for one in lines):
        return None, _(
            "Valide aujourd’hui : oui, sauf ce que son titulaire réserve à qui a son lien, que l’on ne dit pas."
        )
    return True, _("Valide aujourd’hui : oui, tous les documents de ce passeport.")

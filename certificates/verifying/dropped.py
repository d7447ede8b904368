"""What we answer to someone who drops a PDF: three plain lines."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from certificates import storage
from certificates.facts import Standing, standing_of
from certificates.models import Certificate, CertificateFile, Passport
from certificates.passports.today import LineToday, lines_today, moment_of, standing_today
from certificates.verifying.quarantine import check_apart
from certificates.verifying.seals import compared
from certificates.verifying.trust import time_roots, trusted_roots
from certificates.verifying.verdicts import Check, Verdict


@dataclass(frozen=True)
class Line:
    """One statement: yes, no, or unknown (None)."""

    is_true: bool | None
    text: str


@dataclass(frozen=True)
class Answer:
    """The three lines, and the certificate or the passport when these exact bytes are in the register."""

    lines: tuple[Line, Line, Line]
    file: CertificateFile | None = None
    certificate: Certificate | None = None
    standing: Standing | None = None
    passport: Passport | None = None
    passport_lines: tuple[LineToday, ...] = ()


def answer_to(content: bytes, today: date) -> Answer:
    """What is said of these bytes: by the register when it knows them, by their seal otherwise. Raises TooBusy."""
    known = answer_by_register(storage.fingerprint(content), today)
    return known or answer_for_unknown(compared(check_apart(content, trusted_roots(), time_roots())))


def answer_by_register(sha256: str, today: date) -> Answer | None:
    """What is said of the bytes of this fingerprint, which are not looked at; None for those that are not ours."""
    if file := known_file(sha256):
        return answer_for_known(file, today)
    if passport := Passport.objects.filter(sha256=sha256).first():
        return answer_for_passport(passport)
    return None


def known_file(sha256: str) -> CertificateFile | None:
    """The file of the register with these exact bytes; one query."""
    files = CertificateFile.objects.filter(sha256=sha256).exclude(certificate__state=Certificate.State.RESERVED)
    return files.select_related("certificate").prefetch_related("certificate__files").first()


def answer_for_known(file: CertificateFile, today: date) -> Answer:
    standing = standing_of(file.certificate, today)
    intact = _("Fichier intact : c’est, octet pour octet, celui que nous avons délivré.")
    if file.certificate.current_file() != file:
        intact = _(
            "Fichier intact, version antérieure : c’est, octet pour octet, celui que nous avons délivré. Depuis, nous y "
            "avons ajouté des preuves de date ; ce qui est imprimé n’a pas changé."
        )
    lines = (
        Line(True, intact),
        Line(True, _("Délivré par nous : il figure dans notre registre.")),
        Line(standing.state == "valid", standing.title + "."),
    )
    return Answer(lines, file, file.certificate, standing)


def answer_for_passport(passport: Passport) -> Answer:
    """A picture of one day, so what it lists is told as it is today."""
    listed = lines_today(passport, has_file=True)
    lines = (
        Line(True, _("Fichier intact : c’est, octet pour octet, celui que nous avons délivré.")),
        Line(
            True, _("Délivré par nous : c’est un passeport, établi le %(day)s.") % {"day": moment_of(passport.printed)}
        ),
        Line(*standing_today(listed)),
    )
    return Answer(lines, passport=passport, passport_lines=tuple(listed))


def answer_for_unknown(check: Check) -> Answer:
    """For a file that is not in the register as it is."""
    by = {"name": check.sealed_by}
    intact, ours = {
        Verdict.INTACT: (
            Line(True, _("Fichier intact : rien n’y a changé depuis qu’il a été scellé.")),
            Line(None, _("Scellé par nous, mais ce fichier n’est pas dans le registre : vérifiez avec son code.")),
        ),
        Verdict.ALTERED: (
            Line(False, _("Fichier modifié : il a changé depuis qu’il a été scellé. Ne vous y fiez pas.")),
            Line(None, _("Délivré par nous : on ne peut plus l’affirmer.")),
        ),
        Verdict.REVOKED: (
            Line(True, _("Fichier intact : rien n’y a changé depuis qu’il a été scellé.")),
            Line(False, _("Notre cachet, mais révoqué : rien ne prouve que c’est nous qui l’avons apposé.")),
        ),
        Verdict.EXPIRED: (
            Line(True, _("Fichier intact : rien n’y a changé depuis qu’il a été scellé.")),
            Line(None, _("Notre cachet a expiré, et rien dans ce fichier ne prouve qu’il fut apposé avant.")),
        ),
        Verdict.COMPROMISED: (
            Line(True, _("Fichier intact : rien n’y a changé depuis qu’il a été scellé.")),
            Line(
                False,
                _(
                    "Cette clé de notre cachet est compromise, et rien ne prouve que ce fichier est d’avant : ne vous y fiez pas."
                ),
            ),
        ),
        Verdict.UNREGISTERED: (
            Line(True, _("Fichier intact : rien n’y a changé depuis qu’il a été scellé.")),
            Line(False, _("Pas délivré par nous : le cachet de « %(name)s » n’est pas à notre registre.") % by),
        ),
        Verdict.FOREIGN: (
            Line(True, _("Fichier intact : rien n’y a changé depuis qu’il a été scellé.")),
            Line(False, _("Pas délivré par nous : le cachet est celui de « %(name)s ».") % by),
        ),
        Verdict.UNSEALED: (
            Line(None, _("Ce PDF ne porte pas de cachet : on ne peut pas dire s’il a été modifié.")),
            Line(False, _("Pas délivré par nous : nos certificats portent tous un cachet.")),
        ),
        Verdict.UNREADABLE: (
            Line(None, _("Ce fichier n’est pas un PDF que l’on puisse lire.")),
            Line(False, _("Pas délivré par nous.")),
        ),
    }[check.verdict]
    return Answer((intact, ours, Line(None, _("Valide aujourd’hui : entrez le code du certificat pour le savoir."))))

"""The fixed words of the documents, in each language they are drawn in; the sentences of a design are its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certificates.design import ENGLISH, FRENCH
from certificates.snapshot import FOLLOWED_PROGRAMME
from certificates.words import (
    ASSESSMENT_MODES,
    ASSURANCE_MEANINGS,
    ASSURANCE_NAMES,
    SPECIMEN,
    SPECIMEN_MEANING,
    day_in_words,
    hours_in_words,
)

ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def english_day(day: date) -> str:
    """As in “1 March 2027”."""
    return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Wording:
    """What a document says in one language. `level` takes a number; `modes` as in `words`."""

    tag: str  # BCP 47
    number: str
    issued_on: str
    expires_on: str
    on_line: str
    in_person: str
    version: str
    mode: str
    modes: dict[str, str]
    attested: str
    covered: str
    parts: str
    more_parts: str
    more: str
    programme_purpose: str
    level: str
    assurance: str
    assurance_names: dict[str, str]
    assurance_meanings: dict[str, str]
    scan: str
    type_code: str
    seal: str
    how_to_check: str
    seal_goes_here: str
    page_of: str
    qr_code: str
    specimen: str
    specimen_meaning: str
    preview: str
    preview_meaning: str
    day: Callable[[date], str]
    hours: Callable[[int], str]


WORDINGS = {
    FRENCH: Wording(
        tag="fr-BJ",
        number="Numéro",
        issued_on="Date de délivrance",
        expires_on="Valable jusqu’au",
        on_line="En ligne",
        in_person="En présentiel",
        version="Version du contenu",
        mode="Mode d’évaluation",
        modes=ASSESSMENT_MODES,
        attested="Compétences attestées",
        covered="Compétences abordées, sans niveau attesté",
        parts="Formations du parcours",
        more_parts="et %(count)s autres, sur la page de vérification",
        more="et %(count)s autres",
        programme_purpose="pour avoir terminé le parcours de formation",
        level="niveau %(level)s sur 5",
        assurance="Niveau d’assurance",
        assurance_names=ASSURANCE_NAMES,
        assurance_meanings=ASSURANCE_MEANINGS,
        scan="Scannez pour vérifier",
        type_code="ou tapez le code à l’adresse",
        seal="Cachet électronique",
        how_to_check="Contrôlable dans un lecteur PDF ou en ligne",
        seal_goes_here="Le cachet se placera ici",
        page_of="Page de vérification du document %(number)s",
        qr_code="Code QR : %(url)s",
        specimen=SPECIMEN,
        specimen_meaning=SPECIMEN_MEANING,
        preview="APERÇU",
        preview_meaning="Essai d’un modèle, jamais scellé : sans valeur.",
        day=day_in_words,
        hours=hours_in_words,
    ),
    ENGLISH: Wording(
        tag="en",
        number="Number",
        issued_on="Issued",
        expires_on="Valid until",
        on_line="On line",
        in_person="In person",
        version="Version",
        mode="Assessment",
        modes={
            "none": "none: every lesson was followed",
            "programme": "that of each course; the assurance is the lowest of theirs",
            "programme_followed": "courses completed, whatever their certificates",
            "test": "marked test taken on line",
            "test_with_mark": "marked test taken on line, pass mark %(percent)s%%",
            "supervised": "supervised test %(held)s, pass mark %(percent)s%%",
            "sitting": "on %(day)s, at %(place)s",
            "and": " and ",
            "update": "update of %(former)s: what changed was read, no test",
            "update_with_mark": "update of %(former)s: on-line test on what changed alone, pass mark %(percent)s%%",
            "applied": "%(mode)s; use at work confirmed on %(day)s by management",
        },
        attested="Competences attested",
        covered="Competences covered, no level attested",
        parts="Courses of the programme",
        more_parts="and %(count)s more, on the verification page",
        more="and %(count)s more",
        programme_purpose="who completed the programme of courses",
        level="level %(level)s of 5",
        assurance="Assurance level",
        assurance_names={
            "N1": "course followed",
            FOLLOWED_PROGRAMME: "courses of the programme followed",
            "N2": "unsupervised on-line test",
            "N3": "supervised test",
            "N4": "competence applied at work and confirmed",
        },
        assurance_meanings={
            "N1": "The person followed the whole course. This document proves no level.",
            FOLLOWED_PROGRAMME: "The person followed the courses of the programme listed here. This document proves no level.",
            "N2": "The person passed a marked test, taken on line without a supervisor. "
            "Their identity was not checked during the test.",
            "N3": "The person passed a marked test before a supervisor who checked their identity. "
            "This document does not prove that they apply at work what they know.",
            "N4": "The person passed a marked test, then applied in their post what they learnt, as their management saw. "
            "Nobody else checked it.",
        },
        scan="Scan to verify",
        type_code="or type the code at",
        seal="Electronic seal",
        how_to_check="Can be checked in a PDF reader or on line",
        seal_goes_here="The seal will be placed here",
        page_of="Verification page of document %(number)s",
        qr_code="QR code: %(url)s",
        specimen="SPECIMEN",
        specimen_meaning="Demonstration document, sealed by a sandbox authority: of no value.",
        preview="PREVIEW",
        preview_meaning="Trial of a design, never sealed: of no value.",
        day=english_day,
        hours=hours_in_words,
    ),
}

"""The sentences of the document, in French as it is printed; screens say them again."""

from collections.abc import Callable
from datetime import date, datetime

from certificates.snapshot import FOLLOWED_PROGRAMME, CoursePart, Snapshot

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

# What each assurance level proves, and what it does not.
ASSURANCE_NAMES = {
    "N1": "suivi de la formation",
    FOLLOWED_PROGRAMME: "suivi des formations du parcours",
    "N2": "évaluation en ligne non surveillée",
    "N3": "évaluation surveillée",
    "N4": "compétence appliquée au travail et confirmée",
}
ASSURANCE_MEANINGS = {
    "N1": "La personne a suivi toute la formation. Ce document ne prouve pas un niveau.",
    FOLLOWED_PROGRAMME: (
        "La personne a suivi les formations du parcours énumérées ici. Ce document ne prouve pas un niveau."
    ),
    "N2": (
        "La personne a réussi une évaluation notée, passée en ligne sans surveillant. "
        "Son identité n’a pas été contrôlée pendant l’épreuve."
    ),
    "N3": (
        "La personne a réussi une évaluation notée, devant un surveillant qui a contrôlé son identité. "
        "Ce document ne prouve pas qu’elle applique au travail ce qu’elle sait."
    ),
    "N4": (
        "La personne a réussi une évaluation notée, puis appliqué à son poste ce qu’elle a appris : sa hiérarchie l’a "
        "constaté. Personne d’autre n’a vérifié ce constat."
    ),
}
# How what is proved was assessed; `percent` is the pass mark, `held` the sittings, `day` that of the confirmation.
ASSESSMENT_MODES = {
    "none": "aucune épreuve : toutes les leçons suivies",
    "programme": "celui de chaque formation ; l’assurance est la plus basse des leurs",
    "programme_followed": "formations terminées, sans égard à leurs certificats",
    "test": "épreuve notée, passée en ligne",
    "test_with_mark": "épreuve notée, passée en ligne, réussie à partir de %(percent)s\N{NO-BREAK SPACE}%%",
    "supervised": "évaluation surveillée %(held)s, réussie à partir de %(percent)s\N{NO-BREAK SPACE}%%",
    "sitting": "le %(day)s, à %(place)s",
    "and": " et ",
    "applied": "%(mode)s ; application au travail confirmée le %(day)s par la hiérarchie",
    "update": "mise à jour de %(former)s : parties changées relues, sans épreuve",
    "update_with_mark": (
        "mise à jour de %(former)s : épreuve en ligne sur les seules parties changées, réussie à partir de "
        "%(percent)s\N{NO-BREAK SPACE}%%"
    ),
}
SPECIMEN = "SPÉCIMEN"
SPECIMEN_MEANING = "Document de démonstration, scellé par une autorité de bac à sable : sans valeur."


def day_in_words(day: date) -> str:
    """As in « 1er mars 2027 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def moment_in_words(moment: datetime) -> str:
    """As in « 1er mars 2027 à 9 h 05 »; spaces in the hour do not break."""
    hour = f"{moment.hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{moment.minute:02}"
    return f"{day_in_words(moment.date())} à {hour}"


def hours_in_words(minutes: int) -> str:
    """As in « 1 h 20 », « 45 min », « 12 h »; spaces do not break."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\N{NO-BREAK SPACE}min"
    return f"{hours}\N{NO-BREAK SPACE}h" + (f"\N{NO-BREAK SPACE}{rest:02}" if rest else "")


def assessment_mode(
    printed: Snapshot, modes: dict[str, str] = ASSESSMENT_MODES, in_words: Callable[[date], str] = day_in_words
) -> str:
    """How a document was earned, in the language of `modes` and `in_words`."""
    mode = tested_mode(printed, modes, in_words)
    if printed.confirmed_on is None:
        return mode
    return modes["applied"] % {"mode": mode, "day": in_words(printed.confirmed_on)}


def tested_mode(printed: Snapshot, modes: dict[str, str], in_words: Callable[[date], str]) -> str:
    """How the test was taken, supervised or not; of an update, what it is of."""
    if printed.updates:
        said = modes["update" if printed.pass_mark_percent is None else "update_with_mark"]
        return said % {"former": printed.updates, "percent": printed.pass_mark_percent}
    if printed.is_of_programme:
        return modes["programme" if printed.certified_codes else "programme_followed"]
    if printed.is_attestation:
        return modes["none"]
    if printed.sittings:
        held = [modes["sitting"] % {"day": in_words(row.held_on), "place": row.place} for row in printed.sittings]
        return modes["supervised"] % {"held": modes["and"].join(held), "percent": printed.pass_mark_percent}
    if printed.pass_mark_percent is None:
        return modes["test"]
    return modes["test_with_mark"] % {"percent": printed.pass_mark_percent}


def part_in_words(part: CoursePart) -> str:
    """A course of a programme: when it was completed and what its document is."""
    said = f"{part.title} (version {part.content_version}), terminée le {day_in_words(part.completed_on)}"
    return f"{said} ; {part.number}, {part.assurance}" if part.number else said

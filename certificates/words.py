"""The sentences of the document, in French as it is printed; screens say them again."""

from datetime import date

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

# What each assurance level proves, and what it does not.
ASSURANCE_NAMES = {
    "N1": "suivi de la formation",
    "N2": "évaluation en ligne non surveillée",
    "N3": "évaluation surveillée",
    "N4": "compétence appliquée au travail et confirmée",
}
ASSURANCE_MEANINGS = {
    "N1": "La personne a suivi toute la formation. Ce document ne prouve pas un niveau.",
    "N2": (
        "La personne a réussi une évaluation notée, passée en ligne sans surveillant. "
        "Son identité n’a pas été contrôlée pendant l’épreuve."
    ),
    "N3": "La personne a réussi une évaluation notée, devant un surveillant qui a contrôlé son identité.",
    "N4": "La personne a appliqué la compétence à son poste et sa hiérarchie l’a confirmé.",
}
# How what is proved was assessed; `percent` is the pass mark.
ASSESSMENT_MODES = {
    "none": "aucune épreuve : toutes les leçons suivies",
    "test": "épreuve notée, passée en ligne",
    "test_with_mark": "épreuve notée, passée en ligne, réussie à partir de %(percent)s\N{NO-BREAK SPACE}%%",
}
SPECIMEN = "SPÉCIMEN"
SPECIMEN_MEANING = "Document de démonstration, scellé par une autorité de bac à sable : sans valeur."


def day_in_words(day: date) -> str:
    """As in « 1er mars 2027 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def hours_in_words(minutes: int) -> str:
    """As in « 1 h 20 », « 45 min », « 12 h »; spaces do not break."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\N{NO-BREAK SPACE}min"
    return f"{hours}\N{NO-BREAK SPACE}h" + (f"\N{NO-BREAK SPACE}{rest:02}" if rest else "")


def assessment_mode(is_attestation: bool, pass_mark_percent: int | None) -> str:
    """How a document was earned."""
    if is_attestation:
        return ASSESSMENT_MODES["none"]
    if pass_mark_percent is None:
        return ASSESSMENT_MODES["test"]
    return ASSESSMENT_MODES["test_with_mark"] % {"percent": pass_mark_percent}

"""Words as they are compared: without case, accents or typographic variants."""

import unicodedata

VARIANTS = str.maketrans({"’": "'", "œ": "oe", "æ": "ae", "\N{NO-BREAK SPACE}": " "})


def folded(text: str) -> str:
    """The text in lower case, without accents; « Évaluation » and « evaluation » become the same."""
    spelled = unicodedata.normalize("NFKD", text.casefold().translate(VARIANTS))
    return "".join(letter for letter in spelled if not unicodedata.combining(letter))

"""French typography of texts typed on an ordinary keyboard: curly apostrophes and spaces that do not break. Knows text only."""

import re

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW_NO_BREAK = "\N{NARROW NO-BREAK SPACE}"


def french(text: str) -> str:
    """The text with ’ for ' between letters, and spaces that hold before : ; ? ! % » and after «.

    Only spaces already there are changed, so addresses and times keep their colons. May run twice.
    """
    text = re.sub(r"(?<=[^\W\d_])'(?=[\w«])", "’", text)
    text = re.sub(r"(?<!\s) (?=[:%»](?!\S*://))", NO_BREAK, text)
    text = re.sub(r"(?<!\s) (?=[;?!])", NARROW_NO_BREAK, text)
    return text.replace("« ", f"«{NO_BREAK}")

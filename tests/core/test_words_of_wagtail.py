"""Wagtail's French is corrected where it reads badly, and the compiled catalogue is the one that is written."""

import ast
import gettext as gnu
import re

import pytest
from django.conf import settings
from django.utils.translation import gettext, ngettext

FOLDER = settings.LOCALE_PATHS[0] / "fr" / "LC_MESSAGES"


def written(name: str) -> dict:
    """What a .po file says, as its .mo does: by message, or by message and number where there is a plural."""
    found = {}
    for entry in (FOLDER / f"{name}.po").read_text().split("\n\n")[1:]:
        lines = dict(re.findall(r'^(msg\S+) (".*")$', entry, re.MULTILINE))
        words = {key: ast.literal_eval(line) for key, line in lines.items()}
        message = words.pop("msgid")
        if words.pop("msgid_plural", None):
            found |= {(message, int(key[-2])): text for key, text in words.items()}
        else:
            found[message] = words["msgstr"]
    return found


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_compiled_catalogue_is_the_one_written(name):
    with (FOLDER / f"{name}.mo").open("rb") as compiled:
        catalogue = gnu.GNUTranslations(compiled)._catalog
    assert {message: text for message, text in catalogue.items() if message} == written(name)


def test_wagtail_speaks_of_reviews_and_guesses_no_gender():
    assert gettext("Workflow") == "Relecture"
    assert gettext("In Moderation") == "En relecture"
    assert gettext("Add %(model_name)s") % {"model_name": "question"} == "Ajouter\N{NO-BREAK SPACE}: question"
    assert ngettext("Referenced %(count)s time", "Referenced %(count)s times", 2) % {"count": 2} == "Cité 2 fois"

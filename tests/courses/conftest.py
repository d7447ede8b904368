"""The vocabulary that course files refer to, and a small sound file to spoil."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

COURSES = Path(settings.BASE_DIR) / "data" / "courses"


@pytest.fixture
def framework(db):
    """The competences, levels, strands and profiles that the files of data/ refer to."""
    call_command("load_framework", verbosity=0)

"""What is only ever added is so for the database too, in every installation."""

from pathlib import Path

from django.apps import apps
from django.conf import settings

from lms.core.append_only import AppendOnlyModel


def test_database_guards_every_table_of_facts():
    written = [path.read_text() for path in Path(settings.BASE_DIR).glob("*/migrations/*.py")]
    written += [path.read_text() for path in Path(settings.BASE_DIR).glob("lms/*/migrations/*.py")]
    guards = "".join(text for text in written if "append_only.install(" in text)
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel)}
    assert {table for table in tables if f'"{table}"' not in guards} == set()

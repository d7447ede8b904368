"""How fast five thousand questions enter the bank, read, checked, versioned, tagged and indexed; beside their bare texts."""

import json
import time

from django.utils import timezone

from bench.models import Text
from bench.report import Row, row
from courses.actions.import_questions import begin_import, confirm_import, run_import
from courses.models import QuestionVersion
from courses.models.banks import shared_bank
from lms.people.models import User

QUESTIONS = 5_000


def rows() -> list[Row]:
    """Seconds from the file to its preview and from there to the bank, and questions a second; the floor inserts the texts."""
    user = User.objects.create_user("questions@demo.example", "bench", first_name="Afi", last_name="Banque")
    started = time.perf_counter()
    begun = begin_import("questions.gift", gift().encode(), shared_bank(), user, timezone.now())
    previewed = time.perf_counter()
    confirm_import(begun, user, all_or_nothing=True, replaces=False)
    done = run_import(begun.pk, timezone.now())
    imported = time.perf_counter()
    if done.counts["created"] != QUESTIONS:
        raise RuntimeError("Some questions were not imported.")
    bare = bare_insert()
    return [
        row("import_5000_questions_preview", previewed - started, "s", bare),
        row("import_5000_questions", imported - previewed, "s", bare),
        row("questions_imported", QUESTIONS / (imported - previewed), "/s", QUESTIONS / bare, more_is_better=True),
    ]


def gift() -> str:
    """A bank of twenty categories, as a ministry would hand it over."""
    return "\n\n".join(
        f"$CATEGORY: $course$/top/Thème {rank % 20}\n\n::Question {rank}::[html]<p>Énoncé numéro {rank}&nbsp;?</p>"
        f"{{=juste {rank} ~faux {rank} ~autre {rank}####<p>Parce que {rank}.</p>}}"
        for rank in range(QUESTIONS)
    )


def bare_insert() -> float:
    """Seconds to insert what the versions just made say, one bare row of text each."""
    fields = ("prompt", "prompt_html", "content", "explanation", "explanation_html", "fingerprint")
    said = [json.dumps(version) for version in QuestionVersion.objects.order_by("-pk").values_list(*fields)[:QUESTIONS]]
    started = time.perf_counter()
    Text.objects.bulk_create((Text(text=each) for each in said), batch_size=500)
    return time.perf_counter() - started

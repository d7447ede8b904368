"""What lists may tell of attempts: no outcome before it is told, and of an anonymous copy neither its time nor its turn."""

import hashlib

from django.db.models import BooleanField, Case, CharField, DateTimeField, DecimalField, F, Q, Value, When
from django.db.models.functions import MD5, Cast, Concat
from django.utils.crypto import salted_hmac

CODE_LENGTH = (
    10  # hexadecimal digits: two copies of a quiz of ten thousand bear the same once in twenty thousand quizzes
)


def _key() -> str:
    return salted_hmac("lms.assessment.copy", "turn").hexdigest()


def turn_in(path: str):
    """The turn of an attempt, for the database: always the same, and following nothing one could know."""
    return MD5(Concat(Value(_key()), Cast(path, CharField()), output_field=CharField()))


def copy_code(attempt_id: int) -> str:
    """What a copy is called: the beginning of its turn, so that copies come in the order of their codes."""
    digest = hashlib.md5(f"{_key()}{attempt_id}".encode(), usedforsecurity=False).hexdigest()
    return digest[:CODE_LENGTH].upper()


def is_veiled(path: str = "") -> Q:
    """Whose names are kept from markers: anonymous, and not all marked yet."""
    is_marked = Q(**{f"{path}state": "submitted", f"{path}is_passed__isnull": False})
    return Q(**{f"{path}quiz__anonymous_marking": True}) & ~is_marked


def outcome_is_secret() -> Q:
    """Whose mark no list may tell, whoever reads it: an exam that has not closed, a name kept from markers."""
    return Q(is_withheld=True) | is_veiled()


def unless(secret: Q, field: str, output) -> Case:
    """A field, or nothing where it is secret."""
    return Case(When(secret, then=None), default=F(field), output_field=output)


def told() -> dict:
    """What lists show, sort and filter attempts by, instead of the fields themselves: nothing where it is secret."""
    return {
        "told_score_percent": unless(
            outcome_is_secret(), "score_percent", DecimalField(max_digits=5, decimal_places=2)
        ),
        "told_is_passed": unless(outcome_is_secret(), "is_passed", BooleanField(null=True)),
        "told_started_at": unless(is_veiled(), "started_at", DateTimeField(null=True)),
        "told_submitted_at": unless(is_veiled(), "submitted_at", DateTimeField(null=True)),
        "turn": turn_in("pk"),
    }

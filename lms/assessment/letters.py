"""What assessment writes by e-mail; called by jobs, outside any transaction."""

from django.urls import reverse

from courses.models import QuizPage
from lms.assessment.models import Allowance, Attempt, SittingSupervisor
from lms.core.letters import send_letter


def write_to_learner(attempt: Attempt, letter: str, subject: str, **context) -> None:
    """Send `assessment/email/<letter>.txt` to the learner of an attempt, with the address of its result."""
    _send(
        attempt.enrolment.person.email,
        attempt,
        letter,
        subject,
        reverse("assessment:result", args=[attempt.pk]),
        context,
    )


def write_to_trainers(attempt: Attempt, letter: str, subject: str, path: str, **context) -> None:
    """Send a letter to the contact of the course, when there is one, with the address `path` of what is to be done."""
    if contact := attempt.enrolment.course.contact_email:
        _send(contact, attempt, letter, subject, path, context)


def tell_of_allowance(allowance: Allowance) -> None:
    """Tell a learner what they were granted in a quiz, until when and why."""
    path = reverse("assessment:quiz", args=[allowance.quiz_id])
    _post(allowance.enrolment.person.email, "allowance", "Dérogation", path, allowance.quiz, {"allowance": allowance})


def tell_of_sitting(named: SittingSupervisor) -> None:
    """Tell a person that they supervise a sitting."""
    sitting = named.sitting
    context = {"sitting": sitting, "course": sitting.course}
    _post(named.person.email, "supervisor", "Séance à surveiller", sitting.get_absolute_url(), sitting.quiz, context)


def _send(to: str, attempt: Attempt, letter: str, subject: str, path: str, context: dict) -> None:
    _post(to, letter, subject, path, attempt.quiz, {"attempt": attempt, "course": attempt.enrolment.course, **context})


def _post(to: str, letter: str, subject: str, path: str, quiz: QuizPage, context: dict) -> None:
    send_letter(to, f"assessment/email/{letter}.txt", f"{subject} : {quiz.title}", path, quiz=quiz, **context)

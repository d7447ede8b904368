"""What the guide's pictures show and the demo has not: compositions to mark, answers to a quiz, a mark contested."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from courses.models import CoursePage, QuizPage
from courses.outline import read_outline
from lms.assessment.actions import start_attempt, submit
from lms.assessment.actions.appeals import contest
from lms.assessment.models import Attempt
from lms.core.typography import french
from lms.learning.actions import enrol, finish_lesson
from lms.learning.models import Enrolment
from lms.people.models import User
from tests.factories.assessment import right_answers
from tests.factories.courses import QuestionFactory, QuizPageFactory, raw_answer

COURSE, CASE = "eservice-usager", "Étude de cas"
PROMPT = "Beaucoup d’usagers abandonnent votre démarche à la dernière étape. Que faites-vous, et dans quel ordre ?"
RUBRIC = [
    {"text": "La cause est cherchée auprès des usagers", "points": 2},
    {"text": "Une mesure simple est proposée, et suivie", "points": 2},
]
GUIDE = "Attendre un entretien ou un test avec de vrais usagers avant toute correction, puis un indicateur."
TEXTS = (
    "J’appelle cinq usagers qui ont abandonné et je regarde avec eux où ils s’arrêtent. Si la pièce demandée est la cause, "
    "je la retire quand l’administration l’a déjà. Je compte ensuite les abandons chaque semaine pendant un mois.",
    "Je fais refaire la page par le prestataire, puis je préviens les usagers par une affiche au guichet.",
    "Je note les abandons de la semaine et je demande aux agents du guichet ce que les usagers leur en disent.",
)
SAID = "pas deux fois"
REASON = f"J’ai écrit « {SAID} » : c’est le même principe, dit autrement."


def add() -> None:
    """Write all of it; the oldest composition is the best told."""
    course = CoursePage.objects.get(code=COURSE)
    final = QuizPage.objects.child_of(course).get()
    essay = QuestionFactory(
        code="etude-abandon", prompt=PROMPT, answer=raw_answer("essay", rubric=RUBRIC, guide=GUIDE, max_words=250)
    )
    case = QuizPageFactory(parent=course, title=CASE, slug="etude-de-cas", questions=[essay])
    taking = [learner for learner in User.objects.order_by("last_name", "pk") if may_take(learner, course)][:16]
    last = taking.pop()
    for rank, learner in enumerate(taking):
        read(answered(learner, final, wrong=rank % 5).enrolment, lessons=5 - rank % 4)
    row = answered(last, final, wrong=0, said=SAID).questions.get(version__type="short_text")
    contest(row, french(REASON), None, timezone.now())
    for rank, text in enumerate(TEXTS):
        attempt = start_attempt(Enrolment.objects.get(person=taking[rank], course=course), case, ago(rank), Random(1))
        submit(attempt, ago(rank), {attempt.questions.get().position: text})


def may_take(learner: User, course: CoursePage) -> bool:
    """Of the demo's people, one who works for no branch and has not begun."""
    named = ("admin@", "formateur@", "partenaire@", "relecture@", "agent@")
    return not learner.email.startswith(named) and not Enrolment.objects.filter(person=learner, course=course).exists()


def answered(learner: User, quiz: QuizPage, wrong: int, said: str = "") -> Attempt:
    """An attempt handed in, its first `wrong` questions left unanswered, or `said` where a few words are asked for."""
    enrolment = enrol(learner, quiz.get_parent().specific, timezone.now())
    attempt = start_attempt(enrolment, quiz, timezone.now(), Random(1))
    answers = right_answers(attempt)
    if said:
        answers[attempt.questions.get(version__type="short_text").position] = said
    return submit(attempt, timezone.now(), {position: answers[position] for position in sorted(answers)[wrong:]})


def read(enrolment: Enrolment, lessons: int) -> None:
    """The first lessons of the course are done."""
    for item in read_outline(enrolment.course_id).items[:lessons]:
        finish_lesson(enrolment, item, timezone.now())


def ago(rank: int):
    """Hours before now: the first was handed in the longest ago."""
    return timezone.now() - timedelta(hours=30 - 9 * rank)

"""A published quiz that draws: in a branch under review, nothing is asked that was not read with it, whatever its author does."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from wagtail.models import Collection

from courses.actions.import_questions import begin_import, confirm_import
from courses.actions.review import decide
from courses.actions.tag_questions import tag_questions
from courses.asked import asked_by
from courses.models import CoursePage, ProducerPage, Question, QuestionPool, QuestionVersion, QuizDraw, QuizPage
from courses.models.banks import shared_bank
from courses.tasks import publish_scheduled
from lms.assessment.actions import QuizNotOpen
from tests.factories.assessment import open_attempt
from tests.factories.courses import CoursePageFactory, QuestionFactory, QuizPageFactory, make_trainer, raw_answer
from tests.factories.people import UserFactory
from tests.factories.reviews import Scene, every_box, submit
from tests.factories.skills import CompetenceFactory

pytestmark = pytest.mark.django_db
READ, UNREAD = "Ce qui fut relu", "Ce que personne n’a relu"


class Exam(Scene):
    """A draft quiz of a partner that draws one question by all its criteria, the one that matches, and one that does not."""

    def __init__(self):
        super().__init__()
        self.bank, self.competence = self.branch.collection, CompetenceFactory()
        self.read, self.other = self.question(READ), self.question(UNREAD)
        tag_questions([self.read], ["réseau"], [], Question.objects.all())
        self.quiz = QuizPageFactory(parent=self.course, title="Bilan", live=False, questions=[])
        tag = self.read.tags.get()
        self.quiz.draws = [
            QuizDraw(count=1, competence=self.competence, level=2, difficulty="medium", tag=tag, sort_order=0)
        ]

    def question(self, words: str, **changes) -> Question:
        wanted = {"collection": self.bank, "competence": self.competence, "level": 2, "difficulty": "medium"}
        return QuestionFactory(prompt=f"<p>{words}</p>", **{**wanted, **changes})

    def approve(self, state) -> None:
        decide([state], self.reviewer, is_approved=True, met=every_box(), comment="", now=timezone.now())

    def quiz_now(self) -> QuizPage:
        return QuizPage.objects.get(pk=self.quiz.pk)

    def publish(self) -> None:
        self.approve(submit(self.quiz, self.author))


def asked(quiz) -> list[str]:
    """The prompts that the published quiz may ask."""
    found = asked_by(QuizPage.objects.get(pk=quiz.pk))
    questions = set(found.points).union(*found.pools)
    return sorted(found.versions_of(questions).values_list("prompt", flat=True))


def retag(exam):
    tag_questions([exam.other], ["réseau"], [], Question.objects.all())


def level(exam):
    exam.other = exam.question(UNREAD, level=3)
    retag(exam)
    return {"level": 2}


def difficulty(exam):
    exam.other = exam.question(UNREAD, difficulty="hard")
    retag(exam)
    return {"difficulty": "medium"}


def competence(exam):
    exam.other = exam.question(UNREAD, competence=CompetenceFactory())
    retag(exam)
    return {"competence": exam.competence}


def bank(exam):
    exam.other = exam.question(UNREAD, collection=Collection.get_first_root_node().add_child(name="Ailleurs"))
    retag(exam)
    return {"collection": exam.bank}


def kind(exam):
    exam.other = exam.question(UNREAD, answer=raw_answer("survey"))
    retag(exam)
    return {"answer": raw_answer("single")}


@pytest.mark.parametrize("prepare", [level, difficulty, competence, bank, kind])
def test_a_question_changed_so_that_it_matches_is_not_drawn(prepare):
    exam = Exam()
    changes = prepare(exam)
    exam.publish()
    for name, value in changes.items():
        setattr(exam.other, name, value)
    exam.other.save()
    assert asked(exam.quiz) == [READ]
    assert open_attempt(quiz=exam.quiz_now()).questions.get().version.prompt == READ


def test_nor_one_tagged_since_or_written_since():
    exam = Exam()
    exam.publish()
    retag(exam)
    tag_questions([exam.question(UNREAD)], ["réseau"], [], Question.objects.all())
    assert asked(exam.quiz) == [READ]


def test_nor_one_that_an_import_reclassifies(run_jobs):
    exam = Exam()
    exam.other = exam.question(UNREAD, level=3, code="secours")
    retag(exam)
    exam.publish()
    file = f"code,type,énoncé,compétence,niveau,bonnes réponses\nsecours,vrai ou faux,{UNREAD},{exam.competence.code},2,vrai\n"
    begun = begin_import("x.csv", file.encode(), exam.bank, exam.author, timezone.now())
    confirm_import(begun, exam.author, all_or_nothing=False, replaces=True)
    run_jobs()
    exam.other.refresh_from_db()
    assert exam.other.level == 2
    assert asked(exam.quiz) == [READ]


def test_what_was_read_is_asked_as_it_was_read_though_it_left_the_draw_and_came_back_changed():
    exam = Exam()
    exam.publish()
    tag_questions([exam.read], [], ["réseau"], Question.objects.all())
    assert asked(exam.quiz) == [READ]
    exam.read.prompt = f"<p>{UNREAD}</p>"
    exam.read.save()
    tag_questions([exam.read], ["réseau"], [], Question.objects.all())
    assert asked(exam.quiz) == [READ]
    assert open_attempt(quiz=exam.quiz_now()).questions.get().version.prompt == READ


@pytest.mark.parametrize("is_fixed", [True, False])
def test_what_changes_while_it_waits_for_its_review_or_its_hour_is_not_asked(monkeypatch, is_fixed):
    exam, now = Exam(), timezone.now()
    if is_fixed:
        exam.quiz = QuizPageFactory(parent=exam.course, live=False, questions=[exam.read])
    exam.quiz.go_live_at = now + timedelta(hours=1)
    state = submit(exam.quiz, exam.author)
    for words in ("Changé pendant la relecture", "Changé avant l’heure"):
        exam.read.prompt = f"<p>{words}</p>"
        exam.read.save()
        retag(exam)
        if words.endswith("relecture"):
            exam.approve(state)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    publish_scheduled()
    assert asked(exam.quiz) == [READ]


def test_a_review_refused_or_pending_opens_nothing_and_the_next_one_does():
    exam = Exam()
    exam.publish()
    retag(exam)
    state = submit(exam.quiz_now(), exam.author)
    assert asked(exam.quiz) == [READ]
    decide([state], exam.reviewer, is_approved=False, met=[], comment="Non.", now=timezone.now())
    assert asked(exam.quiz) == [READ]
    exam.quiz_now().current_workflow_state.resume(exam.author)  # the very same version of the page, and the bank of now
    exam.approve(exam.quiz_now().current_workflow_task_state)
    assert asked(exam.quiz) == sorted([READ, UNREAD])


def test_a_quiz_of_which_nothing_was_frozen_draws_nothing():
    exam = Exam()
    exam.publish()
    QuestionPool.objects.all().delete()
    with pytest.raises(QuizNotOpen):
        open_attempt(quiz=exam.quiz_now())


def test_where_authors_publish_by_themselves_the_bank_is_asked_as_it_is_until_review_is_imposed():
    exam = Exam()
    author = make_trainer(exam.agency)
    branch = ProducerPage.objects.get(unit=exam.agency)
    exam.bank = branch.collection
    question = exam.question("Première", collection=shared_bank())
    tag_questions([question], ["réseau"], [], Question.objects.all())
    quiz = QuizPageFactory(parent=CoursePageFactory(parent=branch), questions=[])
    quiz.draws = exam.quiz.draws.all()
    quiz.save_revision(user=author).publish()
    exam.other = exam.question("Seconde")
    retag(exam)
    assert (asked(quiz), QuestionPool.objects.count()) == (["Première", "Seconde"], 0)
    branch.needs_review = True
    branch.save_revision().publish()
    exam.other = exam.question("Troisième")
    retag(exam)
    assert asked(quiz) == ["Première", "Seconde"]
    branch.needs_review = False
    branch.save_revision().publish()
    assert asked(quiz) == ["Première", "Seconde", "Troisième"]


def test_what_is_published_or_scheduled_without_review_by_who_may_is_frozen_then(monkeypatch):
    exam, admin, now = Exam(), UserFactory(is_superuser=True), timezone.now()
    exam.quiz.save_revision(user=admin).publish(user=admin)
    retag(exam)
    assert asked(exam.quiz) == [READ]
    later = exam.quiz_now()
    later.go_live_at = now + timedelta(hours=1)
    later.save_revision(user=admin).publish(user=admin)
    tag_questions([exam.question("Trop tard")], ["réseau"], [], Question.objects.all())
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    publish_scheduled()
    assert asked(exam.quiz) == sorted([READ, UNREAD])


def test_a_quiz_moved_below_a_branch_under_review_asks_what_it_did_when_it_came():
    exam = Exam()
    quiz = QuizPageFactory(parent=CoursePageFactory(parent=exam.branch.get_parent()), questions=[])
    quiz.draws = exam.quiz.draws.all()
    quiz.save_revision().publish()
    QuizPage.objects.get(pk=quiz.pk).move(CoursePage.objects.get(pk=exam.course.pk), "last-child")
    retag(exam)
    assert asked(quiz) == [READ]


@pytest.mark.parametrize("count", [1, 3])
def test_what_a_quiz_may_ask_costs_the_same_for_any_number_of_questions(count, django_assert_num_queries):
    exam = Exam()
    for number in range(1, count):
        tag_questions([exam.question(f"Autre {number}")], ["réseau"], [], Question.objects.all())
    exam.publish()
    quiz = exam.quiz_now()
    with django_assert_num_queries(4):  # fixed questions, draws, branch, what was read: one less than from the bank
        found = asked_by(quiz)
    assert QuestionVersion.objects.filter(pk__in=found.frozen.values()).count() == count


# --- What was there before


def test_what_was_published_or_submitted_before_pools_is_frozen_as_it_is():
    exam = Exam()
    exam.publish()
    waiting = QuizPageFactory(parent=exam.course, live=False, questions=[exam.read])
    waiting.draws = [QuizDraw(count=1, level=2, sort_order=0)]
    state = submit(waiting, exam.author)
    QuestionPool.objects.all().delete()
    exam.read.prompt = f"<p>{UNREAD}</p>"
    exam.read.save()
    migration = import_module("courses.migrations.0028_freeze_what_reviewed_quizzes_ask")
    migration.freeze_all(apps, None)
    assert asked(exam.quiz) == [READ]
    frozen = QuestionPool.objects.get(review=state).questions.values_list("draw", "version__prompt")
    assert set(frozen) == {(None, UNREAD), (0, UNREAD)}
    assert QuestionPool.objects.count() == 2

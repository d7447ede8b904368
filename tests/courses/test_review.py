"""The pedagogical review: what is submitted, who decides, what is published, what is kept."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, TaskState, Workflow, WorkflowPage

from courses.actions import open_branch, sync_branches
from courses.actions.review import NotTheirReview, ReviewRefused, decide, ensure_review
from courses.models import CoursePage, LessonPage, ProducerPage, QuizDraw, ReviewCriterion, ReviewRecord, ReviewTask
from courses.reviewing import decidable_by, reviewers_of
from courses.tasks import publish_scheduled
from lms.core.append_only import Immutable
from lms.people.actions import revoke_role
from lms.people.models import User
from tests.factories.courses import (
    CoursePageFactory,
    LessonPageFactory,
    ModulePageFactory,
    QuestionFactory,
    QuizPageFactory,
    make_reviewer,
    make_trainer,
)
from tests.factories.people import UserFactory
from tests.factories.reviews import Scene, every_box, state_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene()


def approve(state, by, **changes):
    given = {"is_approved": True, "met": every_box(), "comment": "", "now": timezone.now(), **changes}
    return decide([state], by, **given)


def is_live(page) -> bool:
    return Page.objects.get(pk=page.pk).live


# --- The workflow


def test_every_branch_has_the_review_and_a_partner_keeps_it(scene):
    agency = open_branch(scene.agency)
    workflow = Workflow.objects.get(workflow_tasks__task__in=ReviewTask.objects.all())
    assert [scene.lesson.get_workflow(), agency.get_workflow()] == [workflow, workflow]
    other = Workflow.objects.create(name="Autre")
    WorkflowPage.objects.all().update(workflow=other)
    for branch in (scene.branch, agency):
        ProducerPage.objects.get(pk=branch.pk).save_revision().publish()
    assert Page.objects.get(pk=scene.branch.pk).get_workflow() == workflow
    assert Page.objects.get(pk=agency.pk).get_workflow() == other  # which publishes by itself, and chooses


def test_branches_older_than_the_review_are_given_it(scene):
    WorkflowPage.objects.all().delete()
    ProducerPage.objects.update(reviewers=None)
    sync_branches()
    branch = ProducerPage.objects.get(pk=scene.branch.pk)
    assert branch.has_workflow
    assert set(branch.reviewers.user_set.all()) == {scene.reviewer, scene.chief}
    assert [granted.permission.codename for granted in branch.reviewers.page_permissions.all()] == ["unlock_page"]


def test_the_checklist_is_made_once_and_then_is_the_administrators(scene):
    assert ReviewCriterion.objects.count() == 8
    ReviewCriterion.objects.exclude(pk=ReviewCriterion.objects.first().pk).delete()
    ensure_review()
    sync_branches()
    assert (ReviewCriterion.objects.count(), ReviewTask.objects.count()) == (1, 1)


# --- Deciding


def test_an_approved_page_is_published_and_what_was_ticked_is_kept(scene):
    state, now = submit(scene.lesson, scene.author), timezone.now()
    assert not is_live(scene.lesson)
    (record,) = approve(state, scene.reviewer, comment="Très clair.", now=now)
    assert is_live(scene.lesson)
    lesson = LessonPage.objects.get(pk=scene.lesson.pk)
    assert (record.reviewer, record.revision, record.decided_at) == (scene.reviewer, lesson.live_revision, now)
    assert [row["text"] for row in record.criteria] == list(ReviewCriterion.objects.values_list("text", flat=True))
    assert all(row["is_met"] for row in record.criteria)
    state.refresh_from_db()
    assert (state.status, state.finished_by) == ("approved", scene.reviewer)
    assert state.comment.startswith("Très clair.\nPoints vérifiés : Les objectifs sont énoncés")


@pytest.mark.parametrize("missing", ["one", "all", "foreign"])
def test_nothing_is_approved_with_a_box_left_empty(scene, missing):
    state, boxes = submit(scene.lesson, scene.author), every_box()
    met = {"one": boxes[1:], "all": [], "foreign": [*boxes[1:], 10**6]}[missing]
    with pytest.raises(ReviewRefused, match="cochez chaque point"):
        approve(state, scene.reviewer, met=met)
    assert not is_live(scene.lesson)
    assert not ReviewRecord.objects.exists()


def test_a_page_sent_back_says_why_and_comes_again(scene):
    state = submit(scene.lesson, scene.author)
    with pytest.raises(ReviewRefused, match="ce qui est à changer"):
        approve(state, scene.reviewer, is_approved=False, comment="  ")
    approve(state, scene.reviewer, is_approved=False, met=every_box()[1:], comment="Citez la loi.")
    state.refresh_from_db()
    first = ReviewCriterion.objects.first().text
    assert (state.status, state.comment) == ("rejected", f"Citez la loi.\nPoints à revoir : {first}.")
    page = LessonPage.objects.get(pk=scene.lesson.pk)
    page.save_revision(user=scene.author)
    page.current_workflow_state.resume(scene.author)
    again = state_of(page)
    assert again.pk != state.pk
    approve(again, scene.chief)
    assert is_live(page)
    assert [record.is_approved for record in ReviewRecord.objects.order_by("pk")] == [False, True]


def test_an_approved_page_with_a_date_is_published_at_its_hour(scene, monkeypatch):
    now = timezone.now()
    scene.lesson.go_live_at = now + timedelta(hours=2)
    state = submit(scene.lesson, scene.author)
    approve(state, scene.reviewer)
    assert not is_live(scene.lesson)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=3))
    publish_scheduled()
    assert is_live(scene.lesson)


def test_a_course_is_submitted_and_decided_with_its_pages(scene, run_jobs):
    module = ModulePageFactory(parent=scene.course, title="Module", live=False)
    quiz = QuizPageFactory(parent=module, title="Bilan", live=False)
    course_state = submit(scene.course, scene.author)
    pages = [scene.course, scene.lesson, module, quiz]
    states = [state_of(page) for page in pages]
    assert {state.status for state in states} == {"in_progress"}
    assert states[0] == course_state
    mail.outbox.clear()
    run_jobs("courses.review_submitted")
    assert {(letter.to[0], letter.subject) for letter in mail.outbox} == {
        (person.email, "À relire : Réseaux") for person in (scene.reviewer, scene.chief)
    }
    decide(states, scene.reviewer, is_approved=True, met=every_box(), comment="", now=timezone.now())
    assert [is_live(page) for page in pages] == [True] * 4
    mail.outbox.clear()
    run_jobs()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [([scene.author.email], "Approuvée : Réseaux")]
    assert "approuvé ces 4 pages" in mail.outbox[0].body


# --- Four eyes, and scope


def test_only_reviewers_of_the_unit_or_above_decide(scene):
    state = submit(scene.lesson, scene.author)
    root, plain = User.objects.create_superuser("root@gouv.bj", "x"), UserFactory()
    may = {
        scene.reviewer: True,
        scene.chief: True,
        root: True,
        scene.stranger: False,
        scene.author: False,
        plain: False,
    }
    assert {person: decidable_by(person).filter(pk=state.pk).exists() for person in may} == may
    assert reviewers_of(state) == [scene.reviewer, scene.chief]
    for person, allowed in may.items():
        if not allowed:
            with pytest.raises(NotTheirReview):
                approve(state, person)
    assert not is_live(scene.lesson)


def test_whoever_wrote_or_submitted_it_does_not_approve_it_not_even_a_superuser(scene):
    root = User.objects.create_superuser("root@gouv.bj", "x")
    author, submitter = make_reviewer(scene.company), make_reviewer(scene.company)
    scene.lesson.save_revision(user=author)
    scene.lesson.save_revision(user=root)
    state = submit(scene.lesson, submitter)
    for person in (root, author, submitter):
        with pytest.raises(NotTheirReview):
            approve(state, person)
    assert reviewers_of(state) == [scene.reviewer, scene.chief]
    approve(state, scene.reviewer)
    # what they wrote is published: they may read what others write next
    assert decidable_by(author).filter(pk=submit(LessonPage.objects.get(), scene.author).pk).exists()


def test_a_role_that_ended_or_an_account_closed_decides_nothing(scene):
    state = submit(scene.lesson, scene.author)
    revoke_role(scene.reviewer.roles.get(), by=None)
    scene.chief.is_active = False
    scene.chief.save()
    for person in (scene.reviewer, scene.chief):
        with pytest.raises(NotTheirReview):
            approve(state, User.objects.get(pk=person.pk))
    assert reviewers_of(state) == []


def test_a_review_is_decided_once(scene):
    state = submit(scene.lesson, scene.author)
    approve(state, scene.reviewer)
    with pytest.raises(NotTheirReview):
        approve(state, scene.chief, is_approved=False, comment="Non.")


def test_one_page_that_cannot_be_decided_keeps_the_others_back(scene):
    mine = submit(scene.lesson, scene.author)
    other = LessonPageFactory(parent=scene.course, live=False)
    theirs = submit(other, scene.reviewer)
    with pytest.raises(NotTheirReview):
        decide([mine, theirs], scene.reviewer, is_approved=True, met=every_box(), comment="", now=timezone.now())
    assert not (is_live(scene.lesson) or is_live(other))


def test_a_decision_is_never_rewritten(scene):
    (record,) = approve(submit(scene.lesson, scene.author), scene.reviewer)
    record.comment = "Autre"
    with pytest.raises(Immutable):
        record.save()
    with pytest.raises(Immutable):
        ReviewRecord.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewRecord.objects.bulk_create(
            [ReviewRecord(task_state=record.task_state, revision=record.revision, reviewer=scene.chief,
                          is_approved=False, criteria=[], comment="", decided_at=timezone.now())]
        )  # fmt: skip


# --- What is read is what is published


def test_a_page_changed_since_is_not_approved(scene):
    state = submit(scene.lesson, scene.author)
    LessonPage.objects.get().save_revision()
    with pytest.raises(ReviewRefused, match="« Adresses » a changé depuis"):
        approve(state, scene.reviewer)


def test_a_version_under_review_reviewed_or_published_is_not_written_over(scene):
    state = submit(scene.lesson, scene.author)

    def overwrite():
        page = LessonPage.objects.get()
        page.title = "Autre chose"
        page.save_revision(user=scene.author, overwrite_revision=state.revision)

    for _stage in ("under review", "published"):
        with pytest.raises(PermissionDenied, match="ne change plus"):
            overwrite()
        if not is_live(scene.lesson):
            approve(state, scene.reviewer)
    draft = LessonPage.objects.get().save_revision(user=scene.author)  # the editor's autosave of a new draft
    LessonPage.objects.get().save_revision(user=scene.author, overwrite_revision=draft)


def test_a_quiz_whose_draws_lack_questions_is_not_published(scene):
    QuestionFactory(collection=scene.branch.collection, difficulty="hard")
    quiz = QuizPageFactory(parent=scene.course, title="Bilan", live=False, questions=[])
    quiz.draws = [QuizDraw(count=2, difficulty="hard")]
    state = submit(quiz, scene.author)
    with pytest.raises(ReviewRefused, match=r"« Bilan » ne peut pas être publiée : .* La banque n’a que 1 question"):
        approve(state, scene.reviewer)
    assert not is_live(quiz)
    assert (TaskState.objects.get(pk=state.pk).status, ReviewRecord.objects.count()) == ("in_progress", 0)


def test_a_page_scheduled_that_broke_since_is_held_and_its_author_told(scene, run_jobs, monkeypatch):
    """Where authors publish by themselves: what was reviewed does not change with the bank."""
    author, now = make_trainer(scene.agency), timezone.now()
    course = CoursePageFactory(parent=ProducerPage.objects.get(unit=scene.agency))
    question = QuestionFactory(difficulty="hard")
    quiz = QuizPageFactory(parent=course, title="Bilan", live=False, questions=[])
    quiz.draws, quiz.go_live_at = [QuizDraw(count=1, difficulty="hard")], now + timedelta(hours=1)
    quiz.save_revision(user=author).publish(user=author)
    question.difficulty = "easy"
    question.save()
    run_jobs()
    mail.outbox.clear()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    publish_scheduled()
    publish_scheduled()
    run_jobs()
    assert not is_live(quiz)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([author.email], "Non publiée : Bilan")
    assert "La banque n’a que 0 question" in letter.body


# --- Letters


def test_letters_are_in_french_and_lead_to_the_review(scene, run_jobs, settings):
    state = submit(scene.lesson, scene.author)
    run_jobs()
    letter = next(letter for letter in mail.outbox if letter.to == [scene.reviewer.email])
    assert letter.subject == "À relire : Adresses"
    assert "« Adresses » (formation « Réseaux ») attend votre relecture." in letter.body
    assert settings.LMS_PUBLIC_URL + reverse("courses_review", args=[state.pk]) in letter.body
    assert {letter.to[0] for letter in mail.outbox} == {scene.reviewer.email, scene.chief.email}

    mail.outbox.clear()
    approve(state, scene.reviewer, is_approved=False, met=every_box()[1:], comment="Citez la loi.")
    run_jobs()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([scene.author.email], "À modifier : Adresses")
    assert "Citez la loi." in letter.body
    assert f"– {ReviewCriterion.objects.first().text}" in letter.body
    assert settings.LMS_PUBLIC_URL + reverse("wagtailadmin_pages:edit", args=[scene.lesson.pk]) in letter.body


def test_the_state_may_ask_for_a_review_too(scene):
    trainer = make_trainer(scene.agency)
    course = CoursePageFactory(parent=ProducerPage.objects.get(unit=scene.agency), live=False)
    state = submit(course, trainer)
    assert reviewers_of(state) == [scene.chief, scene.stranger]
    approve(state, scene.stranger)
    assert CoursePage.objects.get(pk=course.pk).live

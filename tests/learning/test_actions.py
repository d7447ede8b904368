"""Enrolling, progressing, completing: once, whatever comes and however many times at once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courses.models import CoursePage, LessonPage, QuizPage
from courses.outline import course_outline, find_course
from lms.core.models import AuditEntry
from lms.learning import actions
from lms.learning.models import Completion, Enrolment, ItemProgress, ProgressEvent
from tests.factories.courses import LessonPageFactory, QuizPageFactory, course_with
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import GroupFactory, UserFactory

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def outline_of(course):
    return course_outline(*find_course(course.slug))


def finish_all(enrolment, now=NOON):
    """Finish each lesson and pass each quiz of the course."""
    for item in outline_of(enrolment.course).items:
        kind = "passed" if item.kind == "quiz" else "completed"
        actions.record_event(enrolment, item.id, kind, now, f"{kind}:{enrolment.pk}:{item.id}")


def at_once(function, times=2):
    """Call a function in several threads that start together; what each returned."""
    barrier = Barrier(times)

    def run(_):
        barrier.wait()
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


# --- Enrol


def test_enrolling_twice_is_enrolling_once():
    person, course = UserFactory(), course_with(lessons=2)
    first = actions.enrol(person, course, NOON)
    assert actions.enrol(person, course, timezone.now()) == first
    assert (first.enrolled_at, first.state, first.item_count) == (NOON, "active", 3)
    assert AuditEntry.objects.filter(verb="learning.enrol").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_enrolling_from_two_tabs_at_once_enrols_once():
    person, course = UserFactory(), course_with(lessons=1)
    found = at_once(lambda: actions.enrol(person, CoursePage.objects.get(pk=course.pk), NOON).pk, times=4)
    assert found == [Enrolment.objects.get().pk] * 4


def test_a_course_that_is_not_published_refuses():
    course = course_with(lessons=1)
    course.unpublish()
    with pytest.raises(actions.CourseNotLive):
        actions.enrol(UserFactory(), CoursePage.objects.get(pk=course.pk), NOON)


def test_an_archived_course_refuses_newcomers_and_keeps_those_enrolled():
    enrolment = EnrolmentFactory()
    CoursePage.objects.filter(pk=enrolment.course_id).update(archived_at=NOON)
    assert actions.enrol(enrolment.person, enrolment.course, NOON) == enrolment
    with pytest.raises(actions.CourseArchived):
        actions.enrol(UserFactory(), enrolment.course, NOON)


def test_a_restricted_course_is_for_its_groups():
    course, group = course_with(lessons=1), GroupFactory()
    restriction = PageViewRestriction.objects.create(page=course, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(group)
    course = CoursePage.objects.get(pk=course.pk)
    member = UserFactory()
    member.groups.add(group)
    assert actions.enrol(member, course, NOON).state == "active"
    with pytest.raises(actions.CourseRestricted):
        actions.enrol(UserFactory(), course, NOON)


def test_who_had_given_up_finds_their_progress_again():
    enrolment = EnrolmentFactory()
    lesson = LessonPage.objects.child_of(enrolment.course).first()
    actions.record_event(enrolment, lesson.pk, "completed", NOON, "k")
    assert actions.withdraw(enrolment).state == "withdrawn"
    again = actions.enrol(enrolment.person, enrolment.course, NOON)
    assert (again.pk, again.state, again.done_count) == (enrolment.pk, "active", 1)


def test_giving_up_twice_is_giving_up_once():
    enrolment = EnrolmentFactory()
    actions.withdraw(enrolment)
    actions.withdraw(enrolment)
    assert AuditEntry.objects.filter(verb="learning.withdraw").count() == 1


def test_a_completed_course_cannot_be_given_up():
    enrolment = EnrolmentFactory()
    finish_all(enrolment)
    with pytest.raises(actions.EnrolmentCompleted):
        actions.withdraw(enrolment)


def test_the_database_refuses_a_second_enrolment():
    enrolment = EnrolmentFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentFactory(person=enrolment.person, course=enrolment.course)


# --- Progress


def test_a_fact_is_kept_once_by_its_key():
    enrolment = EnrolmentFactory()
    lesson = LessonPage.objects.child_of(enrolment.course).first()
    first = actions.record_event(enrolment, lesson.pk, "completed", NOON, "k")
    second = actions.record_event(enrolment, lesson.pk, "completed", timezone.now(), "k")
    assert (first, second) == (True, False)
    event = ProgressEvent.objects.get()
    assert (event.occurred_at, event.revision_id) == (NOON, lesson.live_revision_id)


def test_a_fact_brings_progress_counts_and_place_up_to_date():
    enrolment = EnrolmentFactory()
    quiz = QuizPage.objects.child_of(enrolment.course).get()
    actions.record_event(enrolment, quiz.pk, "failed", NOON, "a1", {"score_percent": "40.00"})
    actions.record_event(enrolment, quiz.pk, "passed", NOON, "a2", {"score_percent": "80.00"})
    actions.record_event(enrolment, quiz.pk, "failed", NOON, "a0", {"score_percent": "10.00"})
    progress = ItemProgress.objects.get()
    assert (progress.completion, progress.success, progress.score_percent) == ("completed", "passed", 80)
    enrolment.refresh_from_db()
    assert (enrolment.done_count, enrolment.item_count, enrolment.last_item_id) == (1, 3, quiz.pk)
    assert enrolment.progress_percent == 33


def test_nothing_is_recorded_on_a_course_given_up():
    enrolment = EnrolmentFactory()
    lesson = LessonPage.objects.child_of(enrolment.course).first()
    actions.withdraw(enrolment)
    with pytest.raises(actions.EnrolmentWithdrawn):
        actions.record_event(enrolment, lesson.pk, "completed", NOON, "k")
    assert not ProgressEvent.objects.exists()


def test_a_fact_about_a_page_unpublished_since_is_kept_and_counts_for_nothing():
    enrolment = EnrolmentFactory()
    lesson = LessonPage.objects.child_of(enrolment.course).first()
    lesson.unpublish()
    actions.record_event(enrolment, lesson.pk, "completed", NOON, "k")
    enrolment.refresh_from_db()
    assert (enrolment.done_count, enrolment.item_count, enrolment.last_item) == (0, 2, None)


def test_progress_of_tells_each_item():
    enrolment = EnrolmentFactory()
    finish_all(enrolment)
    assert [progress.completion for progress in actions.progress_of(enrolment).values()] == ["completed"] * 3


# --- Complete


def test_the_last_condition_completes_the_course_and_says_so_once(announced):
    enrolment = EnrolmentFactory()
    finish_all(enrolment)
    finish_all(enrolment, timezone.now())
    completion = Completion.objects.get()
    course = enrolment.course
    assert (completion.completed_at, completion.content_version) == (NOON, course.content_version)
    assert completion.course_revision_id == course.live_revision_id
    assert [condition["is_met"] for condition in completion.conditions] == [True] * 3
    assert Enrolment.objects.get().state == "completed"
    assert announced == [enrolment.pk]
    assert AuditEntry.objects.filter(verb="learning.complete").count() == 1


def test_nothing_is_announced_before_the_last_condition(announced):
    enrolment = EnrolmentFactory()
    for lesson in LessonPage.objects.child_of(enrolment.course):
        actions.record_event(enrolment, lesson.pk, "completed", NOON, f"k{lesson.pk}")
    assert (announced, Completion.objects.count(), Enrolment.objects.get().state) == ([], 0, "active")


def test_what_is_added_or_failed_after_completion_undoes_nothing(announced):
    enrolment = EnrolmentFactory()
    finish_all(enrolment)
    LessonPageFactory(parent=enrolment.course)
    quiz = QuizPage.objects.child_of(enrolment.course).get()
    actions.record_event(enrolment, quiz.pk, "failed", timezone.now(), "late", {"score_percent": "0.00"})
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.done_count, enrolment.item_count) == ("completed", 3, 4)
    assert announced == [enrolment.pk]


def test_a_receiver_that_fails_undoes_the_fact_too():
    from lms.learning.signals import course_completed

    enrolment = EnrolmentFactory(course=course_with(lessons=1, quiz=False))

    def refuse(**kwargs):
        raise ValueError

    course_completed.connect(refuse)
    try:
        with pytest.raises(ValueError):
            finish_all(enrolment)
    finally:
        course_completed.disconnect(refuse)
    assert (ProgressEvent.objects.count(), Completion.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_last_facts_at_once_complete_once(announced):
    enrolment = EnrolmentFactory(course=course_with(lessons=2, quiz=False))
    first, second = LessonPage.objects.child_of(enrolment.course)
    keys = iter([(first.pk, "a"), (second.pk, "b"), (first.pk, "a"), (second.pk, "b")])
    at_once(lambda: actions.record_event(enrolment, *_key(next(keys))), times=4)
    assert (ProgressEvent.objects.count(), Completion.objects.count(), announced) == (2, 1, [enrolment.pk])


def _key(pair):
    return pair[0], "completed", NOON, pair[1]


def test_unpublishing_the_last_missing_lesson_completes_those_who_waited_for_it(announced, run_jobs):
    waiting, course = EnrolmentFactory(), None
    course = waiting.course
    behind = EnrolmentFactory(course=course)
    missing, *others = LessonPage.objects.child_of(course)
    quiz = QuizPage.objects.child_of(course).get()
    for item, kind in [*((lesson, "completed") for lesson in others), (quiz, "passed")]:
        actions.record_event(waiting, item.pk, kind, NOON, f"k{item.pk}")
    missing.unpublish()
    run_jobs("learning.complete_due")
    run_jobs("learning.complete_due")
    assert announced == [waiting.pk]
    assert Enrolment.objects.get(pk=behind.pk).state == "active"


# --- Kept


@pytest.mark.parametrize("what", ["course", "lesson", "person"])
def test_what_has_records_cannot_be_deleted(what):
    enrolment = EnrolmentFactory()
    lesson = LessonPage.objects.child_of(enrolment.course).first()
    actions.record_event(enrolment, lesson.pk, "completed", NOON, "k")
    doomed = {"course": enrolment.course, "lesson": lesson, "person": enrolment.person}[what]
    with pytest.raises(ProtectedError):
        type(doomed).objects.get(pk=doomed.pk).delete()


def test_rows_say_what_they_are():
    enrolment = EnrolmentFactory()
    finish_all(enrolment)
    assert str(enrolment) == f"{enrolment.person} – {enrolment.course}"
    assert str(Completion.objects.get()) == f"{enrolment} 22/11/2026"
    assert str(ItemProgress.objects.first()).endswith("completed")
    assert str(ProgressEvent.objects.first()).startswith("completed:")
    assert EnrolmentFactory.build(person=enrolment.person, course=enrolment.course).progress_percent == 0


def test_a_quiz_of_its_own_is_enough_for_a_course(announced):
    enrolment = EnrolmentFactory(course=QuizPageFactory().get_parent().specific)
    finish_all(enrolment)
    assert announced == [enrolment.pk]

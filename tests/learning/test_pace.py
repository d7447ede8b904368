"""What is finished faster than it can be read is recorded, once, and refuses nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.outline import read_outline
from lms.learning import pace, rules
from lms.learning.models import ItemProgress, RapidFinish
from tests.factories.courses import LessonPageFactory, course_with
from tests.factories.learning import EnrolmentFactory

WORDS = 1200  # two minutes at the fastest


@pytest.mark.parametrize(("words", "seconds"), [(0, 0), (9, 0), (10, 1), (600, 60), (WORDS, 120)])
def test_six_hundred_words_take_a_minute_at_least(words, seconds):
    assert rules.least_reading_seconds(words) == seconds


@pytest.fixture
def enrolment(db):
    course = course_with(lessons=0, quiz=False)
    LessonPageFactory(parent=course, body=[("prose", f"<p>{'mot ' * WORDS}</p>")])
    LessonPageFactory(parent=course)
    return EnrolmentFactory(course=course)


def finish(client, enrolment, item, *, opening: str):
    client.force_login(enrolment.person)
    address = reverse("learning:lesson_done", args=[enrolment.course.slug, item.slug])
    return client.post(address, {"ouverte": opening})


def opening(enrolment, item, seconds_ago: int) -> str:
    return pace.opening_of(enrolment.pk, item.id, timezone.now() - timedelta(seconds=seconds_ago))


def is_done(enrolment, item) -> bool:
    return ItemProgress.objects.filter(enrolment=enrolment, item=item.id, completion="completed").exists()


def test_a_lesson_said_done_at_once_is_recorded_and_done_all_the_same(client, enrolment):
    item = read_outline(enrolment.course_id).items[0]
    client.force_login(enrolment.person)
    page = client.get(item.url)
    finish(client, enrolment, item, opening=page.context["opening"])
    fact = RapidFinish.objects.get()
    assert (fact.enrolment, fact.item_id, fact.words, fact.least_seconds) == (enrolment, item.id, WORDS, 120)
    assert fact.seconds < 120
    assert is_done(enrolment, item)
    finish(client, enrolment, item, opening=page.context["opening"])
    assert RapidFinish.objects.count() == 1


def test_a_lesson_read_in_its_time_is_not_recorded(client, enrolment):
    item = read_outline(enrolment.course_id).items[0]
    finish(client, enrolment, item, opening=opening(enrolment, item, 121))
    assert is_done(enrolment, item)
    assert not RapidFinish.objects.exists()


def test_an_opening_forged_or_of_another_says_nothing_and_loses_nothing(client, enrolment):
    item, other = read_outline(enrolment.course_id).items
    for forged in ("", "n’importe quoi", f"{enrolment.pk}:{item.id}:0:faux", opening(enrolment, other, 0)):
        assert pace.opened_at(forged, enrolment.pk, item.id) is None
    finish(client, enrolment, item, opening="1:2:3:faux")
    assert is_done(enrolment, item)
    assert not RapidFinish.objects.exists()


def test_the_record_cannot_be_changed_nor_removed(enrolment):
    now, item = timezone.now(), read_outline(enrolment.course_id).items[0]
    assert [pace.record_pace(enrolment, item.id, WORDS, now, now, "lesson:1") for _again in range(2)] == [True, True]
    fact = RapidFinish.objects.get()
    with pytest.raises(RapidFinish.Immutable):
        fact.delete()
    with pytest.raises(RapidFinish.Immutable):
        fact.save()

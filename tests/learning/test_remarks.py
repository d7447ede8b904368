"""A learner tells the trainers something about a lesson; who may, how often, and what is kept once it is erased."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from courses.outline import read_outline
from lms.core.models import AuditEntry
from lms.learning.models import LessonRemark
from lms.learning.remarks import MOST_A_DAY, TooManyRemarks, erase_remark, handle_remark, send_remark
from tests.factories.learning import EnrolmentFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return EnrolmentFactory()


@pytest.fixture
def lesson(enrolment):
    return read_outline(enrolment.course_id).items[0]


def address(enrolment, lesson):
    return reverse("learning:lesson_remark", args=[enrolment.course.slug, lesson.slug])


def test_a_learner_sends_a_remark_and_reads_on(client, enrolment, lesson):
    client.force_login(enrolment.person)
    assert f'action="{address(enrolment, lesson)}"' in client.get(lesson.url).content.decode()
    answer = client.post(address(enrolment, lesson), {"text": "Le lien du § 2 est mort."}, follow=True)
    assert answer.redirect_chain == [(lesson.url, 302)]
    assert "Votre remarque est transmise aux formateurs" in answer.content.decode()
    remark = LessonRemark.objects.get()
    assert (remark.enrolment, remark.lesson_id, remark.revision_id) == (enrolment, lesson.id, lesson.revision_id)
    assert (remark.text, remark.state) == ("Le lien du § 2 est mort.", "new")


@pytest.mark.parametrize("text", ["", "   ", "a" * 1_001])
def test_what_cannot_be_sent_comes_back_with_the_reason(client, enrolment, lesson, text):
    client.force_login(enrolment.person)
    page = client.post(address(enrolment, lesson), {"text": text}).content.decode()
    assert 'class="field__errors"' in page
    assert text.strip() in page
    assert not LessonRemark.objects.exists()


def test_who_is_not_enrolled_and_pages_that_are_no_lesson_find_no_form(client, enrolment, lesson):
    client.force_login(UserFactory())
    assert client.post(address(enrolment, lesson), {"text": "Bonjour"}).status_code == 404
    client.force_login(enrolment.person)
    quiz = read_outline(enrolment.course_id).items[-1]
    assert client.post(address(enrolment, quiz), {"text": "Bonjour"}).status_code == 404
    client.logout()
    assert client.post(address(enrolment, lesson), {"text": "Bonjour"}).status_code == 302
    assert not LessonRemark.objects.exists()


def test_the_same_words_twice_are_one_remark_and_a_day_holds_ten(client, enrolment, lesson):
    now = timezone.now()
    assert send_remark(enrolment, lesson, "Une fois", now) == send_remark(enrolment, lesson, "Une fois", now)
    for rank in range(MOST_A_DAY - 1):
        send_remark(enrolment, lesson, f"Remarque {rank}", now)
    with pytest.raises(TooManyRemarks):
        send_remark(enrolment, lesson, "Une de trop", now)
    client.force_login(enrolment.person)
    assert "beaucoup de remarques" in client.post(address(enrolment, lesson), {"text": "Encore"}).content.decode()
    assert send_remark(enrolment, lesson, "Le lendemain", now + timedelta(days=1, seconds=1)).pk


def test_erasing_keeps_that_it_was_sent_and_who_erased_it(enrolment, lesson):
    trainer, now = UserFactory(), timezone.now()
    remark = send_remark(enrolment, lesson, "Monsieur X est nul", now)
    assert handle_remark(remark, trainer, now)
    assert not handle_remark(remark, trainer, now)
    assert erase_remark(remark, trainer, now)
    assert not erase_remark(remark, trainer, now)
    remark.refresh_from_db()
    assert (remark.state, remark.text, remark.handled_by) == ("erased", "", trainer)
    entry = AuditEntry.objects.get(verb="learning.erase_remark")
    assert (entry.actor_label, "nul" in str(entry.details) + entry.object_label) == (str(trainer), False)
    with pytest.raises(IntegrityError), transaction.atomic():
        LessonRemark.objects.filter(pk=remark.pk).update(text="revenu")

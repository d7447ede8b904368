"""What lists and exports keep secret, whoever reads them: marks of an exam that has not closed, turns of anonymous copies."""

import datetime
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lms.assessment import actions
from lms.assessment.actions.allowances import NotAllowable, reopen_attempt
from lms.assessment.actions.marking import mark_by_hand
from lms.assessment.actions.regrading import apply_regrade, decide_regrade
from lms.assessment.actions.statistics import compute_statistics, courses_to_compute
from lms.assessment.models import Attempt, ItemStatistics
from lms.assessment.models.telling import copy_code
from lms.people.rules import Role
from tests.assessment.test_views import text
from tests.assessment.test_withheld_marks import close, exam, sat
from tests.factories.learning import EnrolmentFactory
from tests.factories.marking import essay_attempt, essay_quiz, trainer_of
from tests.factories.people import PostFactory, UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
REGISTER = "assessment_attempts:index"


def course_of(quiz):
    return quiz.get_parent().specific


def readers(quiz, attempts):
    """Who may list these attempts, and where: those who teach the course, HR officers of the learners' unit."""
    unit = UnitFactory()
    for attempt in attempts:
        PostFactory(person=attempt.enrolment.person, unit=unit)
    officer = UserFactory(is_staff=True)
    give_role(officer, Role.HR, unit)
    course = course_of(quiz)
    taught = reverse("assessment_course_attempt_list", args=[course.pk])
    return [(trainer_of(course), taught), (officer, reverse(REGISTER))]


def lines_of(client, address, **filters):
    """The lines of an export, what is the same for all left out, by last name."""
    answer = client.get(address, {"export": "xlsx", **filters})
    head, *lines = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    return {line[head.index("Nom")]: dict(zip(head, line, strict=True)) for line in lines}


@pytest.fixture
def sittings():
    """Two at the same exam, handed in at the same moment: one passed, one failed."""
    quiz = exam()
    passed, failed = sat(quiz), sat(quiz, is_right=False)
    Attempt.objects.update(submitted_at=timezone.now())
    return quiz, passed, failed


@pytest.mark.parametrize("reader", [0, 1], ids=["trainer", "HR officer"])
def test_no_list_tells_who_passed_an_exam_before_it_closes(client, sittings, reader):
    quiz, passed, failed = sittings
    person, address = readers(quiz, [passed, failed])[reader]
    client.force_login(person)
    passed.refresh_from_db()
    names = [one.enrolment.person.last_name for one in (passed, failed)]

    def told():
        lines = lines_of(client, address)
        return [[lines[name][head] for head in ("Note (%)", "Réussie", "Résultat")] for name in names]

    retained = passed.withheld_label
    assert retained.startswith("résultat retenu jusqu’au ")
    assert [[cell or None for cell in line] for line in told()] == [[None, None, retained]] * 2
    assert text(client.get(address)).count(retained) == 2
    for filters in ({"is_passed": "true"}, {"is_passed": "false"}):
        assert not lines_of(client, address, **filters)
        assert names[0] not in text(client.get(address, filters))
    close(quiz)
    assert [[int(mark), bool(is_passed)] for mark, is_passed, _label in told()] == [[100, True], [0, False]]
    assert list(lines_of(client, address, is_passed="true")) == names[:1]


@pytest.mark.parametrize("sort", ["told_score_percent", "-told_score_percent", "told_is_passed", "score_percent"])
@pytest.mark.parametrize("reader", [0, 1], ids=["trainer", "HR officer"])
def test_no_order_tells_who_passed_either(client, sittings, reader, sort):
    quiz, passed, failed = sittings
    person, address = readers(quiz, [passed, failed])[reader]
    client.force_login(person)
    swapped = Attempt.objects.in_bulk()
    before = [row.pk for row in client.get(address, {"ordering": sort}).context["object_list"]]
    for one, other in ((passed, failed), (failed, passed)):
        from_ = swapped[other.pk]
        Attempt.objects.filter(pk=one.pk).update(score_percent=from_.score_percent, is_passed=from_.is_passed)
    assert [row.pk for row in client.get(address, {"ordering": sort}).context["object_list"]] == before


def test_no_figure_counts_an_exam_before_it_closes(client, sittings):
    quiz, passed, failed = sittings
    course, version = course_of(quiz), passed.questions.first().version
    compute_statistics(quiz, timezone.now())
    assert (ItemStatistics.objects.count(), courses_to_compute()) == (0, [])
    client.force_login(trainer_of(course))
    pages = [
        reverse("assessment_follow_up", args=[course.pk]),
        reverse("assessment_quiz_questions", args=[quiz.pk]),
        reverse("assessment_decide_regrade", args=[quiz.pk, version.pk]),
    ]

    def read():
        return [re.sub(r'_TOKEN": "\w+"', "", text(client.get(page))) for page in pages]

    before = read()
    assert "2 tentatives d’examen ne sont pas comptées ici" in before[2]
    for one in (passed, failed):  # had both failed, the pages would say the same
        one.questions.update(awarded_points=0)
    Attempt.objects.update(score_percent=0, is_passed=False)
    assert read() == before
    close(quiz)
    assert courses_to_compute() == [course]
    assert read() != before


def test_a_decision_tells_no_outcome_before_the_closing(client, sittings):
    quiz, _passed, failed = sittings
    trainer = trainer_of(course_of(quiz))
    decided = decide_regrade(quiz, failed.questions.first().version, "full", "Faute.", trainer, timezone.now())
    apply_regrade(decided, failed.pk, timezone.now())
    client.force_login(trainer)
    address = reverse("assessment_regrade", args=[decided.pk])
    page = text(client.get(address))
    assert "1 tentative d’examen renotée n’est pas montrée ici" in page
    assert str(failed.enrolment.person) not in page
    close(quiz)
    assert str(failed.enrolment.person) in text(client.get(address))


def test_opening_again_an_exam_that_has_not_closed_tells_nothing(sittings):
    quiz, passed, failed = sittings
    trainer, now = trainer_of(course_of(quiz)), timezone.now()
    for one in (passed, failed):
        assert reopen_attempt(one, "Coupure de courant.", trainer, now, now + HOUR)
    other = sat(quiz)
    close(quiz)
    with pytest.raises(NotAllowable):
        reopen_attempt(other, "Coupure de courant.", trainer, now, now + HOUR)


# --- Anonymous copies


@pytest.fixture
def copies():
    """Six anonymous copies, begun and handed in one after the other, and their course."""
    quiz = essay_quiz(anonymous_marking=True)
    course, found = course_of(quiz), []
    for minutes in range(6):
        attempt = essay_attempt(quiz, enrolment=EnrolmentFactory(course=course))
        answers = {row.position: "Un texte." for row in attempt.questions.filter(version__type="essay")}
        found.append(actions.submit(attempt, timezone.now(), answers))
        moments = {name: timezone.now() - HOUR + minutes * HOUR / 60 for name in ("started_at", "submitted_at")}
        Attempt.objects.filter(pk=attempt.pk).update(**moments)
    return course, found


def test_copies_have_neither_hour_nor_turn_of_their_own(client, copies):
    course, found = copies
    client.force_login(trainer_of(course))
    address = reverse("assessment_marking:index")
    rows = list(client.get(address).context["object_list"])
    assert {row.told_submitted_at for row in rows} == {None}
    by_code = sorted(found, key=lambda one: copy_code(one.pk))
    assert [row.attempt_id for row in rows] == [one.pk for one in by_code]
    assert [row.candidate for row in rows] == [f"Copie {copy_code(one.pk)}" for one in by_code]
    answer = client.get(address, {"export": "xlsx"})
    head, *lines = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    assert {line[head.index("Remise le")] or None for line in lines} == {None}
    assert "remise le" not in text(client.get(reverse("assessment_mark", args=[rows[0].pk])))


def test_the_queue_of_copies_is_walked_once_each(client, copies):
    course, found = copies
    client.force_login(trainer_of(course))
    address = client.get(reverse("assessment_marking:index")).context["object_list"][0]
    seen, following = [], reverse("assessment_mark", args=[address.pk])
    for _ in found:
        page = client.get(following)
        seen.append(page.context["row"].attempt_id)
        following = page.context["next_url"]
    assert seen == sorted((one.pk for one in found), key=copy_code)


@pytest.mark.parametrize("reader", [0, 1], ids=["trainer", "HR officer"])
@pytest.mark.parametrize("sort", ["", "told_submitted_at", "-told_submitted_at", "told_score_percent", "submitted_at"])
def test_beside_names_neither_hours_nor_points_nor_order_until_all_is_marked(client, copies, reader, sort):
    course, found = copies
    person, address = readers(found[0].quiz, found)[reader]
    client.force_login(person)
    listed = list(client.get(address, {"ordering": sort} if sort else {}).context["object_list"])
    assert [row.pk for row in listed] == sorted((one.pk for one in found), key=copy_code)
    lines = lines_of(client, address)
    secret = ("Note (%)", "Commencée le", "Remise le")
    assert {line[head] or None for line in lines.values() for head in secret} == {None}
    essay = found[0].questions.get(version__type="essay")
    mark_by_hand(essay, trainer_of(course), {"a": 2, "b": 2}, "", 0, timezone.now())
    marked = lines_of(client, address)[found[0].enrolment.person.last_name]
    assert all(marked[head] is not None for head in secret)


def test_address_of_a_copy_tells_no_turn(client, copies):
    """Beside the list of those present in a sitting, numbers in the order of the starts would name each copy."""
    course, _found = copies
    client.force_login(trainer_of(course))
    rows = list(client.get(reverse("assessment_marking:index")).context["object_list"])
    addresses = [reverse("assessment_mark", args=[row.pk]) for row in sorted(rows, key=lambda row: row.pk)]
    assert addresses != sorted(addresses)
    assert {client.get(address).status_code for address in addresses} == {200}
    folder = addresses[0].rpartition("/")[0].rpartition("/")[0]
    for guess in (rows[0].pk, "0" * 32, "f" * 32):
        assert client.get(f"{folder}/{guess}/").status_code == 404

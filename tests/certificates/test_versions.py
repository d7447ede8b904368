"""A substantial version: what changed is read and answered by those certified before, and by nobody else."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from certificates.actions import (
    CheckRefused,
    issue_after_void,
    revoke_certificate,
    start_check,
    suspend_certificate,
    void_number,
)
from certificates.actions.assigning import ask_for_late_holders, assign_version
from certificates.actions.checks import finish_update, start_update_check
from certificates.actions.recertifying import RecertificationRefused, lessons_of
from certificates.actions.renewals import may_renew
from certificates.actions.versions import VersionRefused, decide_version
from certificates.contents import changes_of, questions_of
from certificates.models import Certificate, CoursePolicy, KnowledgeCheck, Recertification, SubstantialVersion
from certificates.rules.versions import lessons_to_read
from certificates.words import assessment_mode
from courses.models import LessonPage
from lms.core import append_only
from lms.core.append_only import Immutable
from lms.core.models import Job
from lms.hr.models import HeldLevel
from lms.learning.actions import enrol
from lms.learning.models import ItemProgress, ProgressEvent
from tests.certificates.makers import make_user
from tests.certificates.test_holds import answer
from tests.certificates.test_issuing import at_once
from tests.certificates.updated import bank_of, certify, make_followed_course, mark, read_again, rewrite
from tests.factories.courses import LessonPageFactory, ModulePageFactory, QuestionFactory, QuizPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_followed_course()


@pytest.fixture
def trainer():
    return make_user("Ada", "FORMATRICE", is_superuser=True, is_staff=True)


@pytest.fixture
def held(course):
    return certify(course)


@pytest.fixture
def update(course, held, trainer, run_jobs):
    """The second lesson changed; its holder is asked to read it and to answer two questions."""
    rewrite(course, "lecon-2")
    mark(course, trainer, bank_of(course)[:2])
    run_jobs()
    mail.outbox.clear()
    return Recertification.objects.get()


def finish(update, run_jobs, right=2):
    read_again(update)
    answer(start_update_check(update, timezone.now()), right=right)
    run_jobs()
    update.refresh_from_db()
    return update


def line(pk, revision, change="changed", same=()):
    return {"id": pk, "title": f"L{pk}", "change": change, "revision": revision, "same": list(same)}


@pytest.mark.parametrize(
    ("versions", "read", "asked"),
    [
        ([[line(1, 10), line(2, 11)]], {1: {4}, 2: {5}}, [(1, 10), (2, 11)]),
        ([[line(1, 10)]], {1: {10}}, []),  # read as it is
        ([[line(1, 10)]], {1: {12}}, []),  # read later than that
        ([[line(1, 10, same=[4])]], {1: {4}}, []),  # says the same
        ([[line(1, 10, "added")]], {}, [(1, 10)]),
        ([[line(1, 10)], [line(1, 20), line(2, 21)]], {1: {4}, 2: {5}}, [(1, 20), (2, 21)]),
        ([[line(1, 10)], [line(2, 21)]], {1: {4}, 2: {5}}, [(1, 10), (2, 21)]),
        ([[line(1, 10)], [line(1, None, "removed")]], {1: {4}}, []),
        ([[line(1, None, "removed")], [line(1, 30, "added")]], {1: {4}}, [(1, 30)]),
    ],
)
def test_a_holder_reads_what_changed_since_and_no_more(versions, read, asked):
    assert [(row["id"], row["revision"]) for row in lessons_to_read(versions, read)] == asked


def test_the_whole_road_from_the_mark_to_the_new_certificate(client, course, held, trainer, run_jobs):
    rewrite(course, "lecon-2")
    assert [(one.title, one.change) for one in changes_of(course, timezone.localdate())] == [("Leçon 2", "changed")]
    mark(course, trainer, bank_of(course)[:2])
    run_jobs()
    update = Recertification.objects.get()
    assert (update.enrolment, update.amount) == (held.enrolment, "1 leçon à revoir, 2 questions")
    (letter,) = [message for message in mail.outbox if message.subject == "La formation « Messagerie » a changé"]
    assert letter.to == [held.person.email]
    assert "Le délai de réponse change.\n" in letter.body and "- Leçon 2\n" in letter.body
    assert "- Leçon 1\n" not in letter.body

    client.force_login(held.person)
    address = update.get_absolute_url()
    for page in (reverse("certificates:mine"), reverse("learning:course", args=[course.slug])):
        shown = client.get(page).content.decode()
        assert "La mise à jour demande : 1 leçon à revoir, 2 questions." in shown and address in shown
    assert "Vous répondrez ensuite à 2 questions" in client.get(address).content.decode()
    with pytest.raises(CheckRefused):  # the questions come after the lessons
        start_update_check(update, timezone.now())

    lesson = f"{course.get_url()}lecon-2/"
    assert "J’ai revu cette leçon" in client.get(lesson).content.decode()
    assert "J’ai revu" not in client.get(f"{course.get_url()}lecon-1/").content.decode()
    assert client.post(f"{lesson}terminer/").url == course.get_url()
    assert "J’ai revu" not in client.get(lesson).content.decode()

    sheet = client.post(address, {"act": "questions"}, follow=True).content.decode()
    assert "Question 1 sur 2" in sheet
    check = KnowledgeCheck.objects.get()
    answer(check, right=2)
    assert "C’est à jour" in client.get(reverse("certificates:check", args=[check.pk])).content.decode()
    run_jobs()

    held.refresh_from_db()
    update.refresh_from_db()
    new, printed = update.certificate, update.certificate.printed
    assert (held.state, new.state, new.origin, new.former, new.revision) == ("valid", "valid", "update", held, 2)
    assert (printed.content_version, printed.assurance, printed.updates) == (2, "N2", held.printed_number)
    assert printed.competences == held.printed.competences
    assert printed.pass_mark_percent == 80
    assert new.printed_number in client.get(address).content.decode()
    client.logout()
    former_page = client.get(reverse("certificates:verify_code", args=[held.public_code])).content.decode()
    assert "il existe un certificat plus récent de la même personne, pour la version 2 de la formation" in former_page
    new_page = client.get(reverse("certificates:verify_code", args=[new.public_code])).content.decode()
    assert "plus récent" not in new_page
    mode = f"mise à jour de {held.printed_number} : épreuve en ligne sur les seules parties changées"
    assert mode in new_page.replace("&nbsp;", " ")


def test_failed_or_hasty_check_updates_nothing_and_tries_are_counted(update):
    read_again(update)
    answer(start_update_check(update, timezone.now()), right=0)
    with pytest.raises(RecertificationRefused):
        finish_update(update, timezone.now())
    answer(start_update_check(update, timezone.now()), seconds=0)
    with pytest.raises(CheckRefused):
        start_update_check(update, timezone.now())
    with pytest.raises(RecertificationRefused):
        finish_update(update, timezone.now())
    assert Certificate.objects.count() == 1


def test_without_a_question_nothing_is_tested_and_no_level_is_attested(client, course, held, trainer, run_jobs):
    rewrite(course, "lecon-1")
    mark(course, trainer)
    run_jobs()
    update = Recertification.objects.get()
    read_again(update)
    client.force_login(held.person)
    assert "attestation de suivi" in client.get(update.get_absolute_url()).content.decode()
    client.post(update.get_absolute_url(), {"act": "finish"})
    run_jobs()
    new = Certificate.objects.get(origin="update")
    printed = new.printed
    assert (new.state, printed.assurance, printed.competences, printed.pass_mark_percent) == ("valid", "N1", (), None)
    assert printed.covered == tuple(f"{row.code} · {row.name}" for row in held.printed.competences)
    assert "updated" not in printed.to_json() and printed.updates == held.printed_number
    assert list(HeldLevel.objects.values_list("person", "level")) == [
        (held.person_id, 2)
    ]  # the former one still proves


def test_the_new_certificate_ends_with_the_former_but_in_its_last_months(course, trainer, run_jobs):
    CoursePolicy.objects.create(course=course, validity_months=24)
    early, late = certify(course), certify(course)
    soon = timezone.localdate() + timedelta(days=30)
    Certificate.objects.filter(pk=late.pk).update(expires_on=soon)
    rewrite(course, "lecon-1")
    mark(course, trainer, bank_of(course)[:1])
    run_jobs()
    for update in Recertification.objects.all():
        finish(update, run_jobs)
    ends = {row.former_id: row.expires_on for row in Certificate.objects.filter(origin="update")}
    assert ends == {early.pk: early.expires_on, late.pk: early.expires_on}
    assert not may_renew(
        Certificate.objects.get(pk=late.pk), timezone.localdate()
    )  # the new one is renewed from then on


def test_a_renewed_update_says_how_it_was_renewed_and_no_more_that_it_is_one(update, run_jobs):
    finish(update, run_jobs)
    new = Certificate.objects.get(origin="update")
    Certificate.objects.filter(pk=new.pk).update(expires_on=timezone.localdate() + timedelta(days=30))
    answer(start_check(new.enrolment, "renewal", timezone.now()))
    run_jobs("certificates.issue")
    assert assessment_mode(new.printed).startswith(f"mise à jour de {new.printed.updates} : épreuve en ligne")
    renewed = new.renewal().printed
    assert assessment_mode(renewed) == "épreuve notée, passée en ligne, réussie à partir de 80\N{NO-BREAK SPACE}%"
    assert (renewed.content_version, renewed.competences) == (2, new.printed.competences)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (suspend_certificate, "est suspendu : il pourra être mis à jour"),
        (revoke_certificate, "n’est plus valide (révoqué)"),
    ],
)
def test_a_certificate_suspended_or_revoked_meanwhile_is_not_updated(client, update, held, trainer, act, words):
    read_again(update)
    check = start_update_check(update, timezone.now())
    act(held, trainer, "Doute", timezone.now())
    answer(check)
    assert not Certificate.objects.filter(origin="update").exists()
    client.force_login(held.person)
    page = client.post(update.get_absolute_url(), {"act": "finish"}, follow=True).content.decode()
    assert f"{held.printed_number} {words}" in page
    update.refresh_from_db()
    assert update.state == "open"


def test_two_versions_in_a_row_ask_for_what_changed_since_the_certificate(course, held, trainer, run_jobs):
    questions = bank_of(course)
    rewrite(course, "lecon-1")
    mark(course, trainer, questions[:1])
    run_jobs()
    first = Recertification.objects.get()
    read_again(first)  # read, and its question not answered
    rewrite(course, "lecon-2")
    mark(course, trainer, questions[1:2])
    run_jobs()
    first.refresh_from_db()
    second = Recertification.objects.open().get()
    assert first.state == "superseded"
    assert [(row.title, row.is_read) for row in lessons_of(second)] == [("Leçon 1", True), ("Leçon 2", False)]
    assert second.questions == sorted(row.pk for row in questions[:2])
    with pytest.raises(RecertificationRefused):
        finish_update(first, timezone.now())
    assert finish(second, run_jobs).certificate.printed.content_version == 3


def test_who_is_up_to_date_is_asked_the_next_version_alone(course, update, trainer, run_jobs):
    finish(update, run_jobs)
    rewrite(course, "lecon-3")
    mark(course, trainer, bank_of(course)[:1])
    run_jobs()
    (following,) = Recertification.objects.open()
    assert [row["title"] for row in following.lessons] == ["Leçon 3"]
    assert finish(following, run_jobs).certificate.former == update.certificate


def test_only_holders_of_an_earlier_version_who_read_an_earlier_text_are_asked(course, held, trainer, run_jobs):
    revoked = certify(course)
    enrol(make_user(), course, timezone.now())  # has no certificate
    rewrite(course, "lecon-2")
    certify(course)  # with this version already
    revoke_certificate(revoked, trainer, "Fraude", timezone.now())
    mark(course, trainer)
    run_jobs()
    assert list(Recertification.objects.values_list("enrolment__person", flat=True)) == [held.person_id]


def test_who_is_certified_late_with_an_earlier_version_is_asked_the_next_day(course, held, update, trainer, run_jobs):
    suspended = certify(make_followed_course())
    late = certify(make_followed_course())
    for certificate in (
        suspended,
        late,
    ):  # of the same course, certified with the first version, out of sight until now
        enrolment = certificate.enrolment
        enrolment.course = course
        enrolment.save()
    suspend_certificate(suspended, trainer, "Doute", timezone.now())
    for _ in range(2):
        ask_for_late_holders(timezone.localdate())
        run_jobs("certificates.assign_version")
    people = Recertification.objects.order_by("pk").values_list("enrolment__person", flat=True)
    assert list(people) == [held.person_id, late.person_id]


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_for_any_number_of_holders(course, trainer, count, django_assert_num_queries):
    for _ in range(count):
        certify(course)
    rewrite(course, "lecon-1", "lecon-2")
    version = mark(course, trainer, bank_of(course)[:1])
    said = []
    # total; a batch: found, locked, read, versions, what they read; superseded, asked, mails known and new (in savepoints); nothing left
    with django_assert_num_queries(20):
        assert assign_version(version, timezone.now(), lambda seen, total: said.append((seen, total))) == count
    assert said == [(count, count)]
    assert Job.objects.filter(name="certificates.tell_update").count() == count
    assert ItemProgress.objects.filter(is_asked_again=True).count() == 2 * count


def test_assigned_twice_or_killed_half_way_asks_each_holder_once(course, trainer, run_jobs, monkeypatch):
    monkeypatch.setattr("certificates.actions.assigning.BATCH", 2)
    for _ in range(5):
        certify(course)
    rewrite(course, "lecon-1")
    version = mark(course, trainer)

    def die(seen, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assign_version(version, timezone.now(), die)
    assert Recertification.objects.count() == 2
    said = []
    assign_version(version, timezone.now(), lambda seen, total: said.append((seen, total)))
    assert said == [(2, 3), (3, 3)]
    assert assign_version(version, timezone.now(), die) == 0
    assert Recertification.objects.count() == Job.objects.filter(name="certificates.tell_update").count() == 5
    assert ProgressEvent.objects.asked_again().count() == 5


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one at a time")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_ask_once_and_give_one_certificate():
    course, trainer = make_followed_course(), make_user(is_superuser=True)
    held = certify(course)
    rewrite(course, "lecon-1")
    version = mark(course, trainer)
    assert at_once(*[lambda: assign_version(version, timezone.now(), lambda seen, total: None)] * 2) == []
    update = Recertification.objects.get()
    read_again(update)
    assert at_once(*[lambda: finish_update(update, timezone.now())] * 2) == []
    assert Certificate.objects.filter(former=held).count() == 1


def test_finishing_twice_gives_one_certificate(update, run_jobs):
    finish(update, run_jobs)
    again = finish_update(update, timezone.now())
    assert again == update.certificate
    assert Certificate.objects.filter(origin="update").count() == 1


def test_a_void_number_of_an_update_is_given_again(update, run_jobs, trainer):
    read_again(update)
    answer(start_update_check(update, timezone.now()))
    void = Certificate.objects.get(origin="update")
    void = void_number(void, trainer, "Dessin impossible", timezone.now())
    again = issue_after_void(void, trainer, timezone.now())
    run_jobs()
    update.refresh_from_db()
    again.refresh_from_db()
    assert (update.certificate, again.state, again.printed.updates) == (again, "valid", void.printed.updates)


def test_unpublished_lessons_are_not_asked_and_give_nothing_for_free(client, course, update, held, run_jobs):
    lesson = LessonPage.objects.child_of(course).get(slug="lecon-2")
    lesson.unpublish()
    client.force_login(held.person)
    shown = client.get(update.get_absolute_url()).content.decode()
    assert "Plus publiée : elle ne vous est pas demandée" in shown
    with pytest.raises(RecertificationRefused, match="n’est pas publié"):
        finish_update(update, timezone.now())
    lesson.refresh_from_db()
    lesson.save_revision().publish()
    with pytest.raises(RecertificationRefused, match="Il reste des leçons"):
        finish_update(update, timezone.now())
    assert finish(update, run_jobs).state == "done"


def test_republishing_the_same_text_changes_nothing(course, held):
    rewrite(course, "lecon-1")
    lesson = LessonPage.objects.child_of(course).get(slug="lecon-2")
    lesson.unpublish()
    lesson.save_revision().publish()
    assert [one.title for one in changes_of(course, timezone.localdate())] == ["Leçon 1"]


def test_lessons_added_and_removed_are_told_apart(course, held):
    LessonPageFactory(parent=course, title="Leçon 4")
    LessonPage.objects.child_of(course).get(slug="lecon-1").unpublish()
    found = [(one.title, one.change) for one in changes_of(course, timezone.localdate())]
    assert found == [("Leçon 4", "added"), ("Leçon 1", "removed")]


def test_questions_concerned_are_those_of_the_module_the_quick_checks_and_the_reworded(course, held):
    module = ModulePageFactory(parent=course)
    quick, beside, apart = QuestionFactory(), QuestionFactory(), bank_of(course)[0]
    body = [("prose", "<p>Texte.</p>"), ("quick_check", {"question": quick})]
    lesson = LessonPageFactory(parent=module, title="Leçon du module", body=body)
    QuizPageFactory(parent=module, questions=[beside])
    # Those asked until now were written before the certificate; these three after, so the certificate is made the later one.
    held.enrolment.completion.__class__.objects.update(completed_at=timezone.now() + timedelta(hours=1))
    concerned, others = questions_of(course, [lesson.pk], timezone.localdate())
    assert {row.pk for row in concerned} == {quick.pk, beside.pk}
    assert apart in others
    held.enrolment.completion.__class__.objects.update(completed_at=timezone.now())
    apart.prompt = "Reformulée ?"
    apart.save()
    concerned, _ = questions_of(course, [lesson.pk], timezone.localdate())
    assert {row.pk for row in concerned} == {quick.pk, beside.pk, apart.pk}


def test_a_version_is_refused_where_nobody_holds_a_certificate(course, trainer):
    with pytest.raises(VersionRefused, match="Personne n’a encore de certificat"):
        mark(course, trainer)


def test_a_version_is_refused_without_a_new_number_or_a_changed_lesson(course, held, trainer, run_jobs):
    with pytest.raises(VersionRefused, match="Aucune leçon publiée"):
        mark(course, trainer)
    rewrite(course, "lecon-1", version=1)
    with pytest.raises(VersionRefused, match="version du contenu 1"):
        mark(course, trainer)
    rewrite(course, version=2)
    with pytest.raises(VersionRefused, match="La formation a changé"):
        mark(course, trainer, lessons=[0])
    mark(course, trainer)
    with pytest.raises(VersionRefused, match="Aucune leçon publiée"):
        mark(course, trainer)
    assert SubstantialVersion.objects.count() == 1


def test_what_was_marked_is_append_only_for_the_database_too(course, held, trainer):
    rewrite(course, "lecon-1")
    version = mark(course, trainer)
    version.reason = "Autre"
    with pytest.raises(Immutable):
        version.save()
    with pytest.raises(Immutable):
        SubstantialVersion.objects.update(reason="Autre")
    tables = ("certificates_substantialversion", "certificates_versiondecision")
    if connection.vendor == "sqlite":
        append_only.install(connection, *tables)
    for table in tables:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    if connection.vendor == "sqlite":
        append_only.remove(connection, *tables)


def test_only_a_reviewer_of_the_branch_decides_what_was_proposed(course, held, trainer):
    rewrite(course, "lecon-1")
    version = mark(course, trainer)
    with pytest.raises(VersionRefused):  # decided already
        decide_version(version, make_user(is_superuser=True), False, "Non", timezone.now())

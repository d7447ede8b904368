"""A trainer brings a file of questions into the bank: preview, confirmation, background work, report; and takes them out."""

import io
from dataclasses import replace

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from courses.actions.import_questions import (
    AlreadyAsked,
    begin_import,
    carry_out,
    confirm_import,
    plan_import,
    run_import,
)
from courses.actions.imports import paced
from courses.exports import gift, moodle_xml, sheet
from courses.exports.from_bank import neutral_questions
from courses.imports.questions.files import read_questions
from courses.models import Question, QuestionImport, QuestionTag, QuestionVersion, TaggedQuestion
from courses.models.banks import shared_bank
from lms.core.models import AuditEntry, Job
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.courses.question_samples import CSV, GIFT, MOODLE, five_thousand_gift, questions
from tests.factories.courses import ANSWERS, QuestionFactory, make_trainer
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
WRITERS = {"gift": gift.write_gift, "xml": moodle_xml.write_moodle_xml, "xlsx": sheet.write_xlsx}


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def back_office(client, trainer):
    client.force_login(trainer)
    return client


UNSAYABLE = {"gift": ("gap_fill", "survey", "file"), "xml": ("survey",), "xlsx": ()}


def as_bytes(written) -> bytes:
    return written if isinstance(written, bytes) else written.encode()


def imported(data, user=None, **wishes) -> QuestionImport:
    """A file brought in at once, as the job does it."""
    user = user or UserFactory()
    begun = begin_import("fichier", as_bytes(data), shared_bank(), user, timezone.now())
    confirm_import(begun, user, **{"all_or_nothing": False, "replaces": False, **wishes})
    return run_import(begun.pk, timezone.now())


def bank() -> list[tuple]:
    return list(Question.objects.values_list("code", "prompt").order_by("code"))


# --- What enters the bank


@pytest.mark.parametrize("data", [GIFT, MOODLE, CSV], ids=["gift", "moodle", "csv"])
def test_imported_questions_are_those_an_author_would_have_saved(data):
    done = imported(data)
    assert done.counts["created"] == Question.objects.count() > 5
    for question in Question.objects.all():
        version = question.current_version()
        assert (version.number, version.type) == (1, question.type)
        assert version.content == question.content()
        question.full_clean()
        question.save()  # saving it again freezes nothing new
        assert question.versions.count() == 1


def test_faulty_questions_stay_out_and_the_others_come_in():
    done = imported(GIFT)
    assert (done.state, done.counts["created"], done.counts["error"], done.counts["skipped"]) == ("done", 11, 2, 1)
    assert Question.objects.get(code="mdp-01").prompt.startswith("Un mot de passe compromis")
    assert {tag.name for tag in Question.objects.get(code="mdp-01").tags.all()} == {
        "Cybersécurité",
        "Mots de passe",
        "socle",
        "crochet [x]",
    }
    assert not Question.objects.filter(prompt__contains="accolade non fermée").exists()


def test_all_or_nothing_leaves_the_bank_as_it_was():
    done = imported(GIFT, all_or_nothing=True)
    assert done.state == "refused"
    assert not Question.objects.exists()
    assert imported("Bonne ?{T}\n\nBonne aussi ?{F}", all_or_nothing=True).state == "done"
    assert Question.objects.count() == 2


def test_failure_half_way_leaves_nothing(monkeypatch):
    def broken(written, among):
        raise RuntimeError

    monkeypatch.setattr("courses.actions.import_questions.put_tags", broken)
    with pytest.raises(RuntimeError):
        imported(GIFT)
    assert (Question.objects.count(), QuestionVersion.objects.count()) == (0, 0)
    assert QuestionImport.objects.get().state == "asked"


def test_same_file_again_changes_nothing():
    imported(GIFT)
    before = bank()
    again = imported(GIFT)
    assert (again.counts["created"], again.counts["unchanged"]) == (0, len(before))
    assert bank() == before
    assert QuestionVersion.objects.count() == len(before)


def test_two_questions_alike_or_of_one_code_are_told():
    done = imported("Vrai ?{T}\n\nVrai ?{T}\n\n// [id:x]\nUn ?{T}\n\n// [id:x]\nDeux ?{T}")
    assert done.counts["created"] == 2
    assert [(level, where) for level, where, _why in done.remarks] == [("skipped", "ligne 3"), ("error", "ligne 9")]


def test_competence_unknown_to_the_platform_is_an_error(framework):
    rows = "Code;Type;Énoncé;Bonnes réponses;Compétence;Niveau\na;vrai ou faux;A ?;vrai;SC1;2\nb;vrai ou faux;B ?;vrai;ZZ9;2\n"
    done = imported(rows)
    question = Question.objects.get()
    assert (question.code, question.competence.code, question.level) == ("a", "SC1", 2)
    assert done.remarks == [["error", "ligne 3, « b »", "Compétence inconnue : ZZ9."]]


# --- What is in the bank already


def test_question_of_the_same_code_is_left_unless_the_author_says_otherwise():
    question = QuestionFactory(kind="single", code="a")
    before = question.current_version()
    changed = "// [id:a]\nAutre énoncé ?{=Juste ~Faux ~Autre}"
    kept = imported(changed)
    assert (kept.counts["kept"], kept.counts["updated"]) == (1, 0)
    assert "laissée comme elle est" in kept.remarks[0][2]
    assert Question.objects.get().current_version() == before

    done = imported(changed, replaces=True)
    assert (done.counts["kept"], done.counts["updated"]) == (0, 1)
    question = Question.objects.get()
    after = question.current_version()
    assert (after.number, after.prompt, after.explanation) == (2, "Autre énoncé ?", question.explanation)
    assert after.content == question.content()
    ids = {option["text"]: option["id"] for option in before.content["options"]}
    new_ids = {option["text"]: option["id"] for option in after.content["options"]}
    assert {text: new_ids[text] for text in ids} == ids


def test_replacing_only_the_classification_freezes_no_version(framework):
    QuestionFactory(kind="true_false", code="a", prompt="Vrai ?")
    rows = "Code;Type;Énoncé;Bonnes réponses;Compétence;Niveau;Difficulté;Étiquettes\na;vrai ou faux;Vrai ?;vrai;SC1;3;difficile;Neuve\n"
    assert imported(rows, replaces=True).counts["updated"] == 1
    question = Question.objects.get()
    assert (question.competence.code, question.level, question.difficulty) == ("SC1", 3, "hard")
    assert [tag.name for tag in question.tags.all()] == ["Neuve"]
    assert question.versions.count() == 1


def test_tags_are_those_of_the_bank_whatever_their_case():
    QuestionFactory(code="a").tags.add("Réseau")
    imported("$CATEGORY: top/réseau/Ports\n\nVrai ?{T}")
    assert {tag.name for tag in Question.objects.exclude(code="a").get().tags.all()} == {"Réseau", "Ports"}


@pytest.mark.parametrize("name", WRITERS)
def test_bank_written_in_the_back_office_reads_back_unchanged(name, framework):
    kinds = [kind for kind in ANSWERS if kind not in UNSAYABLE[name]]
    for kind in kinds:
        question = QuestionFactory(kind=kind, prompt=f"Première ligne<br>deuxième : {kind} ?", level=2)
        question.tags.add("Étiquette", "avec, virgule")
    written = WRITERS[name](neutral_questions(Question.objects.order_by("pk").values_list("pk", flat=True)))
    done = imported(written, replaces=True)
    assert done.counts["unchanged"] == len(kinds)
    assert done.remarks == []
    assert QuestionVersion.objects.count() == len(kinds)
    assert TaggedQuestion.objects.count() == 2 * len(kinds)


@pytest.mark.parametrize("name", WRITERS)
@given(data=st.data())
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bank_reads_back_unchanged(name, data, db):
    bank = [data.draw(questions(code=f"question-{rank}")) for rank in range(data.draw(st.integers(3, 6)))]
    said = [question for question in bank if question.type not in UNSAYABLE[name]]
    assume(said)
    TaggedQuestion.objects.all().delete()
    QuestionVersion.objects.all()._raw_delete("default")
    Question.objects.all()._raw_delete("default")
    reading = read_questions(sheet.write_xlsx(bank))
    carry_out(plan_import(reading, shared_bank(), replaces=True), shared_bank())
    held = neutral_questions(Question.objects.order_by("code").values_list("pk", flat=True))
    assert len(held) == len(bank)
    plan = plan_import(read_questions(as_bytes(WRITERS[name](held))), shared_bank(), replaces=True)
    assert (plan.unchanged, plan.created, plan.updated) == (len(said), [], [])


# --- How it is asked for


def test_second_confirmation_and_second_run_change_nothing(run_jobs):
    trainer = UserFactory()
    begun = begin_import("x.gift", GIFT.encode(), shared_bank(), trainer, timezone.now())
    assert not Question.objects.exists()
    confirm_import(begun, trainer, all_or_nothing=False, replaces=False)
    with pytest.raises(AlreadyAsked):
        confirm_import(begun, trainer, all_or_nothing=False, replaces=True)
    run_jobs("courses.import_questions")
    job = Job.objects.get(name="courses.import_questions")
    assert (job.state, job.percent, job.on_behalf_of_pk) == ("done", 100, str(trainer.pk))
    before = bank()
    run_import(begun.pk, timezone.now())
    assert bank() == before
    entry = AuditEntry.objects.get(verb="question.import")
    assert (entry.actor_pk, entry.details["created"]) == (str(trainer.pk), 11)


def test_file_is_kept_until_it_is_imported_or_forgotten(django_capture_on_commit_callbacks):
    trainer = UserFactory()
    begun = begin_import("x.gift", GIFT.encode(), shared_bank(), trainer, timezone.now())
    name = begun.file.name
    assert storages["private"].exists(name)
    confirm_import(begun, trainer, all_or_nothing=False, replaces=False)
    with django_capture_on_commit_callbacks(execute=True):
        run_import(begun.pk, timezone.now())
    assert not storages["private"].exists(name)

    now = timezone.now()
    forgotten = begin_import("y.gift", GIFT.encode(), shared_bank(), trainer, now - timezone.timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        begin_import("z.gift", GIFT.encode(), shared_bank(), trainer, now)
    assert set(QuestionImport.objects.values_list("name", flat=True)) == {"x.gift", "z.gift"}
    assert not storages["private"].exists(forgotten.file.name)


def upload(client, content, name="questions.txt"):
    return client.post(
        reverse("courses_question_import"),
        {"bank": shared_bank().pk, "file": SimpleUploadedFile(name, as_bytes(content))},
    )


def test_trainer_sees_the_preview_confirms_and_reads_the_report(back_office, run_jobs):
    answer = upload(back_office, GIFT)
    begun = QuestionImport.objects.get()
    detail = reverse("courses_question_import_detail", args=[begun.pk])
    assert answer.url == detail
    html = back_office.get(detail).content.decode()
    assert "rien n’est encore dans la banque" in html
    assert "Une accolade n’est pas fermée, ou pas ouverte." in html
    assert not Question.objects.exists()

    confirm = reverse("courses_question_import_confirm", args=[begun.pk])
    assert back_office.get(confirm).status_code == 405
    html = back_office.post(confirm, follow=True).content.decode()
    assert "Import en cours" in html
    run_jobs("courses.import_questions")
    html = back_office.get(detail).content.decode()
    assert "L’import est terminé." in html
    assert "data-refresh-every" not in html
    assert Question.objects.count() == 11
    assert "questions.txt" in back_office.get(reverse("courses_question_imports")).content.decode()

    report = back_office.get(reverse("courses_question_import_report", args=[begun.pk, "xlsx"]))
    rows = list(load_workbook(io.BytesIO(report.content)).active.values)
    assert rows[0] == ("Gravité", "Où", "Quoi")
    assert ("erreur", "ligne 46, « Cassée »", "Une accolade n’est pas fermée, ou pas ouverte.") in rows
    report = back_office.get(reverse("courses_question_import_report", args=[begun.pk, "csv"])).content.decode()
    assert "c’est une description" in report


def test_hostile_file_is_refused_on_the_form_with_the_reason(back_office):
    html = upload(back_office, '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>').content.decode()
    assert "définit des entités ou un DTD" in html
    assert "Le fichier est vide." in upload(back_office, "").content.decode()
    assert not QuestionImport.objects.exists()


def test_import_is_for_those_who_may_add_questions_and_each_sees_their_own(client, back_office, trainer):
    others = begin_import("secret.gift", GIFT.encode(), shared_bank(), UserFactory(), timezone.now())
    for name in ("courses_question_import_detail", "courses_question_import_confirm"):
        address = reverse(name, args=[others.pk])
        assert back_office.post(address).status_code == 404
    assert back_office.get(reverse("courses_question_import_report", args=[others.pk, "csv"])).status_code == 404
    assert "secret.gift" not in back_office.get(reverse("courses_question_imports")).content.decode()

    officer = UserFactory()
    officer.groups.add(ensure_groups()[Role.CERTIFICATION])
    client.force_login(officer)
    for name in ("courses_question_import", "courses_question_imports"):
        assert client.get(reverse(name)).status_code in (302, 403)


def test_template_can_be_downloaded_and_imported(back_office):
    for file_format in ("xlsx", "csv"):
        template = back_office.get(reverse("courses_question_template", args=[file_format]))
        assert template.status_code == 200
        upload(back_office, template.content)
        assert QuestionImport.objects.latest("pk").counts["created"] == len(sheet.EXAMPLES)
    assert back_office.get(reverse("courses_question_template", args=["pdf"])).status_code == 404


# --- The list


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "gift", "xml"])
def test_export_holds_what_the_filters_leave(back_office, file_format):
    shown, hidden = QuestionFactory(prompt="Visible ?"), QuestionFactory(prompt="Autre ?", kind="numeric")
    shown.tags.add("Réseau")
    hidden.tags.add("Droit")
    tag = QuestionTag.objects.get(name="Réseau")
    index = reverse("wagtailsnippets_courses_question:list")
    html = back_office.get(index, {"tag": tag.pk}).content.decode()
    assert "Visible ?" in html
    assert "Autre ?" not in html
    for filters in ({"tag": tag.pk}, {"type": "single"}, {"q": "Visible"}):
        export = back_office.get(index, {**filters, "export": file_format})
        found = read_questions(export.content).questions
        assert [(question.code, question.prompt) for question in found] == [(shown.code, "Visible ?")]
    entry = AuditEntry.objects.filter(verb="courses.export").latest("pk")
    assert (entry.details["format"], entry.details["rows"]) == (file_format, 1)


def test_search_and_filters_go_together(back_office):
    QuestionFactory(prompt="Mot cherché ?")
    QuestionFactory(prompt="Mot cherché aussi ?", kind="numeric")
    html = back_office.get(
        reverse("wagtailsnippets_courses_question:list_results"), {"q": "cherché", "type": "numeric"}
    ).content.decode()
    assert "Mot cherché aussi ?" in html
    assert "Mot cherché ?" not in html


def test_imported_question_is_found_by_search(back_office):
    imported("Que veut dire hameçonnage ?{T}")
    html = back_office.get(
        reverse("wagtailsnippets_courses_question:list_results"), {"q": "hameçonnage"}
    ).content.decode()
    assert "Que veut dire hameçonnage ?" in html


@pytest.mark.slow
def test_five_thousand_questions_come_in_by_few_queries(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("courses.actions.imports.TOLD_EVERY_SECONDS", 3600)  # how often it tells is another matter
    with django_assert_max_num_queries(400):
        done = imported(five_thousand_gift())
    assert done.counts["created"] == Question.objects.count() == QuestionVersion.objects.count() == 5_000
    assert Question.objects.filter(tags__name="Thème 3").count() == 250


# --- How far it is


@pytest.mark.parametrize("name", WRITERS)
def test_the_import_says_how_far_it_is_by_the_rows_read_then_written(monkeypatch, name):
    monkeypatch.setattr("courses.actions.imports.TOLD_EVERY_SECONDS", 0)
    asked = [sheet.EXAMPLES[0], *(replace(sheet.EXAMPLES[0], code=f"copie-{rank}") for rank in range(19))]
    begun = begin_import("fichier", as_bytes(WRITERS[name](asked)), shared_bank(), UserFactory(), timezone.now())
    confirm_import(begun, begun.created_by, all_or_nothing=False, replaces=False)
    told = []
    assert run_import(begun.pk, timezone.now(), told.append).counts["created"] == 20
    assert told == sorted(set(told))
    assert len([percent for percent in told if percent <= 50]) > 15
    # On SQLite nobody would see what is told while the transaction lasts.
    assert (told[-1] == 50) == (connection.vendor == "sqlite")


def test_how_far_it_is_is_told_a_few_times_a_second_at_most():
    told, moments = [], iter([0, 0.1, 0.3, 0.5, 0.6])
    tell = paced(told.append, lambda: next(moments))
    for percent in (1, 1, 2, 3, 4, 5):
        tell(percent)
    assert told == [1, 4]

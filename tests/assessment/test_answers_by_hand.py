"""Essays and files: written, handed in, kept out of reach, and left for a person to mark."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.models import QuizPage
from lms.assessment.models import AnswerFile
from lms.assessment.models.telling import copy_code
from lms.assessment.rules.serving import is_answered
from lms.assessment.rules.uploads import UploadRefused, check_upload, shown_name
from tests.factories.assessment import open_attempt
from tests.factories.courses import QuestionFactory, QuizPageFactory, course_with, raw_answer
from tests.factories.marking import trainer_of
from tests.factories.people import UserFactory

PDF = b"%PDF-1.7\n..."
EVERY = {"extensions": ["pdf", "docx", "odt", "txt", "jpg", "png"], "max_mb": 1}


def zipped(*names: str, **contents: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, b"x"))
    return held.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Fiche.PDF", PDF),
        ("fiche.docx", DOCX),
        ("fiche.odt", zipped("mimetype", mimetype=b"application/vnd.oasis.opendocument.text")),
        ("note.txt", "Été".encode("latin-1")),
        ("photo.jpeg", b"\xff\xd8\xff\xe0"),
        ("photo.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_file_that_is_what_it_says_is_taken(name, data):
    check_upload(name, data, EVERY)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("page.html", b"<script>", "Types acceptés : PDF, DOCX"),
        ("sans-nom", PDF, "n’est pas accepté"),
        ("fiche.pdf.exe", PDF, "n’est pas accepté"),
        ("fiche.pdf", b"", "vide"),
        ("fiche.pdf", b"<html><script>alert(1)</script>", "contenu"),
        ("fiche.pdf", PDF + b"x" * 1_000_000, "dépasse 1 Mo"),
        ("fiche.docx", PDF, "contenu"),
        ("fiche.docx", zipped("xl/workbook.xml"), "contenu"),
        ("fiche.docx", zipped("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("fiche.odt", zipped("content.xml"), "contenu"),
        ("fiche.odt", zipped("mimetype", mimetype=b"application/zip"), "contenu"),
        ("note.txt", b"MZ\x00\x00", "contenu"),
        ("photo.png", b"GIF89a", "contenu"),
    ],
)
def test_file_that_is_something_else_is_refused_with_the_reason(name, data, reason):
    with pytest.raises(UploadRefused, match=reason):
        check_upload(name, data, EVERY)


@given(st.text(), st.binary(max_size=200))
def test_no_file_whatever_breaks_the_check(name, data):
    for extension in ("pdf", "docx", "odt", "txt"):
        try:
            check_upload(f"{name}.{extension}", b"PK\x03\x04" + data, EVERY)
        except UploadRefused as refusal:
            assert str(refusal)


@given(st.text())
def test_shown_name_is_only_a_name(name):
    shown = shown_name(name)
    assert shown
    assert len(shown) <= 200
    assert not set(shown) & set("/\\\x00\r\n")


@pytest.mark.parametrize(
    ("text", "is_whole"), [("un", False), ("un deux", True), ("a b c d e f", False), (None, False)]
)
def test_essay_is_answered_between_its_limits(text, is_whole):
    assert is_answered("essay", {"min_words": 2, "max_words": 5}, text) is is_whole


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("essay", {"min_words": 9, "max_words": 3}),
        ("file", {"extensions": []}),
        ("file", {"extensions": ["exe"]}),
    ],
)
def test_question_that_nobody_could_answer_is_refused(kind, changes):
    with pytest.raises(ValidationError):
        QuestionFactory.build(answer=raw_answer(kind, **changes)).full_clean()


# --- On the page


@pytest.fixture
def attempt(db):
    """One that asks a file, an essay and a choice."""
    questions = [QuestionFactory(kind=kind) for kind in ("file", "essay", "single")]
    return open_attempt(quiz=QuizPageFactory(parent=course_with(lessons=0, quiz=False), questions=questions))


@pytest.fixture
def learner(client, attempt):
    client.force_login(attempt.enrolment.person)
    return client


def places(attempt) -> dict[str, int]:
    return {row.version.type: row.position for row in attempt.questions.select_related("version")}


def hand_in(client, attempt, name="Ma fiche.pdf", data=PDF, **more):
    position = places(attempt)["file"]
    form = {f"q{position}": SimpleUploadedFile(name, data), **more}
    return client.post(reverse("assessment:hand_in", args=[attempt.pk, position]), form, follow=True)


def test_file_is_handed_in_with_all_that_the_page_holds(learner, attempt):
    at = places(attempt)
    page = hand_in(learner, attempt, **{f"q{at['essay']}": "Je signale <b>"}).content.decode()
    assert "« Ma fiche.pdf » est remis." in page
    assert "Je signale &lt;b&gt;</textarea>" in page
    assert "3 mots enregistrés" in page
    assert "Le risque est nommé" in page
    assert "Attendre le mot" not in page
    kept = AnswerFile.objects.get()
    assert attempt.questions.get(position=at["file"]).response == {"file": kept.pk, "name": "Ma fiche.pdf", "bytes": 12}
    assert storages["private"].exists(kept.file.name)
    assert "fiche" not in kept.file.name

    learner.post(reverse("assessment:attempt", args=[attempt.pk]), {})  # a page saved without the file keeps it
    assert attempt.questions.get(position=at["file"]).response["file"] == kept.pk
    saving = reverse("assessment:answer", args=[attempt.pk, at["file"]])
    assert learner.post(saving, {f"q{at['file']}": "9"}).status_code == 415


def test_refused_file_leaves_nothing_and_says_why_beside_its_question(learner, attempt):
    page = hand_in(learner, attempt, name="page.html").content.decode()
    assert page.count("Types acceptés : PDF, DOCX") == 1  # and not at the top, out of sight
    place = places(attempt)["file"]
    beside = page.split(f'id="question-{place}"')[1].split("</fieldset>")[0]
    assert "Types acceptés : PDF, DOCX" in beside
    assert f'aria-describedby="q{place}-told"' in beside
    assert not AnswerFile.objects.exists()
    page = learner.post(reverse("assessment:hand_in", args=[attempt.pk, places(attempt)["file"]]), follow=True)
    assert "aucun fichier n’était choisi" in page.content.decode()
    assert learner.post(reverse("assessment:hand_in", args=[attempt.pk, places(attempt)["single"]])).status_code == 404


def test_file_is_given_back_to_its_author_and_to_who_teaches_and_never_run(learner, attempt, admin_client):
    hand_in(learner, attempt)
    address = reverse("assessment:answer_file", args=[AnswerFile.objects.get().pk])
    for client in (learner, admin_client):
        answer = client.get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment")
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    learner.force_login(UserFactory())
    assert learner.get(address).status_code == 404
    learner.logout()
    assert learner.get(address).status_code == 302


def named(client, address) -> str:
    """Under which name a file is downloaded."""
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    return answer["Content-Disposition"]


def test_the_marker_of_an_anonymous_quiz_downloads_a_copy_without_the_name_its_author_gave(learner, attempt):
    QuizPage.objects.filter(pk=attempt.quiz_id).update(anonymous_marking=True)
    hand_in(learner, attempt, name="Afi DOSSOU - fiche.pdf")
    learner.post(reverse("assessment:submit", args=[attempt.pk]), follow=True)
    address = reverse("assessment:answer_file", args=[AnswerFile.objects.get().pk])
    assert "DOSSOU" in named(learner, address)
    trainer = trainer_of(attempt.enrolment.course)
    learner.force_login(trainer)
    neutral = f"copie-{copy_code(attempt.pk)}-question-{places(attempt)['file']}.pdf"
    assert neutral in named(learner, address)
    row = attempt.questions.get(position=places(attempt)["file"])
    page = learner.get(reverse("assessment_mark", args=[row.pk])).content.decode()
    assert neutral in page
    assert "DOSSOU" not in page
    QuizPage.objects.filter(pk=attempt.quiz_id).update(anonymous_marking=False)
    assert "DOSSOU" in named(learner, address)


def test_submitted_attempt_waits_for_a_person_and_takes_no_other_file(learner, attempt):
    at = places(attempt)
    hand_in(learner, attempt, **{f"q{at['essay']}": "Je signale vite"})
    learner.post(reverse("assessment:submit", args=[attempt.pk]), follow=True)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.is_passed) == ("submitted", None)
    html = learner.get(reverse("assessment:result", args=[attempt.pk])).content.decode()
    assert "Ma fiche.pdf" in html
    assert "Je signale vite" in html
    hand_in(learner, attempt, name="autre.pdf")
    assert AnswerFile.objects.count() == 1

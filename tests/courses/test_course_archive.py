"""A whole course leaves as one archive and comes in elsewhere, the same; hostile archives are refused whole."""

import io
import json
import stat
import zipfile

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modelcluster.fields import ParentalKey
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import GroupPagePermission

from courses.actions.import_course import (
    begin_course_import,
    carry_out,
    confirm_course_import,
    rehearse,
    run_course_import,
)
from courses.actions.imports import AlreadyAsked
from courses.imports.remarks import ImportRefused
from courses.models import CourseImport, CoursePage, LessonPage, ModulePage, Question, QuestionVersion, QuizPage
from courses.models.banks import shared_bank
from courses.models.quiz import QuizDraw
from courses.models.sheet import CompetenceGain, RequiredCourse
from courses.packages.fields import CARRIED, LEFT_OUT, is_child_relation
from courses.packages.reading import read_package
from courses.packages.writing import write_course
from lms.core.models import AuditEntry, Job
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.factories.courses import (
    ANSWERS,
    CoursePageFactory,
    LessonPageFactory,
    PageFactory,
    QuestionFactory,
    QuizPageFactory,
    make_trainer,
    raw_answer,
)
from tests.factories.lesson_body import every_block
from tests.factories.people import UserFactory
from tests.factories.skills import CompetenceFactory, JobProfileFactory, StrandFactory

pytestmark = pytest.mark.django_db


class ModuleFactory(PageFactory):
    class Meta:
        model = ModulePage


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def course(trainer):
    """A course with a bit of everything: sheet, module, every block, links, quiz of every type, a draw."""
    before, competence = CoursePageFactory(code="avant"), CompetenceFactory(code="SC1")
    course = CoursePageFactory(
        code="signature", slug="signature", title="Signer", objectives=[("objective", "Savoir signer")]
    )
    course.audience, course.strands = [JobProfileFactory(code="DSI")], [StrandFactory(code="axe-2")]
    course.competence_gains = [CompetenceGain(competence=competence, level=2)]
    course.required_courses = [RequiredCourse(required=before)]
    course.save_revision().publish()
    module = ModuleFactory(parent=course, title="Comprendre", slug="comprendre", introduction="De quoi parle-t-on ?")
    first = LessonPageFactory(parent=module, title="Tout", slug="tout", body=every_block())
    document = Document.objects.first()
    text = f'<p>Voir <a linktype="page" id="{first.pk}">la leçon</a>, <a linktype="document" id="{document.pk}">le modèle</a>, <a linktype="page" id="{before.pk}">ailleurs</a> et <a href="https://asin.bj">l’agence</a>.</p>'
    LessonPageFactory(parent=module, title="Liens", slug="liens", body=[("prose", text)])
    for kind in ANSWERS:
        QuestionFactory(kind=kind, code=f"sign-{kind}").tags.add("socle")
    seen = f'<embed alt="Un cadenas" embedtype="image" format="fullwidth" id="{Image.objects.first().pk}"/>'
    sides = [{"left": f"Un <b>mot</b> {seen}", "right": "a < b"}, {"left": "R&amp;D", "right": "R&D"}]
    QuestionFactory(code="sign-cotes", answer=raw_answer("matching", pairs=sides))
    QuestionFactory(code="sign-rangs", answer=raw_answer("ordering", items=[seen, "H<sub>2</sub>O", "a &lt; b"]))
    drawn = QuestionFactory(code="tiree", competence=competence, level=2)
    quiz = QuizPageFactory(
        parent=course, title="Fin", slug="fin", questions=list(Question.objects.exclude(pk=drawn.pk).order_by("code"))
    )
    quiz.draws = [QuizDraw(count=1, competence=competence, level=2)]
    quiz.save_revision().publish()
    return CoursePage.objects.get(pk=course.pk)


def archive_of(course) -> bytes:
    stream = io.BytesIO()
    write_course(CoursePage.objects.get(pk=course.pk), stream)
    return stream.getvalue()


def said_by(archive: bytes) -> dict:
    """What the manifest of an archive says."""
    return json.loads(zipfile.ZipFile(io.BytesIO(archive)).read("course.json"))


def empty_installation(*courses):
    """What an installation that never had these courses holds: their pages, questions and files are gone."""
    for course in courses:
        CoursePage.objects.get(pk=course.pk).delete()
    models.QuerySet(QuestionVersion).delete()  # past its guard: nothing was ever asked
    Question.objects.all().delete()
    Image.objects.all().delete()
    Document.objects.all().delete()


# --- What travels


@pytest.mark.parametrize("model", CARRIED, ids=lambda model: model.__name__)
def test_each_field_travels_or_is_left_out_on_purpose(model):
    named = set()
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignObjectRel) and not is_child_relation(field):
            continue
        if isinstance(field, models.ManyToOneRel) and not isinstance(field.field, ParentalKey):
            continue
        if not field.name.startswith("_"):
            named.add(field.name)
    carried = set(CARRIED[model])
    assert named - carried - LEFT_OUT[model] == set(), "add it to CARRIED, or to LEFT_OUT if it stays on purpose"
    assert carried - named == set()
    assert carried & LEFT_OUT[model] == set()


# --- Round trip


def test_a_course_comes_back_the_same_in_an_empty_installation(course, trainer):
    data, count = archive_of(course), Question.objects.count()
    assert archive_of(course) == data
    empty_installation(course)
    package = read_package(data)
    outcome = rehearse(package, trainer)
    assert (outcome.counts["module"], outcome.counts["lesson"], outcome.counts["quiz"]) == (1, 2, 1)
    assert (outcome.counts["question"], outcome.remarks) == (count, [])
    assert (CoursePage.objects.count(), Question.objects.count(), Image.objects.count()) == (1, 0, 0)  # taken back

    made = carry_out(package, trainer).course
    assert said_by(archive_of(made)) == said_by(data)
    assert archive_of(made) == data
    assert not made.live
    assert not any(page.live for page in made.get_descendants())
    lesson = LessonPage.objects.get(slug="liens")
    whole = LessonPage.objects.get(slug="tout")
    assert f'linktype="page" id="{whole.pk}"' in lesson.body[0].value.source
    assert "<a>ailleurs</a>" not in lesson.body[0].value.source
    assert "ailleurs" in lesson.body[0].value.source
    for page in made.get_descendants(inclusive=True).specific():
        page.full_clean()
    for question in Question.objects.all():
        assert question.versions.count() == 1

    again = carry_out(package, trainer)
    assert (again.counts["unchanged"], again.course) == (1, None)
    assert CoursePage.objects.filter(title="Signer").count() == 1


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp")), min_size=1, max_size=30
)
BLOCKS = st.one_of(
    st.builds(
        lambda text: ("prose", f"<p>{text}</p>"), st.from_regex(r"[a-zéà ’]{1,30}", fullmatch=True).filter(str.strip)
    ),
    st.builds(lambda text: ("code", {"title": "", "text": text}), TEXT),
    st.builds(lambda text: ("micro_action", {"text": text}), TEXT),
    st.builds(
        lambda texts: ("steps", {"title": "", "items": [{"title": text, "text": ""} for text in texts]}),
        st.lists(TEXT, min_size=2, max_size=4),
    ),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lessons=st.lists(st.tuples(TEXT, st.lists(BLOCKS, min_size=1, max_size=4)), min_size=1, max_size=3),
    kinds=st.lists(st.sampled_from(list(ANSWERS)), min_size=1, max_size=3),
    rules=st.fixed_dictionaries(
        {"max_attempts": st.integers(0, 9), "time_limit_minutes": st.integers(0, 90), "shuffle_options": st.booleans()}
    ),
)
def test_any_course_comes_back_the_same(trainer, lessons, kinds, rules):
    course = CoursePageFactory(title=lessons[0][0])
    for title, body in lessons:
        LessonPageFactory(parent=course, title=title, body=body)
    QuizPageFactory(parent=course, questions=[QuestionFactory(answer=raw_answer(kind)) for kind in kinds], **rules)
    data = archive_of(course)
    empty_installation(course)
    made = carry_out(read_package(data), trainer).course
    assert said_by(archive_of(made)) == said_by(data)
    empty_installation(made)


def test_what_this_installation_does_not_know_is_told_and_left_out(course, trainer):
    data = changed(
        archive_of(course),
        lambda said: said["course"].update(
            audience=["inconnu"], producer="ZZZ", competence_gains=[{"competence": "ZZ9", "level": 2}]
        ),
    )
    empty_installation(course)
    outcome = carry_out(read_package(data), trainer)
    told = " ".join(remark.message for remark in outcome.remarks)
    assert "inconnu" in told
    assert "ZZZ" in told
    assert "ZZ9" in told
    assert outcome.course.competence_gains.count() == 0


def test_a_course_of_the_same_code_is_never_replaced_but_may_be_joined_by_a_copy(course, trainer):
    for model in (Image, Document):
        model.objects.update(collection=shared_bank())  # where trainers may choose them
    data = archive_of(course)
    other = changed(data, lambda said: said["course"].update(summary="Autre résumé"))
    other = changed(other, lambda said: said["questions"][0].update(explanation="<p>Autre explication</p>"))
    refused = rehearse(read_package(other), trainer)
    assert refused.is_refused
    assert "importez celle-ci comme une copie" in refused.remarks[0].message
    outcome = carry_out(read_package(other), trainer, as_copy=True)
    assert outcome.course.code == "signature-2"
    assert (outcome.counts["question"], outcome.counts["reused"]) == (1, Question.objects.count() - 2)
    assert outcome.counts["file"] == 0
    asked = QuizPage.objects.child_of(outcome.course).get().get_latest_revision_as_object()
    assert (
        sum(code.startswith("sign-") for code in asked.quiz_questions.values_list("question__code", flat=True))
        == len(ANSWERS) + 2
    )


# --- Hostile archives


def changed(data: bytes, change=None, add=None, drop=(), **info) -> bytes:
    """The archive with its manifest changed, files added, or dropped."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "course.json" and change:
                said = json.loads(content)
                content = change(said) or json.dumps(said)
            if name not in drop:
                target.writestr(name, content)
        for name, content in (add or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(entry, key, value)
            target.writestr(entry, content)
    return stream.getvalue()


@pytest.fixture
def small(trainer):
    """The archive of a course of one lesson, with an image; nothing of it is left here."""
    course = CoursePageFactory(code="petite")
    LessonPageFactory(parent=course, slug="tout", body=every_block())
    data = archive_of(course)
    empty_installation(course)
    return data


def lesson_of(said):
    return said["course"]["pages"][0]


def with_block(kind, value):
    return lambda said: lesson_of(said).update(body=[{"type": kind, "value": value, "id": "x"}])


FURTHER = {"text": "", "links": [{"type": "item", "value": {"label": "x", "url": "javascript:alert(1)"}}]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda said: "{", "bien formé"),
        (lambda said: "[" * 100_000, "bien formé"),
        (lambda said: '{"a": NaN}', "bien formé"),
        (lambda said: "[]", "pas une formation exportée"),
        (lambda said: said.update(version=99), "Version de format inconnue : 99"),
        (lambda said: said.update(format="autre"), "pas une formation exportée"),
        (lambda said: said.update(plus=1), "forme attendue"),
        (lambda said: said["course"].pop("code") and None, "forme attendue"),
        (lambda said: said["course"].update(archived_at="2026-01-01"), "champs"),
        (lambda said: lesson_of(said).update(type="home"), "forme attendue"),
        (lambda said: lesson_of(said).update(title=""), "Titre|titre|vide"),
        (lambda said: lesson_of(said).update(duration_minutes="x"), "durée"),
        (lambda said: lesson_of(said).update(duration_minutes=-5), "(?i)dur|valeur"),
        (lambda said: lesson_of(said).update(slug="../../x"), "(?i)slug|adresse|caract"),
        (lambda said: lesson_of(said).update(title={"a": 1}), "forme attendue"),
        (lambda said: said["course"].update(contact_email="<script>"), "(?i)e-mail|adresse"),
        (with_block("raw", "<script>"), "raw"),
        (with_block("prose", 3), "texte"),
        (with_block("code", {"title": "", "text": ["a", {}]}), "forme attendue"),
        (with_block("further", FURTHER), "(?i)contenu|refus"),
        (with_block("image", {"image": 5}), "forme attendue"),
        (lambda said: said["assets"].update({"../../etc/passwd": {}}), "forme attendue"),
        (lambda said: said["assets"].popitem() and None, "inattendu"),
    ],
)
def test_archives_that_lie_are_refused_with_a_reason(small, trainer, change, reason):
    with pytest.raises(ImportRefused, match=reason):
        carry_out(read_package(changed(small, change)), trainer)
    assert not CoursePage.objects.exists()
    assert not Image.objects.exists()
    assert not Document.objects.exists()


def test_rich_text_keeps_nothing_that_runs(small, trainer):
    text = '<p onclick="x()">a<script>alert(1)</script><a href="javascript:alert(1)">b</a><img src="x" onerror="y()"/></p><iframe src="//z"></iframe>'
    made = carry_out(read_package(changed(small, with_block("prose", text))), trainer).course
    html = str(LessonPage.objects.child_of(made).get().body.render_as_block())
    assert "a" in html
    for word in ("script", "onclick", "onerror", "iframe", "<img"):
        assert word not in html


@pytest.mark.parametrize(
    ("add", "info", "reason"),
    [
        ({"../course.json": "{}"}, {}, "chemin interdit"),
        ({"assets/../../x": "x"}, {}, "chemin interdit"),
        ({"lien": "/etc/passwd"}, {"external_attr": (stat.S_IFLNK | 0o777) << 16}, "un lien"),
        ({"COURSE.json": "{}"}, {}, "deux fois"),
        ({"assets/bombe": b"\0" * 30_000_000}, {}, "démesurément"),
        ({f"f{rank}": "" for rank in range(600)}, {}, "plus de 500"),
        ({"en-trop.txt": "x"}, {}, "inattendu"),
    ],
)
def test_hostile_archives_are_refused(small, add, info, reason):
    with pytest.raises(ImportRefused, match=reason):
        read_package(changed(small, add=add, **info))


def test_files_that_are_not_what_they_say_are_refused(small):
    names = zipfile.ZipFile(io.BytesIO(small)).namelist()
    image = next(name for name in names if name.endswith(".png"))
    with pytest.raises(ImportRefused, match="n’est pas celui"):
        read_package(changed(small, drop=[image], add={image: "<svg onload='x'/>"}))
    with pytest.raises(ImportRefused, match="manque"):
        read_package(changed(small, drop=[image]))
    with pytest.raises(ImportRefused, match="ne contient pas de"):
        read_package(changed(small, drop=["course.json"]))
    with pytest.raises(ImportRefused, match="pas l’archive"):
        read_package(b"%PDF-1.7")


def test_failure_half_way_leaves_neither_row_nor_file(small, trainer, monkeypatch):
    media = storages["default"]
    before = {folder: set(media.listdir(folder)[1]) for folder in ("original_images", "documents")}

    def broken(self, said, place):
        raise RuntimeError

    monkeypatch.setattr("courses.actions.import_course.Tree.load", broken)
    with pytest.raises(RuntimeError):
        carry_out(read_package(small), trainer)
    assert not Image.objects.exists()
    assert {folder: set(media.listdir(folder)[1]) for folder in before} == before


# --- In the back office


def test_a_trainer_takes_a_course_away_and_brings_it_in_elsewhere(client, trainer, course, run_jobs):
    client.force_login(trainer)
    address = reverse("courses_course_export", args=[course.pk])
    assert address in client.get(reverse("wagtailadmin_pages:edit", args=[course.pk])).content.decode()
    answer = client.get(address)
    data = b"".join(answer.streaming_content)
    assert 'filename="formation-signature.zip"' in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(verb="course.export").exists()
    assert reverse("courses_course_import") in client.get(reverse("formations:index")).content.decode()
    empty_installation(course)

    upload = {"file": SimpleUploadedFile("formation.zip", data)}
    answer = client.post(reverse("courses_course_import"), upload)
    begun = CourseImport.objects.get()
    assert answer.url == reverse("courses_course_import_detail", args=[begun.pk])
    assert "rien n’est encore créé" in client.get(answer.url).content.decode()
    client.post(reverse("courses_course_import_confirm", args=[begun.pk]))
    assert "Import en cours" in client.get(answer.url).content.decode()
    (job,) = run_jobs("courses.import_course")
    assert job.state == Job.State.DONE
    made = CoursePage.objects.get(code="signature")
    page = client.get(answer.url).content.decode()
    assert "L’import est terminé" in page
    assert reverse("wagtailadmin_explore", args=[made.pk]) in page
    begun.refresh_from_db()
    assert (begun.state, begun.course, begun.file.name) == ("done", made, "")
    assert said_by(archive_of(made)) == said_by(data)
    with pytest.raises(AlreadyAsked):
        confirm_course_import(begun, trainer, as_copy=False)
    assert run_course_import(begun.pk, timezone.now()).state == "done"
    report = client.get(reverse("courses_course_import_report", args=[begun.pk, "xlsx"]))
    assert report.status_code == 200


def test_what_became_impossible_since_the_preview_is_refused_with_the_reason(small, trainer):
    begun = begin_course_import("a.zip", small, trainer, timezone.now())
    confirm_course_import(begun, trainer, as_copy=False)
    CoursePageFactory(code="petite")
    done = run_course_import(begun.pk, timezone.now())
    assert done.state == "refused"
    assert "déjà ici" in done.remarks[0][2]


def test_a_file_that_is_no_archive_is_told_under_the_field(client, trainer):
    client.force_login(trainer)
    answer = client.post(reverse("courses_course_import"), {"file": SimpleUploadedFile("a.zip", b"%PDF")})
    assert "pas l’archive d’une formation" in answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_only_those_who_write_courses_take_them_away_or_bring_them_in(client, small, trainer, role):
    begun = begin_course_import("a.zip", small, trainer, timezone.now())
    course = CoursePageFactory()
    other = UserFactory()
    other.groups.add(ensure_groups()[role])
    client.force_login(other)
    allowed = role == Role.ADMINISTRATOR  # the group of trainers alone gives no unit, hence no branch
    answer = client.get(reverse("courses_course_export", args=[course.pk]))
    assert answer.status_code == (200 if allowed else 302)
    assert not allowed or b"".join(answer.streaming_content)  # read to its end, it is closed
    assert client.get(reverse("courses_course_import")).status_code == (200 if allowed else 302)
    assert client.get(reverse("courses_course_import_detail", args=[begun.pk])).status_code == (404 if allowed else 302)
    course.unpublish()
    GroupPagePermission.objects.all().delete()
    assert client.get(reverse("courses_course_export", args=[course.pk])).status_code == 404

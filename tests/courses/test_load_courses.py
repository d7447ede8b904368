"""The six real courses come in whole; a second run changes nothing; what trainers changed is left to them."""

from collections import Counter

import pytest
from django.core.management import call_command
from wagtail.models import Page, Revision, Site

from courses.actions import ensure_site
from courses.models import (
    CataloguePage,
    CoursePage,
    HomePage,
    ImportedContent,
    LessonPage,
    ProducerPage,
    Question,
    QuestionVersion,
    QuizPage,
)
from courses.models.banks import shared_bank
from courses.outline import course_outline
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.courses.conftest import COURSES
from tests.courses.test_course_file import SOUND
from tests.factories.courses import CoursePageFactory
from tests.factories.people import UnitFactory

pytestmark = pytest.mark.django_db


def load(capsys, *paths, **options) -> str:
    call_command("load_courses", *paths, **options)
    return capsys.readouterr().out


def everything():
    """What any change of content would touch."""
    return [
        list(Revision.objects.order_by("pk").values_list("pk", "created_at")),
        list(QuestionVersion.objects.order_by("pk").values_list("pk", "fingerprint")),
        list(
            Page.objects.order_by("pk").values_list(
                "pk", "path", "slug", "title", "latest_revision", "last_published_at"
            )
        ),
        list(ImportedContent.objects.order_by("pk").values_list()),
    ]


def test_six_real_courses_come_in_whole_and_a_second_run_changes_nothing(framework, capsys):
    out = load(capsys)
    assert out.splitlines() == [
        "formations : 6 créées",
        "leçons : 30 créées",
        "évaluations : 6 créées",
        "questions : 59 créées",
    ]
    assert Counter(QuestionVersion.objects.values_list("type", flat=True)) == {
        **{"single": 13, "multiple": 11, "true_false": 9, "numeric": 8},
        **{"matching": 6, "ordering": 6, "short_text": 6},
    }
    assert (LessonPage.objects.live().count(), QuizPage.objects.live().count(), CoursePage.objects.live().count()) == (
        30,
        6,
        6,
    )
    before = everything()
    assert load(capsys).splitlines() == [
        "formations : 6 inchangées",
        "leçons : 30 inchangées",
        "évaluations : 6 inchangées",
        "questions : 59 inchangées",
    ]
    assert everything() == before


def test_a_course_comes_in_as_its_file_says(framework, capsys):
    load(capsys, COURSES / "01-messagerie-hygiene.yaml")
    course = CoursePage.objects.get()
    assert (course.slug, course.code, course.title) == (
        *("messagerie-hygiene", "messagerie-hygiene"),
        "Messagerie professionnelle et hygiène numérique",
    )
    assert (course.duration_minutes, course.content_version, course.position) == (80, 1, 1)
    assert [(gain.competence.code, gain.level) for gain in course.competence_gains.all()] == [
        *(("CN1", 2), ("SC1", 2), ("SC4", 1), ("CN4", 1))
    ]
    assert {profile.code for profile in course.audience.all()} == {"agent-public", "rsi-communal", "dsi-ministeriel"}
    assert [strand.code for strand in course.strands.all()] == ["formation-rh"]
    assert len(course.objectives) == 4
    assert len(course.sources) == 3
    items = [(page.slug, type(page).__name__) for page in course.get_children().specific()]
    assert items == [
        ("pourquoi-une-adresse-professionnelle", "LessonPage"),
        ("ecrire-un-message-utile", "LessonPage"),
        ("reconnaitre-un-message-piege", "LessonPage"),
        ("mots-de-passe-double-authentification-mises-a-jour", "LessonPage"),
        ("proteger-les-donnees-que-lon-manipule", "LessonPage"),
        ("evaluation", "QuizPage"),
    ]
    lesson = LessonPage.objects.get(slug="reconnaitre-un-message-piege")
    assert (
        "<li>une <b>pression</b>\xa0: «\xa0votre boîte sera supprimée ce soir\xa0», "
        "«\xa0le ministre attend votre virement\xa0»\u202f;</li>" in str(lesson.body[0].value.source)
    )
    assert lesson.micro_action == "Enregistrer aujourd’hui le numéro du support dans mon téléphone."
    quiz = QuizPage.objects.get()
    assert (quiz.pass_mark_percent, quiz.max_attempts) == (70, 3)
    assert [(asked.question.code, asked.points) for asked in quiz.quiz_questions.all()][:3] == [
        *(("messagerie-hygiene-q1", 1), ("messagerie-hygiene-q2", 1), ("messagerie-hygiene-q3", 2))
    ]
    matching = Question.objects.get(code="messagerie-hygiene-q3").current_version().content
    left = {item["text"]: item["id"] for item in matching["left"]}
    right = {item["id"]: item["text"] for item in matching["right"]}
    assert right[matching["answer"][left["Cc"]]] == "Personnes tenues informées, visibles de tous"
    ordering = Question.objects.get(code="messagerie-hygiene-q6").current_version().content
    texts = {item["id"]: item["text"] for item in ordering["items"]}
    assert [texts[pk] for pk in ordering["answer"]][:2] == [
        "Couper la connexion réseau du poste",
        "Prévenir le support depuis un autre appareil",
    ]


def test_prerequisites_are_named(framework, capsys):
    load(capsys, COURSES / "01-messagerie-hygiene.yaml", COURSES / "03-pki-signature.yaml")
    course = CoursePage.objects.get(code="pki-signature")
    assert [each.required.code for each in course.required_courses.all()] == ["messagerie-hygiene"]
    assert course.prerequisites == ""


@pytest.fixture
def welcome_page():
    """Wagtail as it comes: a welcome page, and nothing of ours."""
    Page.objects.get(depth=2).delete()
    page = Page.get_first_root_node().add_child(instance=Page(title="Welcome to Wagtail", slug="home"))
    Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)


def test_site_takes_the_place_of_wagtails_welcome_page(welcome_page):
    catalogue = ensure_site()
    home = HomePage.objects.get()
    assert Site.objects.get().root_page_id == home.pk
    assert (catalogue.url, home.url) == ("/formations/", "/")
    assert list(Page.objects.filter(depth=2)) == [home.page_ptr]
    assert ensure_site() == catalogue
    assert (HomePage.objects.count(), CataloguePage.objects.count()) == (1, 1)


def test_administrators_keep_the_whole_catalogue_and_trainers_do_not(welcome_page):
    catalogue = ensure_site()
    groups = ensure_groups()
    granted = groups[Role.ADMINISTRATOR].page_permissions.values_list("page", "permission__codename")
    assert sorted(granted) == [(catalogue.pk, f"{act}_page") for act in ("add", "change", "lock", "publish", "unlock")]
    assert not groups[Role.TRAINER].page_permissions.exists()


@pytest.fixture
def file(framework, tmp_path):
    path = tmp_path / "essai.yaml"
    path.write_text(SOUND)
    return path


def test_changed_file_updates_what_changed_and_nothing_else(file, capsys):
    load(capsys, file)
    lesson, quiz = LessonPage.objects.get(), QuizPage.objects.get()
    changed = SOUND.replace("Un paragraphe.", "Un autre paragraphe.").replace('"Combien ?"', '"Combien donc ?"')
    file.write_text(changed.replace("level: 2}", "level: 3}").replace("points: 2", "points: 3"))
    assert load(capsys, file).splitlines() == [
        "formations : 1 mises à jour",
        "leçons : 1 mises à jour",
        "évaluations : 1 mises à jour",
        "questions : 1 mises à jour, 6 inchangées",
    ]
    lesson.refresh_from_db()
    assert "Un autre paragraphe." in lesson.body[0].value.source
    assert (lesson.slug, lesson.live, lesson.has_unpublished_changes) == ("premiere-lecon", True, False)
    assert Question.objects.get(code="essai-q4").versions.count() == 2
    assert Question.objects.get(code="essai-q3").versions.count() == 1
    assert [gain.level for gain in CoursePage.objects.get().competence_gains.all()] == [3]
    quiz = QuizPage.objects.get(pk=quiz.pk)
    assert [asked.points for asked in quiz.quiz_questions.all()][:3] == [1, 3, 1]
    assert load(capsys, file).count("inchangées") == 4


def test_new_lesson_takes_its_place(file, capsys):
    load(capsys, file)
    lesson = SOUND[SOUND.index("    - id: l1") : SOUND.index("  quiz:")]
    first, last = lesson.replace("l1", "l0").replace("Première", "Toute première"), lesson.replace("l1", "l2")
    file.write_text(SOUND.replace(lesson, first + lesson + last))
    load(capsys, file)
    course = CoursePage.objects.get()
    outline = course_outline(course.pk, course.outline.version)
    assert [item.slug for item in outline.items] == [
        *("toute-premiere-lecon", "premiere-lecon", "premiere-lecon-2", "evaluation")
    ]


def test_what_a_trainer_changed_is_left_unless_asked(file, capsys):
    load(capsys, file)
    lesson = LessonPage.objects.get()
    lesson.title = "Le titre du formateur"
    lesson.save_revision().publish()
    question = Question.objects.get(code="essai-q1")
    question.explanation = "L’explication du formateur."
    question.save()
    file.write_text(SOUND.replace("Un paragraphe.", "Écrasé ?").replace("Voilà.", "Écrasée ?"))

    out = load(capsys, file)
    assert "leçons : 1 laissées" in out
    assert "laissé tel quel (modifié ici depuis le dernier import) : essai/l1" in out
    assert "laissé tel quel (modifié ici depuis le dernier import) : essai-q1" in out
    lesson.refresh_from_db()
    question = Question.objects.get(pk=question.pk)
    assert (lesson.title, question.explanation) == ("Le titre du formateur", "L’explication du formateur.")

    out = load(capsys, file, update=True)
    assert "leçons : 1 mises à jour" in out
    lesson.refresh_from_db()
    question = Question.objects.get(pk=question.pk)
    assert (lesson.title, question.explanation) == ("Première leçon", "Écrasée\u202f?")
    assert question.versions.count() == 3
    assert "laissé" not in load(capsys, file)


def test_lesson_a_trainer_deleted_stays_deleted_unless_asked(file, capsys):
    load(capsys, file)
    LessonPage.objects.get().delete()
    assert "laissé tel quel (modifié ici depuis le dernier import) : essai/l1" in load(capsys, file)
    assert not LessonPage.objects.exists()
    assert "leçons : 1 créées" in load(capsys, file, update=True)
    outline = course_outline(CoursePage.objects.get().pk, CoursePage.objects.get().outline.version)
    assert [item.slug for item in outline.items] == ["premiere-lecon", "evaluation"]


def test_course_written_here_is_not_taken_over(file, capsys):
    own = CoursePageFactory(slug="essai", title="Écrite ici")
    assert "formations : 1 laissées" in load(capsys, file, update=True)
    assert CoursePage.objects.get() == own
    assert not Question.objects.exists()


def test_course_joins_the_branch_of_its_producer_once_the_unit_is_known(file, capsys):
    file.write_text(SOUND.replace("  order:", "  producer: ASIN\n  order:", 1))
    load(capsys, file)
    course = CoursePage.objects.get()
    assert (course.get_parent().specific, course.producer) == (CataloguePage.objects.get(), None)
    agency = UnitFactory(code="ASIN", kind="agency")
    load(capsys, file)
    branch = ProducerPage.objects.get(unit=agency)
    assert list(branch.get_children()) == [course.page_ptr]
    assert LessonPage.objects.get().url.startswith(course.url)
    course.move(CataloguePage.objects.get(), "last-child")
    load(capsys, file)
    load(capsys, file)
    assert list(ProducerPage.objects.get().get_children()) == [course.page_ptr]


def test_a_file_states_the_rest_of_the_sheet_and_leaves_what_it_does_not_say(file, capsys):
    load(capsys, file)
    course = CoursePage.objects.get()
    course.licence, course.contact_email = "CC0-1.0", "autre@gouv.bj"
    course.save()
    stated = "in_person_minutes: 90\n  assurance: N3\n  contact_email: formation@gouv.bj\n  review_due_on: 2027-06-30"
    file.write_text(SOUND.replace("  order:", f"  {stated}\n  order:", 1))
    load(capsys, file)
    course.refresh_from_db()
    assert (course.in_person_minutes, course.assurance, course.contact_email) == (90, "N3", "formation@gouv.bj")
    assert (course.review_due_on.isoformat(), course.licence) == ("2027-06-30", "CC0-1.0")
    assert "formations : 1 inchangées" in load(capsys, file)


def test_questions_of_files_are_common_but_those_of_a_partner(file, capsys):
    load(capsys, file)
    assert {question.collection for question in Question.objects.all()} == {shared_bank()}
    partner = UnitFactory(code="SARL", kind="company")
    theirs = SOUND.replace("  order:", "  producer: SARL\n  order:", 1).replace("id: essai", "id: prive", 1)
    file.write_text(theirs)
    load(capsys, file)
    bank = ProducerPage.objects.get(unit=partner).collection
    assert {question.collection for question in Question.objects.filter(code__startswith="prive-")} == {bank}

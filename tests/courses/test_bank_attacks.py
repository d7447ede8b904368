"""A partner tries every way to a question of the State, and gets nothing; at home, it writes quizzes with its own."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Collection, GroupCollectionPermission
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from courses.actions import ensure_site
from courses.actions.import_course import carry_out, rehearse
from courses.actions.import_questions import begin_import, previewed
from courses.actions.import_questions import carry_out as write_questions
from courses.actions.tag_questions import tag_questions
from courses.models import LessonPage, ProducerPage, Question, QuestionImport, QuestionTag, QuestionVersion, QuizPage
from courses.models.banks import bank_of, home_bank, question_policy, reach_of, shared_bank
from courses.packages.reading import read_package
from courses.packages.writing import write_course
from lms.assessment.actions import start_attempt
from lms.learning.models import Enrolment
from tests.courses.test_back_office import question_form
from tests.courses.test_branch_attacks import lesson_form
from tests.courses.test_draws import form_of
from tests.factories.courses import CoursePageFactory, LessonPageFactory, QuestionFactory, QuizPageFactory, make_trainer
from tests.factories.people import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET, SECRET_TAG = "Sujet de l’examen d’État", "Étiquette réservée"
BANK, CHOOSER = "wagtailsnippets_courses_question", "wagtailsnippetchoosers_courses_question"


class Scene:
    """A partner, with a course and two questions; a trainer of the State, with one question in their bank and one common."""

    def __init__(self):
        ensure_site()
        self.partner = make_trainer(UnitFactory(kind="company", name="Société"))
        self.mine = ProducerPage.objects.get()
        self.state = make_trainer(UnitFactory(name="Ministère"))
        self.theirs = ProducerPage.objects.exclude(pk=self.mine.pk).get()
        author = {"author": self.state, "explanation": SECRET, "level": 4}
        self.common = QuestionFactory(prompt=f"{SECRET} 1", code="secret-commun", **author)
        self.own = QuestionFactory(prompt=f"{SECRET} 2", code="secret", collection=self.theirs.collection, **author)
        for question in self.secrets:
            question.tags.add(SECRET_TAG)
        self.questions = [
            QuestionFactory(prompt=f"De la société {n}", code=f"societe-{n}", level=4, collection=self.mine.collection)
            for n in (1, 2)
        ]
        self.course = CoursePageFactory(parent=self.mine, live=False)

    @property
    def secrets(self):
        return [self.common, self.own]

    def state_of_secrets(self):
        """All that an act could have changed."""
        pks = [question.pk for question in self.secrets]
        return (
            list(Question.objects.filter(pk__in=pks).order_by("pk").values()),
            list(QuestionVersion.objects.filter(question__in=pks).order_by("pk").values_list("pk", "fingerprint")),
            list(QuestionTag.objects.filter(tagged__content_object__in=pks).values_list("name", flat=True)),
        )


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def attacker(client, scene):
    client.force_login(scene.partner)
    return client


def leaks(text: str, *more: str) -> list[str]:
    return [word for word in (SECRET, SECRET_TAG, "secret-commun", "examen", *more) if word in text]


# --- Looking


def test_a_bank_is_read_by_its_trainers_and_the_common_one_by_those_of_the_state(scene):
    other = make_trainer(UnitFactory(name="Autre ministère"))
    administrator = UserFactory(is_superuser=True)
    seen = {
        who: set(Question.objects.visible_to(who).values_list("code", flat=True))
        for who in (scene.partner, scene.state, other, administrator, UserFactory())
    }
    assert list(seen.values()) == [
        {"societe-1", "societe-2"},
        {"secret-commun", "secret"},
        {"secret-commun"},
        {"secret-commun", "secret", "societe-1", "societe-2"},
        set(),
    ]
    for question in scene.questions:
        assert question_policy.user_has_permission_for_instance(scene.partner, "change", question)
        assert not question_policy.user_has_permission_for_instance(scene.state, "change", question)
    assert not question_policy.user_has_permission_for_instance(administrator, "delete", scene.own)
    assert not question_policy.user_has_permission(administrator, "delete")


def test_what_a_branch_may_ask_does_not_depend_on_who_looks(scene):
    codes = {
        page: set(Question.objects.open_to(page).values_list("code", flat=True))
        for page in (scene.course, scene.mine, scene.theirs, scene.mine.get_parent())
    }
    assert list(codes.values()) == [
        {"societe-1", "societe-2"},
        {"societe-1", "societe-2"},
        {"secret-commun", "secret"},
        {"secret-commun"},
    ]


def test_no_list_search_filter_or_chooser_names_a_question_of_the_state(scene, attacker):
    asked = [
        (f"{BANK}:list", {}),
        (f"{BANK}:list", {"q": "examen"}),
        (f"{BANK}:list", {"q": "secret-commun"}),
        (f"{BANK}:list_results", {"level": 4}),
        (f"{BANK}:list", {"author": scene.state.pk}),
        (f"{BANK}:list", {"collection": shared_bank().pk}),
        (f"{BANK}:list", {"tag": QuestionTag.objects.get().pk}),
        (f"{CHOOSER}:choose", {}),
        (f"{CHOOSER}:choose", {"q": "examen"}),
        (f"{CHOOSER}:choose_results", {"q": "Sujet"}),
        (f"{CHOOSER}:choose_results", {"collection_id": shared_bank().pk}),
        (f"{CHOOSER}:chosen_multiple", {"id": [question.pk for question in scene.secrets]}),
        ("wagtailadmin_reports:site_history", {}),
        ("wagtailadmin_home", {}),
    ]
    found = []
    for name, query in asked:
        page = attacker.get(reverse(name), query)
        assert page.status_code == 200
        words = leaks(
            page.content.decode().replace("?q=examen", "").replace('value="examen"', ""), scene.state.last_name
        )
        found += [(name, query, words)] if set(words) - {"examen", "secret-commun"} else []
    assert found == []
    html = attacker.get(reverse(f"{BANK}:list")).content.decode()
    assert "De la société 1" in html
    assert "Banque de questions" in attacker.get(reverse("wagtailadmin_home")).content.decode()


def test_no_address_of_a_question_of_the_state_is_found(scene, attacker):
    before = scene.state_of_secrets()
    for question in scene.secrets:
        for name in ("edit", "copy", "usage", "history", "history_results", "preview_on_edit", "delete"):
            url = reverse(f"{BANK}:{name}", args=[question.pk])
            assert attacker.get(url).status_code == 404, name
            assert attacker.post(url, question_form(collection=scene.mine.collection_id)).status_code == 404, name
        assert attacker.get(reverse(f"{CHOOSER}:chosen", args=[question.pk])).status_code == 404
        ping = reverse("wagtailadmin_editing_sessions:ping", args=["courses", "question", question.pk, 1])
        assert attacker.post(ping).status_code == 404
    assert scene.state_of_secrets() == before


def test_bulk_acts_neither_name_nor_touch_a_question_of_the_state(scene, attacker):
    before = scene.state_of_secrets()
    everything = "&".join(f"id={question.pk}" for question in [*scene.secrets, *scene.questions])
    for act in ("tag", "delete"):
        url = reverse("wagtail_bulk_action", args=["courses", "question", act])
        for ids in (everything, "id=all"):
            page = attacker.get(f"{url}?{ids}").content.decode()
            assert leaks(page) == []
            attacker.post(f"{url}?{ids}", {"added": "Nous", "removed": SECRET_TAG})
    assert scene.state_of_secrets() == before
    assert [{tag.name for tag in question.tags.all()} for question in scene.questions] == [{"Nous"}] * 2


def test_no_tag_of_the_state_is_offered(scene, attacker):
    url = reverse("wagtailadmin_tag_model_autocomplete", args=["courses", "questiontag"])
    assert attacker.get(url, {"term": "Éti"}).json() == []
    scene.questions[0].tags.add("Étalage")
    assert attacker.get(url, {"term": "Ét"}).json() == ["Étalage"]
    tag_questions([scene.questions[1]], [SECRET_TAG.upper()], [], Question.objects.visible_to(scene.partner))
    assert [tag.name for tag in scene.questions[1].tags.all()] == [SECRET_TAG.upper()]  # not that of the State
    quiz = QuizPageFactory(parent=scene.course, questions=scene.questions)
    editor = attacker.get(reverse("wagtailadmin_pages:edit", args=[quiz.pk])).content.decode()
    assert "Étalage" in editor
    assert leaks(editor) == []


def test_exports_hold_the_questions_in_sight(scene, attacker):
    for name in ("csv", "gift", "xml"):
        text = attacker.get(reverse(f"{BANK}:list"), {"export": name}).content.decode()
        assert "De la société 1" in text
        assert leaks(text) == []
    book = load_workbook(io.BytesIO(attacker.get(reverse(f"{BANK}:list"), {"export": "xlsx"}).content))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == ["societe-1", "societe-2"]


# --- Bringing in


def imported(user, data: str, bank=None):
    bank = bank or home_bank(user)
    return begin_import("x.gift", data.encode(), bank, user, timezone.now())


def test_an_import_takes_no_notice_of_the_codes_of_other_banks(scene, attacker, run_jobs):
    before = scene.state_of_secrets()
    data = "".join(f"// [id:{code}]\n::x::Ma question {{TRUE}}\n\n" for code in ("secret", "secret-commun"))
    begun = imported(scene.partner, data)
    assert (begun.bank, begun.counts["created"], begun.counts["kept"]) == (scene.mine.collection, 2, 0)
    attacker.post(reverse("courses_question_import_confirm", args=[begun.pk]), {"replaces": "on"})
    run_jobs()
    page = attacker.get(reverse("courses_question_import_detail", args=[begun.pk])).content.decode()
    assert QuestionImport.objects.get().state == "done"
    assert SECRET not in page
    assert "remplacée" not in page
    assert scene.state_of_secrets() == before
    mine = Question.objects.visible_to(scene.partner)
    assert list(mine.order_by("code").values_list("code", flat=True)) == [
        "secret",
        "secret-commun",
        "societe-1",
        "societe-2",
    ]


def test_the_same_words_as_a_question_of_the_state_say_nothing_of_it(scene):
    """A file that guesses right reads like one that guesses wrong."""
    guess = "Est-ce un secret ? {TRUE}"
    home = shared_bank()
    assert imported(scene.state, guess, home).counts["created"] == 1
    write_questions(previewed(guess.encode(), home)[1], home)
    assert imported(scene.state, guess, home).counts["unchanged"] == 1
    assert imported(scene.partner, guess).counts["created"] == 1


def test_a_file_goes_to_no_bank_one_does_not_write_in(scene, attacker):
    file = io.BytesIO(b"Vrai ? {TRUE}")
    file.name = "x.gift"
    attacker.post(reverse("courses_question_import"), {"file": file, "bank": shared_bank().pk})
    assert [begun.bank for begun in QuestionImport.objects.all()] == [scene.mine.collection]
    begun = imported(scene.partner, "Vrai ? {TRUE}", shared_bank())  # as if the branch had since become a partner's
    assert attacker.post(reverse("courses_question_import_confirm", args=[begun.pk])).status_code == 404


def test_a_code_of_a_branch_is_refused_in_the_common_bank_where_both_are_read(scene):
    other = make_trainer(UnitFactory(name="Autre ministère"))
    begun = imported(other, "// [id:secret]\n::x::Autre {TRUE}", shared_bank())
    assert (begun.counts["created"], begun.counts["error"]) == (0, 1)
    assert begun.remarks[0][2] == "Le code « secret » est déjà pris : donnez-en un autre à cette question."
    mine = imported(other, "// [id:secret]\n::x::Autre {TRUE}", ProducerPage.objects.last().collection)
    assert mine.counts["created"] == 1


def archive(course):
    file = io.BytesIO()
    write_course(course, file)
    return read_package(file.getvalue())


def test_a_whole_course_is_brought_in_with_questions_of_ones_own(scene):
    source = CoursePageFactory(parent=scene.theirs, code="source")
    QuizPageFactory(parent=source, questions=scene.secrets)
    package = archive(source)
    package.manifest["course"]["code"] = "autre"
    assert rehearse(package, scene.partner).counts["question"] == 2  # none is told to be here already
    before = scene.state_of_secrets()
    made = carry_out(package, scene.partner).course
    assert made.get_parent().specific == scene.mine
    asked = QuizPage.objects.descendant_of(made).get().quiz_questions.all()
    assert {each.question.collection for each in asked} == {scene.mine.collection}
    assert scene.state_of_secrets() == before
    assert rehearse(archive(source), scene.state).counts["unchanged"] == 1


def test_an_archive_names_no_question_it_does_not_hold(scene):
    quiz = QuizPageFactory(parent=scene.course, questions=scene.questions)
    package = archive(scene.course)
    package.manifest["course"]["code"] = "autre"
    package.manifest["course"]["pages"][0]["quiz_questions"][0]["question"] = "secret-commun"
    outcome = carry_out(package, scene.partner)
    asked = QuizPage.objects.descendant_of(outcome.course).get().quiz_questions.all()
    assert [each.question for each in asked] == [scene.questions[1]]
    assert quiz.quiz_questions.count() == 2
    message = "Rien ici ne porte ce nom : question « secret-commun ». Ce n’est pas repris."
    assert message in [remark.message for remark in outcome.remarks]


def test_an_archive_says_nothing_of_the_drafts_of_others(scene):
    hidden = CoursePageFactory(parent=scene.theirs, code="reforme-secrete", live=False)
    outcome = rehearse(archive(hidden), scene.partner)
    assert (outcome.remarks, outcome.counts["unchanged"]) == ([], 0)


# --- Pages that name questions


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("act", [{}, {"action-publish": "1"}, {"action-submit": "1"}])
def test_a_quiz_takes_no_question_of_another_bank_and_shows_none(scene, attacker, which, act):
    secret = scene.secrets[which]
    quiz = QuizPageFactory(parent=scene.course, questions=[], live=False)
    form = form_of(quiz, questions=[scene.questions[0], secret], **act)
    page = attacker.post(reverse("wagtailadmin_pages:edit", args=[quiz.pk]), form)
    assert page.status_code == 200
    html = page.content.decode()
    assert "Une question n’est pas de votre banque" in html
    assert "De la société 1" in html  # nothing else of the form is lost
    assert leaks(html) == []
    assert not quiz.get_latest_revision_as_object().quiz_questions.exists()


def test_a_new_quiz_takes_no_question_of_another_bank_either(scene, attacker):
    quiz = QuizPage(title="Neuf", slug="neuf")
    add = reverse("wagtailadmin_pages:add", args=["courses", "quizpage", scene.course.pk])
    page = attacker.post(add, form_of(quiz, questions=[scene.common]))
    assert leaks(page.content.decode()) == []
    assert not QuizPage.objects.exists()
    preview = reverse("wagtailadmin_pages:preview_on_add", args=["courses", "quizpage", scene.course.pk])
    assert attacker.post(preview, form_of(quiz, questions=[scene.common])).json()["is_valid"] is False
    assert leaks(attacker.get(preview).content.decode()) == []


def test_a_preview_shows_no_question_of_another_bank(scene, attacker):
    quiz = QuizPageFactory(parent=scene.course, questions=[scene.questions[0]], live=False)
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[quiz.pk])
    attacker.post(preview, form_of(quiz, questions=[scene.common]))
    html = attacker.get(preview, {"mode": ""}).content.decode()
    assert leaks(html) == []


def with_check(page, question, **more) -> dict:
    body = streamfield([("quick_check", {"question": question.pk})])
    form = lesson_form(page) | more
    del form["body-count"]
    return form | nested_form_data({"body": body})


def test_a_lesson_asks_no_question_of_another_bank(scene, attacker):
    lesson = LessonPageFactory(parent=scene.course, live=False)
    edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    for secret in scene.secrets:
        page = attacker.post(edit, with_check(lesson, secret))
        html = page.content.decode()
        assert "Une question n’est pas de votre banque" in html
        assert leaks(html) == []
        attacker.post(preview, with_check(lesson, secret))
        assert leaks(attacker.get(preview).content.decode()) == []
    assert attacker.post(edit, with_check(lesson, scene.questions[0])).status_code == 302
    draft = LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object()
    assert [block.value["question"] for block in draft.body] == [scene.questions[0]]


def test_what_a_page_asks_already_stays(scene, client):
    """An administrator gave a partner one question of the State: its trainers go on editing the rest of the quiz."""
    quiz = QuizPageFactory(parent=scene.course, questions=[scene.common], live=False)
    client.force_login(scene.partner)
    held = quiz.quiz_questions.get()
    form = form_of(quiz, title="Nouveau titre")
    form |= nested_form_data(
        {"quiz_questions": inline_formset([{"question": scene.common.pk, "points": 2, "id": held.pk}], initial=1)}
    )
    assert client.post(reverse("wagtailadmin_pages:edit", args=[quiz.pk]), form).status_code == 302


def test_draws_count_and_serve_what_the_branch_may_ask(scene, attacker):
    quiz = QuizPageFactory(parent=scene.course, questions=[], live=True)
    url = reverse("courses_draw_matches", args=[quiz.pk])
    assert attacker.get(url, {"level": 4}).json()["text"] == "2 questions de la banque conviennent."
    tag = QuestionTag.objects.get(name=SECRET_TAG)
    assert attacker.get(url, {"tag": tag.pk}).json()["text"] == "Aucune question de la banque ne convient."
    elsewhere = reverse("courses_draw_matches", args=[scene.theirs.pk])
    assert attacker.get(elsewhere, {"level": 4}).status_code == 404
    edit = reverse("wagtailadmin_pages:edit", args=[quiz.pk])
    refused = attacker.post(edit, form_of(quiz, draws=[{"count": 3, "level": 4}]))
    assert "La banque n’a que 2 questions qui conviennent" in refused.content.decode()
    refused = attacker.post(edit, form_of(quiz, draws=[{"count": 1, "tag": tag.pk}]))
    assert refused.status_code == 200
    assert leaks(refused.content.decode()) == []
    assert attacker.post(edit, form_of(quiz, draws=[{"count": 2, "level": 4}])).status_code == 302
    attacker.get(edit)
    # whoever publishes it, learners are served what its branch may ask
    quiz = QuizPage.objects.get(pk=quiz.pk)
    quiz.get_latest_revision().publish()
    enrolment = Enrolment.objects.create(person=UserFactory(), course=scene.course, enrolled_at=timezone.now())
    served = start_attempt(enrolment, QuizPage.objects.get(pk=quiz.pk), timezone.now()).questions.all()
    assert {row.version.question for row in served} == set(scene.questions)


# --- At home


def test_a_partner_writes_questions_and_quizzes_of_its_own(scene, attacker):
    add = reverse(f"{BANK}:add")
    page = attacker.get(add).content.decode()
    assert "Société" in page
    assert "Bibliothèque commune" not in page
    forged = question_form(collection=shared_bank().pk, code="secret-commun", tags="À nous")
    assert attacker.post(add, forged).status_code == 302  # the bank it names is not read, its code is free here
    written = Question.objects.get(prompt__contains="Est-ce clair", code="secret-commun")
    assert (written.collection, written.author) == (scene.mine.collection, scene.partner)
    assert attacker.get(reverse(f"{CHOOSER}:chosen", args=[written.pk])).status_code == 200
    new = reverse("wagtailadmin_pages:add", args=["courses", "quizpage", scene.course.pk])
    form = form_of(
        QuizPage(title="Notre test", slug="notre-test"), questions=[written], draws=[{"count": 2, "level": 4}]
    )
    assert attacker.post(new, form).status_code == 302
    quiz = QuizPage.objects.get().get_latest_revision_as_object()
    assert [asked.question for asked in quiz.quiz_questions.all()] == [written]
    assert [str(draw) for draw in quiz.draws.all()] == ["2 questions : niveau 4"]
    editor = attacker.get(reverse("wagtailadmin_pages:edit", args=[quiz.pk])).content.decode()
    assert "Est-ce clair ?" in editor
    assert "2 questions de la banque conviennent." in editor
    assert attacker.get(reverse(f"{BANK}:usage", args=[written.pk])).status_code == 200


def test_a_trainer_of_the_state_writes_at_home_or_for_all_and_takes_nothing_back(scene, client):
    client.force_login(scene.state)
    page = client.get(reverse(f"{BANK}:add")).content.decode()
    assert f'<option value="{scene.theirs.collection_id}" selected>' in page
    assert "Société" not in page
    assert home_bank(scene.state) == scene.theirs.collection
    edit = reverse(f"{BANK}:edit", args=[scene.own.pk])
    shared, own = shared_bank().pk, scene.theirs.collection_id
    assert client.post(edit, question_form(collection=shared, code="partagee")).status_code == 302
    assert Question.objects.get(pk=scene.own.pk).collection_id == shared
    client.post(edit, question_form(collection=own, code="partagee"))
    assert Question.objects.get(pk=scene.own.pk).collection_id == shared
    copy = client.get(reverse(f"{BANK}:copy", args=[scene.common.pk])).content.decode()
    assert f'<option value="{own}"' in copy


def test_a_code_is_of_one_question_in_all_that_is_read_together(scene, client):
    client.force_login(scene.state)
    add = reverse(f"{BANK}:add")
    for code, bank in (
        ("secret-commun", scene.theirs.collection),
        ("secret", shared_bank()),
        ("secret", bank_of(scene.theirs)),
    ):
        page = client.post(add, question_form(code=code, collection=bank.pk))
        assert "Une autre question a déjà ce code" in page.content.decode()
    assert client.post(add, question_form(code="societe-1", collection=shared_bank().pk)).status_code == 302


def test_a_branch_that_becomes_a_partners_loses_the_common_bank(scene):
    scene.theirs.is_partner = True
    scene.theirs.save_revision().publish()
    person = type(scene.state).objects.get(pk=scene.state.pk)
    assert set(Question.objects.visible_to(person)) == {scene.own}
    assert reach_of(scene.theirs.collection) == [scene.theirs.collection_id]
    shared = GroupCollectionPermission.objects.filter(group=scene.theirs.group, collection=shared_bank())
    assert not shared.exists()
    assert not scene.theirs.group.permissions.exists()
    assert Collection.objects.filter(name="Bibliothèque commune").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_bank_and_chooser_cost_the_same_for_any_length(scene, client, count, django_assert_num_queries):
    QuestionFactory.create_batch(count, collection=scene.theirs.collection)
    client.force_login(scene.state)
    client.get(reverse(f"{BANK}:list"))
    with django_assert_num_queries(22):
        client.get(reverse(f"{BANK}:list"))
    with django_assert_num_queries(7):
        client.get(reverse(f"{CHOOSER}:choose_results"))

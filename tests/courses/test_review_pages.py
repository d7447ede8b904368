"""« Relectures » in the back office: what reviewers and authors see and do, and what others try."""

import json

import pytest
from django.urls import reverse
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowTask

from courses.models import LessonPage, QuizDraw, QuizPage, ReviewCriterion, ReviewRecord
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.courses.test_branch_attacks import lesson_form
from tests.factories.courses import (
    CoursePageFactory,
    LessonPageFactory,
    QuestionFactory,
    QuizPageFactory,
    make_trainer,
)
from tests.factories.people import UserFactory
from tests.factories.reviews import Scene, every_box, state_of, submit

pytestmark = pytest.mark.django_db
QUERIES_OF_THE_DASHBOARD = 24
QUERIES_OF_THE_QUESTIONS = 20


@pytest.fixture
def scene():
    return Scene()


def review_url(state) -> str:
    return reverse("courses_review", args=[state.pk])


def page_of(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def is_untouched(state) -> bool:
    page = Page.objects.get(pk=state.workflow_state.object_id)
    return TaskState.objects.get(pk=state.pk).status == "in_progress" and not page.live


# --- A day of the partner, and of the reviewer


def test_a_partner_submits_in_the_editor_and_its_reviewer_publishes(client, scene):
    client.force_login(scene.author)
    edit = reverse("wagtailadmin_pages:edit", args=[scene.lesson.pk])
    html = page_of(client, edit)
    assert 'name="action-submit"' in html
    assert 'name="action-publish"' not in html
    client.post(edit, lesson_form(scene.lesson, **{"action-submit": "1"}))
    state = state_of(scene.lesson)
    assert "attend sa relecture" in page_of(client, edit)
    client.post(edit, lesson_form(scene.lesson, title="Changée"))
    assert LessonPage.objects.get().get_latest_revision_as_object().title == "Adresses"
    assert "Vous recevrez sa réponse par courriel" in page_of(client, review_url(state))

    client.force_login(scene.reviewer)
    assert "Adresses" in page_of(client, reverse("courses_review_list"))
    html = page_of(client, review_url(state))
    assert all(criterion.text in html for criterion in ReviewCriterion.objects.all())
    answer = client.post(review_url(state), {"decision": "approve", "met": every_box(), "comment": ""}, follow=True)
    assert "« Adresses » est approuvée." in answer.content.decode()
    assert LessonPage.objects.get().live
    html = page_of(client, review_url(state))
    assert f"Relue par {scene.reviewer}" in html


def test_a_box_left_empty_is_said_and_nothing_is_lost(client, scene):
    state = submit(scene.lesson, scene.author)
    client.force_login(scene.reviewer)
    met = every_box()[1:]
    html = client.post(review_url(state), {"decision": "approve", "met": met, "comment": "Bien."}).content.decode()
    assert "cochez chaque point de la liste" in html
    assert "Bien.</textarea>" in html
    assert html.count(" checked") == len(met)
    html = client.post(review_url(state), {"decision": "reject", "met": met, "comment": " "}).content.decode()
    assert "Dites à l’auteur ce qui est à changer." in html
    assert is_untouched(state)


def test_the_pages_of_a_course_are_decided_together_but_those_unticked(client, scene):
    other = LessonPageFactory(parent=scene.course, title="Ports", live=False)
    state = submit(scene.course, scene.author)
    client.force_login(scene.reviewer)
    html = page_of(client, review_url(state))
    assert "La décision vaut aussi pour" in html
    assert html.count(' name="also"') == 2
    chosen = {"decision": "approve", "met": every_box(), "also": [state_of(scene.lesson).pk]}
    client.post(review_url(state), chosen)
    live = Page.objects.live().filter(pk__in=[scene.course.pk, scene.lesson.pk, other.pk])
    assert set(live.values_list("title", flat=True)) == {"Réseaux", "Adresses"}


def test_a_reviewer_reads_the_pages_of_the_branch_and_changes_none(client, scene):
    published = LessonPageFactory(parent=CoursePageFactory(parent=scene.branch), title="Publiée")
    state = submit(scene.lesson, scene.author)
    client.force_login(scene.reviewer)
    for page in (scene.lesson, scene.course, published):
        assert client.get(reverse("courses_review_page", args=[page.pk])).status_code == 200
        assert client.get(reverse("wagtailadmin_explore", args=[page.pk])).status_code == 200
    revision = state.revision_id
    assert client.get(reverse("courses_review_revision", args=[scene.lesson.pk, revision])).status_code == 200
    edit = reverse("wagtailadmin_pages:edit", args=[scene.lesson.pk])
    assert client.get(edit).status_code == 200  # to read: it is locked
    compared = reverse("wagtailadmin_pages:revisions_compare", args=[scene.lesson.pk, "earliest", "latest"])
    assert client.get(compared).status_code == 200
    client.post(edit, lesson_form(scene.lesson, title="Changée"))
    client.post(edit, lesson_form(scene.lesson, **{"action-publish": "1"}))
    client.post(edit, lesson_form(scene.lesson, **{"action-cancel-workflow": "1"}))
    for page in (scene.course, published):
        assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code in (302, 403)
    for name in ("delete", "unpublish", "copy", "move", "set_privacy", "convert_alias"):
        client.post(reverse(f"wagtailadmin_pages:{name}", args=[published.pk]), {"new_title": "X", "new_slug": "x"})
    client.post(
        reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", scene.course.pk]),
        lesson_form(published, slug="y"),
    )
    assert is_untouched(state)
    assert set(LessonPage.objects.values_list("title", "live")) == {("Publiée", True), ("Adresses", False)}
    assert LessonPage.objects.get(pk=scene.lesson.pk).latest_revision_id == revision


def test_a_reviewer_compares_versions_without_the_right_to_edit(client, scene):
    """With what was sent back, then with what is published; by one who reviews it, by one who may no longer decide, by no other."""
    first = submit(scene.lesson, scene.author)
    client.force_login(scene.reviewer)
    client.post(review_url(first), {"decision": "reject", "met": [], "comment": "Citez la loi."})
    lesson = LessonPage.objects.get()
    lesson.title = "Adresses et noms"
    lesson.save_revision(user=scene.author)
    lesson.current_workflow_state.resume(scene.author)
    second = state_of(lesson)
    since, changes = (f"courses_review_changes{end}" for end in ("_since", ""))
    assert links_of(client, second) == (True, False)
    html = page_of(client, reverse(since, args=[second.pk]))
    assert "Ce qui change depuis la version relue avant" in html
    assert '<span class="addition"> et noms</span>' in html
    assert client.get(reverse(changes, args=[second.pk])).status_code == 404  # nothing is published yet
    client.post(review_url(second), {"decision": "approve", "met": every_box()})
    assert links_of(client, second) == (True, False)
    assert client.get(reverse("wagtailadmin_pages:history", args=[lesson.pk])).status_code in (302, 403)

    lesson = LessonPage.objects.get()
    lesson.title = "Adresses et domaines"
    third = submit(lesson, scene.author)
    assert links_of(client, third) == (False, True)  # the same version was the last one reviewed
    assert "domaines" in page_of(client, reverse(changes, args=[third.pk]))
    for person, status in [(scene.stranger, 404), (UserFactory(), 403), (scene.chief, 200), (scene.author, 200)]:
        client.force_login(person)
        assert client.get(reverse(changes, args=[third.pk])).status_code == status


def links_of(client, state) -> tuple[bool, bool]:
    """Whether the page of a review leads to what changed since the one before, and since what is published."""
    html = page_of(client, review_url(state))
    return tuple(reverse(f"courses_review_changes{end}", args=[state.pk]) in html for end in ("_since", ""))


def test_reviewers_see_the_reviews_of_their_scope_and_no_other(client, scene):
    submit(scene.lesson, scene.author)
    trainer = make_trainer(scene.agency)
    secret = CoursePageFactory(
        parent=trainer.groups.get(name__startswith="Formateurs –").producer_page, title="Secrète", live=False
    )
    theirs = submit(secret, trainer)
    sees = {scene.reviewer: {"Adresses"}, scene.stranger: {"Secrète"}, scene.chief: {"Adresses", "Secrète"},
            scene.author: {"Adresses"}, trainer: {"Secrète"}}  # fmt: skip
    for person, titles in sees.items():
        client.force_login(person)
        html = page_of(client, reverse("courses_review_list"))
        assert {title for title in ("Adresses", "Secrète") if title in html} == titles
    client.force_login(scene.reviewer)
    assert client.get(review_url(theirs)).status_code == 404
    assert client.get(reverse("courses_review_page", args=[secret.pk])).status_code == 404
    assert client.get(reverse("courses_review_revision", args=[secret.pk, theirs.revision_id])).status_code == 404
    assert client.get(reverse("courses_review_revision", args=[scene.lesson.pk, theirs.revision_id])).status_code == 404
    for name in ("workflow", "workflow_tasks"):  # they name everyone who ever submitted a page
        assert client.get(reverse(f"wagtailadmin_reports:{name}")).status_code == 404
    client.force_login(UserFactory())
    assert client.get(reverse("courses_review_list")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_length(client, scene, count, django_assert_num_queries):
    for _one in range(count):
        submit(LessonPageFactory(parent=scene.course, live=False), scene.author)
    client.force_login(scene.reviewer)
    client.get(reverse("courses_review_list"))
    with django_assert_num_queries(12):
        client.get(reverse("courses_review_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_counts_what_waits_in_as_many_queries(client, scene, count, django_assert_num_queries):
    for _one in range(count):
        submit(LessonPageFactory(parent=scene.course, title="À relire ici", live=False), scene.author)
    client.force_login(scene.reviewer)
    url = reverse("wagtailadmin_home")
    html = " ".join(page_of(client, url).split())
    assert f"<strong>{count}</strong> À relire" in html
    assert "À corriger" not in html  # that is for those who teach
    with django_assert_num_queries(QUERIES_OF_THE_DASHBOARD):
        client.get(url)
    client.force_login(scene.author)
    html = " ".join(page_of(client, url).split())
    assert all(f"<strong>0</strong> {label}" in html for label in ("À corriger", "Contestations", "Remarques"))
    assert "</strong> À relire" not in html


def test_the_list_filters_and_exports(client, scene):
    submit(scene.lesson, scene.author)
    submit(LessonPageFactory(parent=scene.course, title="De la relectrice", live=False), scene.reviewer)
    client.force_login(scene.reviewer)
    url = reverse("courses_review_list")
    assert "De la relectrice" not in page_of(client, f"{url}?mine=oui")
    assert "Adresses" in page_of(client, f"{url}?mine=oui")
    csv = b"".join(client.get(f"{url}?export=csv").streaming_content).decode()
    assert "Adresses,Réseaux,Société" in csv


# --- Attacks


def doors(page, state) -> list[tuple[str, dict]]:
    """Every way Wagtail has to act on a workflow, each with all that the checklist asks."""
    data = {"met": every_box(), "comment": "Oui", "decision": "approve"}
    extra = json.dumps({"comment": "Oui", "met": every_box()})
    found = []
    for action in ("approve", "reject", "review"):
        for name in ("workflow_action", "collect_workflow_action_data"):
            found.append((reverse(f"wagtailadmin_pages:{name}", args=[page.pk, action, state.pk]), data))
        form = lesson_form(page, **{
            "action-workflow-action": "1", "workflow-action-name": action, "workflow-action-extra-data": extra,
        })  # fmt: skip
        found.append((reverse("wagtailadmin_pages:edit", args=[page.pk]), form))
    return found


@pytest.mark.parametrize("who", ["reviewer", "author", "stranger", "chief"])
def test_wagtails_own_ways_decide_nothing_whoever_asks(client, scene, who):
    state = submit(scene.lesson, scene.author)
    client.force_login(getattr(scene, who))
    for url, data in doors(scene.lesson, state):
        client.post(url, data)
        client.get(url)
    assert is_untouched(state)
    assert not ReviewRecord.objects.exists()


def test_a_review_is_not_reached_through_another_page(client, scene):
    """The page of the address is one they review; the review named is not."""
    mine = submit(scene.lesson, scene.author)
    trainer = make_trainer(scene.agency)
    theirs = submit(
        CoursePageFactory(parent=trainer.groups.get(name__startswith="Formateurs –").producer_page, live=False), trainer
    )
    client.force_login(scene.reviewer)
    for url, data in doors(scene.lesson, theirs):
        if "workflow" in url:
            assert client.post(url, data).status_code == 404
    client.post(review_url(mine), {"decision": "approve", "met": every_box(), "also": [theirs.pk]})
    assert client.post(review_url(theirs), {"decision": "approve", "met": every_box()}).status_code == 404
    assert is_untouched(theirs)


def test_authors_do_not_approve_themselves(client, scene):
    """A reviewer who submits; an administrator who reviews; a superuser who wrote."""
    scene.author.is_superuser = True
    scene.author.save()
    for person in (scene.reviewer, scene.author):
        page = LessonPageFactory(parent=scene.course, live=False)
        state = submit(page, person)
        client.force_login(person)
        html = page_of(client, review_url(state))
        assert "une autre personne la relit" in html
        client.post(review_url(state), {"decision": "approve", "met": every_box()})
        assert is_untouched(state)


def test_an_administrator_still_publishes_by_hand(client, scene):
    state = submit(scene.lesson, scene.author)
    administrator = UserFactory()
    administrator.groups.add(ensure_groups()[Role.ADMINISTRATOR])
    client.force_login(administrator)
    edit = reverse("wagtailadmin_pages:edit", args=[scene.lesson.pk])
    client.post(edit, lesson_form(scene.lesson, **{"action-publish": "1"}))
    assert LessonPage.objects.get().live
    assert TaskState.objects.get(pk=state.pk).status == "cancelled"
    assert not ReviewRecord.objects.exists()


def test_a_partner_neither_changes_the_workflow_nor_the_checklist(client, scene):
    client.force_login(scene.author)
    for url in (
        reverse("wagtailadmin_workflows:index"),
        reverse("wagtailadmin_workflows:edit", args=[Workflow.objects.latest("pk").pk]),
        reverse("wagtailadmin_workflows:edit_task", args=[Task.objects.latest("pk").pk]),
        reverse("courses_review_criteria:index"),
        reverse("courses_review_criteria:edit", args=[every_box()[0]]),
    ):
        assert client.get(url).status_code in (302, 403), url
    assert WorkflowTask.objects.count() == 2


def test_administrators_keep_the_checklist(client, scene):
    administrator = UserFactory()
    administrator.groups.add(ensure_groups()[Role.ADMINISTRATOR])
    client.force_login(administrator)
    client.post(reverse("courses_review_criteria:add"), {"text": "Le glossaire est à jour", "help_text": ""})
    assert ReviewCriterion.objects.count() == 9
    html = page_of(client, reverse("courses_review_criteria:index"))
    assert "Le glossaire est à jour" in html
    state = submit(scene.lesson, scene.author)
    client.force_login(scene.reviewer)
    assert "Le glossaire est à jour" in page_of(client, review_url(state))


# --- The questions that a quiz may ask


def quiz_that_draws(scene):
    """A draft quiz of one fixed question and of one drawn among two."""
    mine = {"collection": scene.branch.collection}
    quiz = QuizPageFactory(
        parent=scene.course, title="Bilan", live=False, questions=[QuestionFactory(prompt="Fixe ?", **mine)]
    )
    for prompt in ("Facile ?", "Simple ?"):
        QuestionFactory(prompt=prompt, difficulty="easy", **mine)
    quiz.draws = [QuizDraw(count=1, difficulty="easy", sort_order=0)]
    return quiz


def test_a_reviewer_reads_every_question_that_a_quiz_may_ask_with_its_answer(client, scene):
    state = submit(quiz_that_draws(scene), scene.author)
    client.force_login(scene.reviewer)
    html = page_of(client, review_url(state))
    assert "<li>Questions fixes, 1 question</li><li>1 question : facile, parmi 2 questions</li>" in html
    url = reverse("courses_review_questions", args=[state.pk])
    assert url in html
    html = page_of(client, url)
    assert [html.count(prompt) for prompt in ("Fixe ?", "Facile ?", "Simple ?", "Bonne réponse")] == [1, 1, 1, 3]
    assert "Nouvelle ou changée" not in html  # all of them are, at a first review
    client.post(review_url(state), {"decision": "approve", "met": every_box()})

    QuestionFactory(prompt="Ajoutée ?", difficulty="easy", collection=scene.branch.collection)
    state = submit(QuizPage.objects.get(), scene.author)
    html = page_of(client, review_url(state))
    assert "parmi 3 questions – <strong>1 nouvelle ou changée depuis la dernière publication</strong>" in html
    html = page_of(client, reverse("courses_review_questions", args=[state.pk]))
    assert html.index("Nouvelle ou changée depuis") < html.index("Ajoutée ?") < html.index("Facile ?")


def test_nobody_else_reads_them(client, scene):
    state = submit(quiz_that_draws(scene), scene.author)
    url = reverse("courses_review_questions", args=[state.pk])
    for person, status in [(scene.stranger, 404), (UserFactory(), 403), (scene.author, 200)]:
        client.force_login(person)
        assert client.get(url).status_code == status
    lesson = submit(scene.lesson, scene.author)
    assert client.get(reverse("courses_review_questions", args=[lesson.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_reading_them_costs_the_same_for_any_number(client, scene, count, django_assert_num_queries):
    quiz = quiz_that_draws(scene)
    for _rank in range(count):
        QuestionFactory(difficulty="easy", collection=scene.branch.collection)
    state = submit(quiz, scene.author)
    client.force_login(scene.reviewer)
    url = reverse("courses_review_questions", args=[state.pk])
    page_of(client, url)
    with django_assert_num_queries(QUERIES_OF_THE_QUESTIONS):
        page_of(client, url)

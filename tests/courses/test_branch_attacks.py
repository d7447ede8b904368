"""A trainer of one unit tries every address of the back office on the pages of another, and gets nothing."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.urls.pages import urlpatterns as page_urls
from wagtail.models import Comment, ModelLogEntry, Page, PageLogEntry, Revision
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.models import CoursePage, LessonPage, ProducerPage
from courses.permissions import can_archive_course, can_teach
from tests.factories.courses import CoursePageFactory, LessonPageFactory, QuestionFactory, QuizPageFactory, make_trainer
from tests.factories.people import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "Projet confidentiel"


class Scene:
    """Two branches: mine, with a course of mine; theirs, with a course of which everything is called SECRET."""

    def __init__(self):
        self.me = make_trainer(UnitFactory(kind="company"))  # a partner: the one who may least
        self.mine = ProducerPage.objects.get()
        self.my_course = CoursePageFactory(parent=self.mine, title="À moi", live=False)
        LessonPageFactory(parent=self.my_course, live=False)
        self.them = make_trainer(UnitFactory(name="Leur structure"))
        self.theirs = ProducerPage.objects.exclude(pk=self.mine.pk).get()
        self.course = CoursePageFactory(parent=self.theirs, title=f"{SECRET} 1", live=False, owner=self.them)
        self.lesson = LessonPageFactory(parent=self.course, title=f"{SECRET} 2", live=False, owner=self.them)
        questions = [QuestionFactory(prompt=f"{SECRET} ?")]
        self.quiz = QuizPageFactory(parent=self.course, title=f"{SECRET} 3", live=False, questions=questions)
        self.revision = Revision.objects.filter(object_id=str(self.lesson.pk)).latest("pk")
        Comment.objects.create(page=self.lesson, user=self.them, text=SECRET, contentpath="title")

    @property
    def pages(self):
        return [self.theirs, self.course, self.lesson, self.quiz]

    def state(self):
        """All that an act could have changed."""
        return (
            list(Page.objects.order_by("pk").values_list("pk", "path", "title", "live", "locked", "latest_revision")),
            Revision.objects.count(),
            list(PageLogEntry.objects.values_list("pk", flat=True)),
            list(ModelLogEntry.objects.values_list("pk", flat=True)),
        )


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def attacker(client, scene):
    client.force_login(scene.me)
    return client


def addresses(scene, page) -> list[str]:
    """Every address Wagtail has about one page (`wagtail.admin.urls.pages`), with ids of theirs."""
    found = []
    for pattern in page_urls:
        names = re.findall(r"<\w+:(\w+)>", str(pattern.pattern))
        values = {
            "page_id": page.pk,
            "parent_page_id": page.pk,
            "page_to_move_id": page.pk,
            "destination_id": scene.mine.pk,
            "revision_id": scene.revision.pk,
            "content_type_app_name": "courses",
            "content_type_model_name": "coursepage" if page == scene.theirs else "lessonpage",
            "action_name": "approve",
            "task_state_id": 1,
            "task_id": 1,
            "workflow_state_id": 1,
        }
        if pattern.name == "revisions_compare":
            found.append(reverse(f"wagtailadmin_pages:{pattern.name}", args=[page.pk, "earliest", "latest"]))
        elif set(names) & {"page_id", "parent_page_id", "page_to_move_id"}:
            found.append(reverse(f"wagtailadmin_pages:{pattern.name}", kwargs={name: values[name] for name in names}))
    return found


@pytest.mark.parametrize("which", range(4), ids=["branch", "course", "lesson", "quiz"])
def test_no_address_of_a_page_opens_to_another_unit(scene, attacker, which):
    page = scene.pages[which]
    urls = [
        *addresses(scene, page),
        reverse("wagtailadmin_explore", args=[page.pk]),
        reverse("wagtailadmin_explore_results", args=[page.pk]),
        reverse("courses_archive", args=[page.pk]),
        reverse("courses_unarchive", args=[page.pk]),
        reverse("wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", page.pk, 1]),
    ]
    assert len(urls) > 25
    before = scene.state()
    form = {"title": "Volé", "slug": "vole", "action-publish": "1", "new_title": "Volé", "new_slug": "vole"}
    leaks = []
    for url in urls:
        for answer in (attacker.get(url), attacker.post(url, form)):
            if answer.status_code == 200 or SECRET in answer.content.decode():
                leaks.append((url, answer.status_code))
    assert leaks == []
    assert scene.state() == before


def test_nothing_of_theirs_is_copied_or_moved_into_my_branch(scene, attacker):
    before = scene.state()
    form = {"new_title": "Volé", "new_slug": "vole", "new_parent_page": scene.mine.pk, "copy_subpages": "on"}
    attacker.post(reverse("wagtailadmin_pages:copy", args=[scene.course.pk]), form)
    attacker.post(reverse("wagtailadmin_pages:move_confirm", args=[scene.course.pk, scene.mine.pk]))
    assert scene.state() == before


def test_nothing_of_mine_goes_into_their_branch(scene, attacker):
    before = scene.state()
    form = {"new_title": "Intrus", "new_slug": "intrus", "new_parent_page": scene.theirs.pk}
    attacker.post(reverse("wagtailadmin_pages:copy", args=[scene.my_course.pk]), form)
    for destination in (scene.theirs, scene.theirs.get_parent()):
        attacker.post(reverse("wagtailadmin_pages:move_confirm", args=[scene.my_course.pk, destination.pk]))
        add = reverse("wagtailadmin_pages:add", args=["courses", "coursepage", destination.pk])
        attacker.post(add, {"title": "Intrus", "slug": "intrus", "summary": "x"})
    assert scene.state() == before


@pytest.mark.parametrize("act", ["delete", "publish", "unpublish", "move"])
def test_bulk_acts_leave_the_pages_of_others_alone(scene, attacker, act):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", act])
    ids = "&".join(f"id={page.pk}" for page in scene.pages)
    before = scene.state()
    asked = attacker.get(f"{url}?{ids}")
    attacker.post(f"{url}?{ids}", {"chooser": scene.mine.pk, "include_descendants": "on"})
    assert SECRET not in asked.content.decode()
    everything = f"{url}?id=all&childOf={scene.theirs.pk}"
    assert SECRET not in attacker.get(everything).content.decode()
    attacker.post(everything, {"chooser": scene.mine.pk})
    assert scene.state() == before


def test_no_list_search_report_or_chooser_names_the_drafts_of_others(scene, attacker):
    named = [
        ("wagtailadmin_home", [], {}),
        ("formations:index", [], {}),
        ("formations:index", [], {"q": "confidentiel"}),
        ("wagtailadmin_explore_root", [], {}),
        ("wagtailadmin_pages:search", [], {"q": "confidentiel"}),
        ("wagtailadmin_pages:search_results", [], {"q": "confidentiel"}),
        ("wagtailadmin_pages:type_use", ["courses", "lessonpage"], {}),
        ("wagtailadmin_pages:type_use_results", ["courses", "lessonpage"], {}),
        ("wagtailadmin_choose_page", [], {}),
        ("wagtailadmin_choose_page", [], {"page_type": "courses.LessonPage"}),
        ("wagtailadmin_choose_page", [], {"page_type": "courses.LessonPage", "q": "confidentiel"}),
        ("wagtailadmin_choose_page_search", [], {"q": "confidentiel"}),
        *(("wagtailadmin_choose_page_child", [page.pk], {}) for page in [*scene.pages, scene.theirs.get_parent()]),
        ("wagtailadmin_api:pages:listing", [], {"child_of": scene.theirs.pk}),
        ("wagtailadmin_api:pages:listing", [], {"child_of": scene.course.pk, "for_explorer": 1}),
        ("wagtailadmin_api:pages:listing", [], {"search": "confidentiel"}),
        *(("wagtailadmin_api:pages:detail", [page.pk], {}) for page in scene.pages),
        ("wagtailadmin_reports:locked_pages", [], {}),
        ("wagtailadmin_reports:aging_pages", [], {}),
        ("wagtailadmin_reports:site_history", [], {}),
        ("wagtailadmin_reports:workflow", [], {}),
        ("wagtailadmin_reports:workflow_tasks", [], {}),
        ("wagtailadmin_reports:page_types_usage", [], {}),
    ]
    leaks = []
    for name, args, query in named:
        html = attacker.get(reverse(name, args=args), query).content.decode()
        if SECRET in html:
            leaks.append((name, args, query))
    assert leaks == []


def test_published_pages_of_others_can_be_linked_to(scene, attacker):
    CoursePageFactory(parent=scene.theirs, title="Pour tous")
    search = attacker.get(reverse("wagtailadmin_choose_page_search"), {"q": "tous"})
    assert "Pour tous" in search.content.decode()


def test_what_stands_above_pages_asks_the_same_question(scene):
    assert list(CoursePage.objects.taught_by(scene.me)) == [scene.my_course]
    assert list(CoursePage.objects.taught_by(scene.them)) == [scene.course]
    assert can_teach(scene.them, scene.course)
    assert not can_teach(scene.me, scene.course)
    assert not can_archive_course(scene.me, scene.course)
    assert can_archive_course(scene.them, scene.course)
    assert list(ProducerPage.objects.written_by(scene.me)) == [scene.mine]
    assert list(ProducerPage.objects.written_by(UserFactory())) == []


# --- A partner, at home


def test_a_partner_changes_nothing_of_its_branch_itself(scene, attacker):
    for name in ("edit", "delete", "unpublish", "set_privacy", "copy", "move"):
        url = reverse(f"wagtailadmin_pages:{name}", args=[scene.mine.pk])
        form = {"title": "Libre", "slug": "espace", "unit": scene.mine.unit_id, "action-publish": "1"}
        attacker.get(url)
        attacker.post(url, form)
    revision = scene.mine.latest_revision
    attacker.post(reverse("wagtailadmin_pages:revisions_revert", args=[scene.mine.pk, revision.pk]))
    mine = ProducerPage.objects.get(pk=scene.mine.pk)
    assert (mine.is_partner, mine.title, mine.live, mine.latest_revision) == (True, scene.mine.title, True, revision)


def lesson_form(page, **more) -> dict:
    """The editor of a lesson, complete: what is refused is refused for want of a right."""
    return nested_form_data({
        "title": page.title, "slug": page.slug, "duration_minutes": 10, "micro_action": "",
        "body": streamfield([("prose", rich_text("<p>Texte de la leçon.</p>"))]),
        "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, **more,
    })  # fmt: skip


def test_a_partner_publishes_nothing_whatever_the_way(scene, attacker):
    live = LessonPageFactory(parent=CoursePageFactory(parent=scene.mine), title="Publiée")
    draft = LessonPageFactory(parent=scene.my_course, live=False)
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert attacker.get(edit).status_code == 200
    attacker.post(edit, lesson_form(draft, **{"action-publish": "1"}))
    attacker.post(edit, lesson_form(draft, **{"action-publish": "1", "go_live_at": timezone.now().isoformat()}))
    attacker.post(
        reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", scene.my_course.pk]),
        lesson_form(draft, slug="neuve", **{"action-publish": "1"}),
    )
    attacker.post(
        reverse("wagtailadmin_pages:copy", args=[live.pk]),
        {
            "new_title": "Copie", "new_slug": "copie", "new_parent_page": live.get_parent().pk,
            "publish_copies": "on", "copy_subpages": "on",
        },
    )  # fmt: skip
    attacker.post(reverse("wagtailadmin_pages:move_confirm", args=[draft.pk, live.get_parent().pk]))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    attacker.post(f"{url}?id={draft.pk}")
    action = reverse("wagtailadmin_api:pages:action", args=[draft.pk, "publish"])
    attacker.post(action)
    attacker.post(reverse("wagtailadmin_api:pages:action", args=[live.pk, "unpublish"]))
    for name in ("unpublish", "delete", "set_privacy"):
        attacker.post(reverse(f"wagtailadmin_pages:{name}", args=[live.pk]), {"restriction_type": "login"})
    attacker.post(reverse("wagtailadmin_pages:set_page_position", args=[live.pk]), {"position": 0})
    assert list(LessonPage.objects.live()) == [live]
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()
    assert not live.view_restrictions.exists()

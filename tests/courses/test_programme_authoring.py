"""Writing a programme: what is asked must be possible, its courses are those its author may see, and review holds."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, WorkflowState
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from courses.actions.review import decide
from courses.models import CataloguePage, ProducerPage, ProgrammePage
from courses.publication import defects_of, programme_defects
from courses.rules.programmes import too_many_asked
from lms.learning.programmes import follow_programme
from tests.factories.courses import CoursePageFactory, ProgrammePageFactory, make_trainer
from tests.factories.people import UnitFactory, UserFactory
from tests.factories.reviews import Scene, every_box

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "optional", "expected"),
    [
        (0, 0, ""),
        (2, 2, ""),
        (
            1,
            0,
            "Aucune formation du parcours n’est facultative : indiquez 0, ou décochez « obligatoire » pour certaines.",
        ),
        (2, 1, "Le parcours n’a qu’une formation facultative : indiquez 1 au plus."),
        (3, 2, "Le parcours n’a que 2 formations facultatives : indiquez 2 au plus."),
    ],
)
def test_no_more_optional_courses_are_asked_for_than_there_are(asked, optional, expected):
    assert too_many_asked(asked, optional) == expected


@pytest.fixture
def trainer(client):
    person = make_trainer(UnitFactory())
    client.force_login(person)
    return person


def filled(courses, optional=(), act="publish", **changes):
    """The form of the editor."""
    parts = [{"course": course.pk} | ({} if course in optional else {"is_required": "on"}) for course in courses]
    fields = {
        "title": "Agent public", "slug": "agent-public", "summary": "Un résumé.", "contact_email": "p@example.org",
        "optional_count": 0, "needs_certificates": "on", "position": 0, "parts": inline_formset(parts),
        "comments": inline_formset([]), f"action-{act}": "1", **changes,
    }  # fmt: skip
    return nested_form_data(fields)


def add(client, parent, *args, **kwargs):
    url = reverse("wagtailadmin_pages:add", args=["courses", "programmepage", parent.pk])
    return client.post(url, filled(*args, **kwargs))


def test_a_trainer_publishes_a_programme_in_their_branch(client, trainer):
    branch = ProducerPage.objects.get()
    courses = [CoursePageFactory(parent=branch), CoursePageFactory(parent=branch)]
    add(client, branch, courses, courses[1:], optional_count=1)
    programme = ProgrammePage.objects.get()
    assert programme.live
    assert [(part.course.pk, part.is_required) for part in programme.parts.all()] == [
        (courses[0].pk, True),
        (courses[1].pk, False),
    ]
    assert (programme.producer, programme.get_url()) == (branch.unit, "/parcours/agent-public/")
    assert programme.title in client.get(reverse("parcours:index")).content.decode()
    assert client.get(programme.get_url()).status_code == 200


def test_too_many_optional_courses_are_refused_under_the_field(client, trainer):
    branch = ProducerPage.objects.get()
    page = add(client, branch, [CoursePageFactory(parent=branch)], optional_count=1)
    assert "Aucune formation du parcours n’est facultative" in page.content.decode()
    assert not ProgrammePage.objects.exists()


def test_a_draft_course_may_be_listed_and_is_not_published(client, trainer):
    branch = ProducerPage.objects.get()
    draft = CoursePageFactory(parent=branch, title="Brouillon", live=False)
    page = add(client, branch, [draft])
    assert "« Brouillon » n’est pas au catalogue" in page.content.decode()
    add(client, branch, [draft], act="submit-draft")  # kept as a draft
    programme = ProgrammePage.objects.get()
    assert not programme.live
    assert defects_of(programme.latest_revision) == [
        "« Brouillon » n’est pas au catalogue : publiez-la d’abord, ou retirez-la du parcours."
    ]
    programme.parts = []
    assert programme_defects(programme) == ["Un parcours publié a au moins une formation."]


def test_the_draft_course_of_another_branch_cannot_be_listed(client, trainer):
    mine = ProducerPage.objects.get()
    make_trainer(UnitFactory())
    theirs = ProducerPage.objects.exclude(pk=mine.pk).get()
    secret = CoursePageFactory(parent=theirs, title="Projet confidentiel", live=False)
    page = add(client, mine, [secret], act="submit-draft").content.decode()
    assert "Choisissez une formation publiée, ou l’une des vôtres." in page
    assert not ProgrammePage.objects.exists()


def test_a_programme_of_another_branch_is_not_editable(client, trainer):
    make_trainer(UnitFactory())
    theirs = ProducerPage.objects.exclude(group__user=trainer).get()
    draft = ProgrammePageFactory(parent=theirs, title="Projet confidentiel", live=False, courses=[CoursePageFactory()])
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert client.get(edit).status_code == 404
    assert client.post(edit, filled([CoursePageFactory()])).status_code == 404
    assert client.get(reverse("wagtailadmin_pages:add", args=["courses", "programmepage", theirs.pk])).status_code in (302, 404)  # fmt: skip
    assert "Projet confidentiel" not in client.get(reverse("parcours:index")).content.decode()
    draft.refresh_from_db()
    assert draft.title == "Projet confidentiel"


def test_two_programmes_have_two_addresses_whatever_their_branch(client, trainer):
    ProgrammePageFactory(parent=CataloguePage.objects.get(), slug="agent-public", title="Le premier")
    page = add(client, ProducerPage.objects.get(), [CoursePageFactory()])
    assert "Le parcours « Le premier » a déjà cette adresse" in page.content.decode()


def test_the_programme_of_a_partner_is_published_by_its_review():
    scene = Scene()
    programme = ProgrammePageFactory(parent=scene.branch, courses=[CoursePageFactory(parent=scene.branch)], live=False)
    programme.save_revision(user=scene.author)
    assert not programme.permissions_for_user(scene.author).can_publish()
    programme.get_workflow().start(programme, scene.author)
    state = WorkflowState.objects.get(object_id=str(programme.pk)).current_task_state
    decide([state], scene.reviewer, is_approved=True, met=every_box(), comment="", now=timezone.now())
    assert Page.objects.get(pk=programme.pk).live


def test_what_people_follow_or_a_programme_lists_is_not_deleted(client, admin_client):
    course = CoursePageFactory()
    programme = ProgrammePageFactory(courses=[course])
    answer = admin_client.post(reverse("wagtailadmin_pages:delete", args=[course.pk]), follow=True)
    assert "fait partie d’un parcours" in answer.content.decode()
    follow_programme(UserFactory(), programme, timezone.now())
    answer = admin_client.post(reverse("wagtailadmin_pages:delete", args=[programme.pk]), follow=True)
    assert "ne peut pas être supprimée" in answer.content.decode()
    assert Page.objects.filter(pk__in=[course.pk, programme.pk]).count() == 2


def test_a_preview_shows_the_draft(admin_client):
    programme = ProgrammePageFactory(courses=[CoursePageFactory(title="La première")], live=False)
    url = reverse("wagtailadmin_pages:view_draft", args=[programme.pk])
    page = admin_client.get(url).content.decode()
    assert (programme.title in page, "La première" in page) == (True, True)

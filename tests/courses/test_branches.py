"""Branches of the catalogue: opened with the role, kept to the scope of roles, and unknown to learners."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.models import Collection, Page, PageViewRestriction

from courses.actions import ensure_site, open_branch, sync_branches
from courses.models import CataloguePage, CoursePage, LessonPage, ProducerPage
from courses.models.banks import shared_bank
from courses.outline import course_outline
from courses.permissions import can_archive_course, can_teach
from lms.people.actions import ensure_groups, revoke_role, save_unit
from lms.people.models import Unit
from lms.people.rules import Role
from tests.factories.courses import CoursePageFactory, QuestionFactory, course_with, make_trainer
from tests.factories.library import DocumentFactory, ImageFactory
from tests.factories.people import UnitFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """The State, a ministry and its directorate, an agency, and a private company."""
    ensure_site()
    state = UnitFactory(code="BJ", kind="state")
    ministry = UnitFactory(parent=state, code="MIN", name="Ministère")
    return {
        "state": state,
        "ministry": ministry,
        "directorate": UnitFactory(parent=ministry, code="DIR", kind="directorate", name="Direction"),
        "agency": UnitFactory(parent=state, code="AG", kind="agency", name="Agence"),
        "company": UnitFactory(parent=state, code="SA", kind="company", name="Société"),
    }


def branches_of(user) -> set[str]:
    return set(ProducerPage.objects.written_by(user).values_list("unit__code", flat=True))


def acts_in(branch, user) -> set[str]:
    return {granted.permission.codename.removesuffix("_page") for granted in branch.group.page_permissions.all()}


def test_a_branch_opens_with_the_first_trainer_of_a_unit(tree):
    assert not ProducerPage.objects.exists()
    trainer = UserFactory()
    give_role(trainer, Role.TRAINER, tree["agency"])
    give_role(UserFactory(), Role.TRAINER, tree["agency"])
    branch = ProducerPage.objects.get()
    assert (branch.title, branch.unit, branch.live, branch.is_partner) == ("Agence", tree["agency"], True, False)
    assert (branch.get_parent().specific, branch.group.name) == (CataloguePage.objects.get(), "Formateurs – AG")
    assert acts_in(branch, trainer) == {"add", "change", "publish", "lock"}
    assert branches_of(trainer) == {"AG"}


def test_other_roles_open_nothing(tree):
    for role in (Role.HR, Role.CERTIFICATION, Role.ADMINISTRATOR):
        give_role(UserFactory(), role, tree["agency"])
    assert not ProducerPage.objects.exists()


def test_a_role_covers_its_unit_and_all_below_it_and_a_trainer_of_the_state_all(tree):
    people = {name: UserFactory() for name in ("state", "ministry", "directorate", "agency")}
    for name, person in people.items():
        give_role(person, Role.TRAINER, tree[name])
    assert {name: branches_of(person) for name, person in people.items()} == {
        "state": {"MIN", "DIR", "AG"},
        "ministry": {"MIN", "DIR"},
        "directorate": {"DIR"},
        "agency": {"AG"},
    }


def test_memberships_follow_dates_ends_and_the_tree(tree):
    trainer, today = UserFactory(), timezone.localdate()
    role = give_role(trainer, Role.TRAINER, tree["ministry"])
    open_branch(tree["agency"])
    assert branches_of(trainer) == {"MIN"}
    agency = Unit.objects.get(code="AG")
    save_unit(agency, parent=tree["ministry"], by=None)
    assert branches_of(UserFactory._meta.model.objects.get(pk=trainer.pk)) == {"MIN", "AG"}
    revoke_role(role, by=None)
    assert branches_of(UserFactory._meta.model.objects.get(pk=trainer.pk)) == set()

    later = UserFactory()
    give_role(later, Role.TRAINER, tree["agency"], starts_on=today + timedelta(days=3))
    assert not later.groups.exists()
    sync_branches(on=today + timedelta(days=3))
    assert set(later.groups.values_list("name", flat=True)) == {"Formateurs – AG"}


def test_nobody_else_stays_in_the_group_of_a_branch(tree):
    branch = open_branch(tree["agency"])
    intruder = UserFactory()
    intruder.groups.add(branch.group)
    sync_branches()
    assert not intruder.groups.exists()


def test_syncing_twice_changes_nothing_and_costs_the_same(tree, django_assert_max_num_queries):
    for name in ("ministry", "directorate", "agency"):
        give_role(UserFactory(), Role.TRAINER, tree[name])
    before = sorted(Group.user_set.through.objects.values_list("group", "user"))
    with django_assert_max_num_queries(12):  # catalogue, units, branches; roles and members, twice; savepoints
        sync_branches()
    assert sorted(Group.user_set.through.objects.values_list("group", "user")) == before


def test_a_partner_writes_and_does_not_publish(tree):
    partner = UserFactory()
    give_role(partner, Role.TRAINER, tree["company"])
    branch = ProducerPage.objects.get()
    assert branch.is_partner
    assert acts_in(branch, partner) == {"add", "change"}
    course = CoursePageFactory(parent=branch)
    assert can_teach(partner, course)
    assert not can_archive_course(partner, course)
    branch.is_partner = False
    branch.save_revision().publish()
    assert acts_in(branch, partner) == {"add", "change", "publish", "lock"}
    branch.needs_review = True
    branch.save_revision().publish()
    assert acts_in(branch, partner) == {"add", "change"}


def test_the_common_bank_is_closed_to_partners_who_have_their_own(client, tree):
    question = QuestionFactory(prompt="Question de l’examen d’État")
    address = reverse("wagtailsnippets_courses_question:edit", args=[question.pk])
    for unit, may in (("company", False), ("agency", True)):
        person = UserFactory()
        give_role(person, Role.TRAINER, tree[unit])
        client.force_login(person)
        assert (client.get(address).status_code == 200) == may
        assert client.get(reverse("courses_question_import")).status_code == 200
        home = client.get(reverse("wagtailadmin_home")).content.decode()
        assert "Banque de questions" in home


def test_files_are_those_of_the_branch_and_the_shared_ones(tree):
    shared_bank().delete()
    old = ImageFactory(title="D’avant")
    assert old.collection.is_root()
    trainer, partner = make_trainer(tree["agency"]), make_trainer(tree["company"])
    old.refresh_from_db()
    assert old.collection.name == "Bibliothèque commune"
    agency, company = (ProducerPage.objects.get(unit=tree[name]).collection for name in ("agency", "company"))
    ImageFactory(title="De l’agence", collection=agency)
    ImageFactory(title="De la société", collection=company)
    DocumentFactory(title="Note", collection=company)
    from wagtail.documents.permissions import permission_policy as documents
    from wagtail.images.permissions import permission_policy as images

    def titles(policy, user, act):
        return set(policy.instances_user_has_permission_for(user, act).values_list("title", flat=True))

    assert titles(images, trainer, "choose") == {"D’avant", "De l’agence"}
    assert titles(images, trainer, "change") == {"De l’agence"}
    assert titles(images, partner, "choose") == titles(images, partner, "change") == {"De la société"}
    assert (titles(documents, trainer, "choose"), titles(documents, partner, "choose")) == (set(), {"Note"})
    assert get_image_model().objects.count() == 3
    assert Document.objects.count() == 1
    assert Collection.objects.filter(name="Bibliothèque commune").count() == 1


# --- Learners know nothing of branches


def test_courses_of_all_branches_stand_at_the_same_addresses(client, tree):
    direct = course_with(lessons=1, slug="directe", title="Directe")
    branch = open_branch(tree["agency"])
    inside = course_with(lessons=1, slug="dedans", title="Dedans", parent=branch)
    lesson = LessonPage.objects.child_of(inside).get()
    assert (direct.url, inside.url) == ("/formations/directe/", "/formations/dedans/")
    assert lesson.url == f"/formations/dedans/{lesson.slug}/"
    assert ProducerPage.objects.get().url == "/formations/"
    html = client.get("/formations/").content.decode()
    assert "Directe" in html
    assert "Dedans" in html
    assert "Agence" not in html
    assert client.get(inside.url).status_code == 200
    assert client.get("/formations/espace-ag/").status_code == 404


def test_a_course_moves_between_branches_and_keeps_its_address_and_outline(tree):
    course = course_with(lessons=2, slug="reseaux")
    lesson = LessonPage.objects.child_of(course).first()
    for name in ("agency", "company"):
        course.move(open_branch(tree[name]), "last-child")
        course = CoursePage.objects.get(pk=course.pk)
        lesson.refresh_from_db()
        assert (course.url, lesson.url) == ("/formations/reseaux/", f"/formations/reseaux/{lesson.slug}/")
        outline = course_outline(course.pk, course.outline.version)
        assert outline.items[0].url == lesson.url
    branch = ProducerPage.objects.get(unit=tree["company"])
    branch.title, branch.slug = "Renommé", "renomme"
    branch.save_revision().publish()
    lesson.refresh_from_db()
    assert lesson.url == f"/formations/reseaux/{lesson.slug}/"


def test_a_restriction_on_a_branch_closes_its_courses(tree):
    course = course_with(lessons=1, parent=open_branch(tree["agency"]))
    learner = UserFactory()
    assert course in CoursePage.objects.visible_to(learner)
    assert course_outline(course.pk, course.outline.version).is_open_to(learner)
    PageViewRestriction.objects.create(page=course.get_parent(), restriction_type="groups")
    course.outline.refresh_from_db()
    assert course not in CoursePage.objects.visible_to(learner)
    assert not course_outline(course.pk, course.outline.version).is_open_to(learner)


def test_two_courses_never_share_an_address(tree):
    CoursePageFactory(parent=open_branch(tree["agency"]), slug="reseaux", title="Réseaux")
    with pytest.raises(ValidationError, match="La formation « Réseaux » a déjà cette adresse"):
        CoursePageFactory(parent=open_branch(tree["company"]), slug="reseaux", code="autre")
    with pytest.raises(ValidationError, match="La formation « Réseaux » a déjà cette adresse"):
        CoursePageFactory(parent=CataloguePage.objects.get(), slug="reseaux", code="autre")


def test_opening_a_branch_takes_in_the_courses_that_name_the_unit(tree):
    named, other = CoursePageFactory(producer=tree["agency"]), CoursePageFactory()
    branch = open_branch(tree["agency"])
    assert list(CoursePage.objects.child_of(branch)) == [named]
    assert list(CoursePage.objects.child_of(CataloguePage.objects.get())) == [other]
    assert open_branch(tree["agency"]) == branch


def test_administrators_open_a_branch_in_the_back_office(client, tree):
    administrator = UserFactory()
    administrator.groups.add(ensure_groups()[Role.ADMINISTRATOR])
    client.force_login(administrator)
    catalogue = CataloguePage.objects.get()
    url = reverse("wagtailadmin_pages:add", args=["courses", "producerpage", catalogue.pk])
    assert client.get(url).status_code == 200
    data = {
        "title": "Agence", "slug": "espace-agence", "unit": tree["agency"].pk, "needs_review": "on",
        "action-publish": "1", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post(url, data).status_code == 302
    branch = ProducerPage.objects.get()
    assert (branch.unit, branch.needs_review, branch.may_publish) == (tree["agency"], True, False)
    assert branch.group.page_permissions.count() == 2
    assert Page.objects.get(pk=branch.pk).url_path == catalogue.url_path

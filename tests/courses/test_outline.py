"""The outline follows every change of the pages, costs three queries when cold and none when warm."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from wagtail.models import Page, PageViewRestriction

from courses.models import CourseOutline, CoursePage, LessonPage
from courses.outline import course_outline, course_url, find_course, lesson_body_html
from tests.factories.courses import CoursePageFactory, LessonPageFactory, QuizPageFactory, course_with
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


def version_of(course) -> int:
    return CourseOutline.objects.get(course=course).version


def outline_of(course):
    return course_outline(course.pk, version_of(course))


def slugs(course):
    return [item.slug for item in outline_of(course).items]


@pytest.mark.parametrize("count", [1, 3])
def test_outline_costs_three_queries_cold_and_none_warm(count, django_assert_num_queries):
    course = course_with(lessons=count)
    course_with(lessons=1)
    version = version_of(course)
    with django_assert_num_queries(3):  # course, items, restrictions
        outline = course_outline(course.pk, version)
    with django_assert_num_queries(0):
        assert course_outline(course.pk, version) is not None
    assert [item.kind for item in outline.items] == ["lesson"] * count + ["quiz"]
    assert [item.position for item in outline.items] == list(range(1, count + 2))


def test_outline_says_what_the_pages_say():
    course = course_with(lessons=2, slug="reseaux", title="Réseaux")
    outline = outline_of(course)
    assert (outline.id, outline.slug, outline.code, outline.title) == (course.pk, "reseaux", "reseaux", "Réseaux")
    assert (outline.url, outline.is_live, outline.is_archived, outline.revision_id) == (
        *("/formations/reseaux/", True, False, course.live_revision_id),
    )
    first, second, quiz = outline.items
    page = LessonPage.objects.get(pk=first.id)
    assert (first.title, first.minutes, first.url) == (page.title, page.duration_minutes, page.url)
    assert first.revision_id == page.live_revision_id
    assert (outline.before(first), outline.after(first), outline.before(quiz), outline.after(quiz)) == (
        None,
        second,
        second,
        None,
    )
    assert outline.item(second.slug) == outline.item_by_id(second.id) == second
    assert outline.item("ailleurs") is outline.item_by_id(0) is None
    assert course_url("reseaux") == course.url


def test_find_course_by_its_slug(django_assert_num_queries):
    course = CoursePageFactory(slug="reseaux")
    expected = (course.pk, version_of(course))
    with django_assert_num_queries(1):
        assert find_course("reseaux") == expected
    assert find_course("ailleurs") is None


def test_outline_follows_publication_unpublication_and_deletion():
    course = course_with(lessons=1, quiz=False)
    (first,) = outline_of(course).items
    LessonPageFactory(parent=course, slug="deuxieme")
    LessonPageFactory(parent=course, slug="brouillon", live=False)
    assert slugs(course) == [first.slug, "deuxieme"]

    page = LessonPage.objects.get(pk=first.id)
    page.title, page.slug = "Renommée", "renommee"
    revision = page.save_revision()
    assert slugs(course) == [first.slug, "deuxieme"]
    revision.publish()
    renamed = outline_of(course).items[0]
    assert (renamed.slug, renamed.title) == ("renommee", "Renommée")
    assert renamed.body_key != first.body_key

    LessonPage.objects.get(slug="deuxieme").unpublish()
    assert slugs(course) == ["renommee"]
    LessonPage.objects.get(slug="renommee").delete()
    assert slugs(course) == []


def test_saving_a_draft_leaves_the_outline_in_peace():
    course = course_with(lessons=1)
    before = version_of(course)
    page = LessonPage.objects.get()
    page.title = "Pas encore"
    page.save_revision()
    assert version_of(course) == before


def test_outline_follows_order_and_moves_between_courses():
    course, other = course_with(lessons=2, quiz=False), course_with(lessons=1, quiz=False)
    first, second = slugs(course)
    (third,) = slugs(other)
    Page.objects.get(slug=second).move(Page.objects.get(slug=first), pos="left")
    assert slugs(course) == [second, first]
    Page.objects.get(slug=second).move(Page.objects.get(pk=other.pk), pos="last-child")
    assert (slugs(course), slugs(other)) == ([first], [third, second])


def test_outline_follows_the_course_itself():
    course = course_with(lessons=1)
    course.slug = "autre-adresse"
    course.save_revision().publish()
    assert outline_of(course).items[0].url.startswith("/formations/autre-adresse/")
    course.unpublish()
    assert not outline_of(course).is_live


def test_changes_elsewhere_leave_the_outline_in_peace():
    course, other = course_with(lessons=1), course_with(lessons=1)
    before = version_of(course)
    LessonPage.objects.child_of(other).get().delete()
    assert version_of(course) == before


def test_outline_goes_with_its_course():
    course = course_with(lessons=1)
    Page.objects.get(pk=course.pk).specific.delete()
    assert not CourseOutline.objects.exists()
    with pytest.raises(CoursePage.DoesNotExist):
        course_outline(course.pk, 1)


def test_restrictions_close_the_course_and_open_again(django_assert_num_queries):
    course = course_with(lessons=1)
    insider, outsider, admin = UserFactory(), UserFactory(), UserFactory(is_superuser=True)
    group = Group.objects.create(name="Invités")
    insider.groups.add(group)

    def admitted():
        outline = outline_of(course)
        return [outline.is_open_to(user) for user in (insider, outsider, admin, AnonymousUser())]

    with django_assert_num_queries(4):  # version, three of the outline; nobody's groups are asked
        assert admitted() == [True, True, True, True]
    restriction = PageViewRestriction.objects.create(page=course, restriction_type="groups")
    assert admitted() == [False, False, True, False]
    restriction.groups.add(group)
    assert admitted() == [True, False, True, False]
    restriction.restriction_type = "password"
    restriction.save()
    assert admitted() == [False, False, True, False]
    restriction.delete()
    assert admitted() == [True, True, True, True]


def test_restriction_above_closes_the_course_and_one_below_only_its_page():
    course = course_with(lessons=2, quiz=False)
    user = UserFactory()
    first, _second = LessonPage.objects.order_by("path")
    restriction = PageViewRestriction.objects.create(page=first, restriction_type="groups")
    outline = outline_of(course)
    assert (outline.is_open_to(user), outline.items[0].is_open_to(user), outline.items[1].is_open_to(user)) == (
        *(True, False, True),
    )
    restriction.page = course.get_parent()
    restriction.save()
    assert not outline_of(course).is_open_to(user)
    restriction.restriction_type = "login"
    restriction.save()
    assert outline_of(course).is_open_to(user)


# --- Bodies


def test_body_is_rendered_once_a_publication_and_as_wagtail_previews_it(rf, django_assert_num_queries):
    course = course_with(lessons=0, quiz=False)
    target = LessonPageFactory(parent=course, slug="cible")
    page = LessonPageFactory(
        parent=course,
        body=[
            ("prose", f'<p>Voir <a linktype="page" id="{target.pk}">la suite</a>.</p>'),
            ("important", {"title": "", "text": "<p>Ne cliquez pas.</p>"}),
            ("code", {"text": "<script>"}),
        ],
    )
    item = outline_of(course).item_by_id(page.pk)
    html = lesson_body_html(page.pk, item.body_key)
    with django_assert_num_queries(0):
        assert lesson_body_html(page.pk, item.body_key) == html
    assert f'<a href="{target.url}">la suite</a>' in html
    assert "<p>Ne cliquez pas.</p>" in html
    assert "&lt;script&gt;" in html

    request = rf.get(page.url)
    request.user = UserFactory()
    preview = page.make_preview_request(original_request=request, preview_mode="")
    preview.render()
    assert html in preview.content.decode()

    page.body = [("prose", "<p>Tout neuf.</p>")]
    page.save_revision().publish()
    assert "Tout neuf." in lesson_body_html(page.pk, outline_of(course).item_by_id(page.pk).body_key)


def test_anonymous_gets_no_lesson_from_wagtail(rf):
    page = LessonPageFactory()
    request = rf.get(page.url)
    request.user = AnonymousUser()
    response = page.serve(request)
    assert (response.status_code, response.url) == (302, f"/compte/login/?next={page.url}")
    assert QuizPageFactory().serve(request).status_code == 302


def test_text_of_a_box_is_escaped():
    page = LessonPageFactory(body=[("remember", {"title": "<script>alert(2)</script>", "text": "<p>Bien.</p>"})])
    html = lesson_body_html(page.pk, "clé")
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in html
    assert "<p>Bien.</p>" in html

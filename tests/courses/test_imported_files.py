"""Images and documents that an import brings: they go to the collection of the branch, whoever imports, and stay apart there."""

import pytest
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from courses.actions.import_course import carry_out
from courses.actions.import_lesson import begin_lesson_import, save_lesson_import
from courses.actions.import_questions import begin_import, confirm_import, run_import
from courses.models import CoursePage, ProducerPage
from courses.models.banks import shared_bank
from courses.packages.reading import read_package
from tests.courses.docx_samples import sound_docx
from tests.courses.test_course_archive import archive_of
from tests.courses.test_question_pictures import moodle
from tests.factories.courses import CoursePageFactory, LessonPageFactory, ModulePageFactory, make_trainer
from tests.factories.lesson_body import every_block
from tests.factories.people import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


class Branch:
    """A unit's branch, its trainer and a course."""

    def __init__(self, kind: str):
        self.trainer = make_trainer(UnitFactory(kind=kind))
        self.page = ProducerPage.objects.latest("pk")
        self.course = CoursePageFactory(parent=self.page)


def word_in_a_course(branch, user):
    begun = begin_lesson_import(branch.course, "a.docx", sound_docx(), user, timezone.now())
    save_lesson_import(begun, "Leçon", user, timezone.now())


def word_in_a_module(branch, user):
    begun = begin_lesson_import(ModulePageFactory(parent=branch.course), "a.docx", sound_docx(), user, timezone.now())
    save_lesson_import(begun, "Leçon", user, timezone.now())


def moodle_questions(branch, user):
    begun = begin_import("x.xml", moodle().encode(), branch.page.collection, user, timezone.now())
    confirm_import(begun, user, all_or_nothing=True, replaces=False)
    run_import(begun.pk, timezone.now())


def collections() -> set[str]:
    """Where the images and documents of the library are."""
    return {row.collection.name for model in (get_image_model(), get_document_model()) for row in model.objects.all()}


@pytest.mark.parametrize("kind", ["agency", "company"])
@pytest.mark.parametrize("bring_in", [word_in_a_course, word_in_a_module, moodle_questions])
@pytest.mark.parametrize("is_trainer", [True, False])
def test_they_go_to_the_collection_of_the_branch(kind, bring_in, is_trainer):
    shared_bank()
    branch = Branch(kind)
    bring_in(branch, branch.trainer if is_trainer else UserFactory(is_superuser=True))
    assert collections() == {branch.page.collection.name}


def test_so_do_those_of_a_whole_course():
    branch = Branch("company")
    LessonPageFactory(parent=branch.course, body=every_block())
    archive = archive_of(branch.course)
    CoursePage.objects.get(pk=branch.course.pk).delete()
    for model in (get_image_model(), get_document_model()):
        model.objects.all().delete()
    assert carry_out(read_package(archive), branch.trainer).counts["file"] > 1
    assert collections() == {branch.page.collection.name}


@pytest.mark.parametrize("bring_in", [word_in_a_course, moodle_questions])
def test_one_branch_does_not_show_the_files_of_another(bring_in):
    admin = UserFactory(is_superuser=True)
    for kind in ("agency", "company"):
        branch = Branch(kind)
        for _again in range(2):
            bring_in(branch, admin)
    held = get_image_model().objects.order_by("collection").values_list("collection", flat=True)
    assert len(set(held)) == 2
    assert len(held) == 2 * len(set(get_image_model().objects.values_list("file_hash", flat=True)))

"""The back office of trainers: the list of courses, the question bank, archiving instead of deleting."""

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from courses.actions.branches import BANK_ACTS, WRITE
from courses.addresses import TAKEN, address_met_by, free_addresses
from courses.back_office import course_archives, lesson_imports, pedagogical_review, question_imports
from courses.back_office.compared_reviews import FORMER, PUBLISHED, ReviewComparison
from courses.back_office.courses import CourseViewSet, set_archived
from courses.back_office.draws import draw_matches
from courses.back_office.library import keep_asked_questions, keep_shown_files
from courses.back_office.programmes import ProgrammeViewSet
from courses.back_office.question_tags import DeleteInSight, TagBulkAction
from courses.back_office.questions import QuestionViewSet
from courses.back_office.read_questions import review_questions
from courses.back_office.reviews import ReviewPanel, ReviewReport, review_menu_item
from courses.back_office.sight import BULK_ACTS, choosable_pages, without_reports_of_all
from courses.content_checks import with_lesson_checks
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.models.review import OPEN
from courses.permissions import can_archive_course, can_import_lesson, can_teach, has_records
from courses.reviewing import REVIEW, branches_reviewed_by, decidable_by
from lms.core.waiting import Waiting
from lms.people.rules import Role


@hooks.register("register_admin_viewset")
def course_list():
    return CourseViewSet("formations")


@hooks.register("register_admin_viewset")
def programme_list():
    return ProgrammeViewSet("parcours")


register_snippet(QuestionViewSet)
hooks.register("register_bulk_action", TagBulkAction)
hooks.register("register_bulk_action", DeleteInSight)


hooks.register("construct_wagtail_userbar", with_lesson_checks)
hooks.register("construct_page_chooser_queryset", choosable_pages)
hooks.register("construct_reports_menu", without_reports_of_all)
hooks.register("before_bulk_action", keep_shown_files)
hooks.register("before_edit_snippet", keep_asked_questions)
for bulk_act in BULK_ACTS:
    hooks.register("register_bulk_action", bulk_act)


@hooks.register("register_icons")
def block_icons(icons):
    names = ("audio", "book", "idea", "law", "video", "weight")
    return [*icons, *(f"courses/icons/lms-{name}.svg" for name in names)]


CHECKLIST = [f"courses.{act}_reviewcriterion" for act in ("add", "change", "delete", "view")]


@hooks.register("register_role_permissions")
def role_permissions():
    """Trainers have the bank by their branch (`courses.actions.branches`), and those of partners do not."""
    bank = [f"courses.{act}_question" for act in BANK_ACTS]
    return {Role.TRAINER: [WRITE], Role.REVIEWER: [REVIEW], Role.ADMINISTRATOR: [*bank, *CHECKLIST]}


@hooks.register("register_admin_urls")
def archive_urls():
    return [
        path("formations/<int:pk>/archiver/", set_archived, {"archived": True}, name="courses_archive"),
        path("formations/<int:pk>/desarchiver/", set_archived, {"archived": False}, name="courses_unarchive"),
    ]


@hooks.register("register_admin_urls")
def draw_urls():
    return [path("tirages/<int:place>/", draw_matches, name="courses_draw_matches")]


@hooks.register("insert_editor_js")
def editor_scripts():
    return format_html('<script src="{}"></script>', static("lms/js/quiz_draws.js"))


@hooks.register("register_admin_urls")
def question_import_urls():
    start = "import-questions"
    return [
        path(f"{start}/", question_imports.question_import, name="courses_question_import"),
        path(f"{start}/precedents/", question_imports.question_imports, name="courses_question_imports"),
        path(f"{start}/modele.<str:file_format>", question_imports.import_template, name="courses_question_template"),
        path(f"{start}/<int:pk>/", question_imports.import_detail, name="courses_question_import_detail"),
        path(f"{start}/<int:pk>/confirmer/", question_imports.import_confirm, name="courses_question_import_confirm"),
        path(
            f"{start}/<int:pk>/rapport.<str:file_format>",
            question_imports.import_report,
            name="courses_question_import_report",
        ),
    ]


@hooks.register("register_admin_urls")
def review_urls():
    return [
        path("formations/a-reviser/", ReviewReport.as_view(), name="courses_reviews"),
        path("formations/a-reviser/lignes/", ReviewReport.as_view(results_only=True), name="courses_reviews_results"),
    ]


hooks.register("register_reports_menu_item", review_menu_item)


@hooks.register("construct_homepage_panels")
def review_panel(request, panels):
    panels.append(ReviewPanel())


@hooks.register("register_admin_viewset")
def checklist():
    return pedagogical_review.CriterionViewSet()


@hooks.register("register_admin_urls")
def pedagogical_review_urls():
    start, view = "relectures", pedagogical_review
    return [
        path(f"{start}/", view.ReviewList.as_view(), name="courses_review_list"),
        path(f"{start}/lignes/", view.ReviewList.as_view(results_only=True), name="courses_review_list_results"),
        path(f"{start}/<int:pk>/", view.review, name="courses_review"),
        path(f"{start}/<int:pk>/questions/", review_questions, name="courses_review_questions"),
        *(
            path(f"{start}/<int:pk>/comparer/{before}/", ReviewComparison.as_view(), {"before": before}, name=name)
            for before, name in [(PUBLISHED, "courses_review_changes"), (FORMER, "courses_review_changes_since")]
        ),
        path(f"{start}/pages/<int:pk>/", view.page_preview, name="courses_review_page"),
        path(f"{start}/pages/<int:pk>/<int:revision>/", view.page_preview, name="courses_review_revision"),
    ]


hooks.register("register_admin_menu_item", pedagogical_review.review_menu_item)


@hooks.register("register_waiting_work")
def reviews_to_do(user):
    """« À relire », for those who review."""
    if branches_reviewed_by(user).exists():
        url = reverse("courses_review_list") + "?mine=oui"
        yield Waiting(_("À relire"), decidable_by(user).count(), url)


@hooks.register("construct_homepage_panels")
def reviews_have_their_own_list(request, panels):
    """Wagtail's panel asks several queries of each page under review and shows them all; « À faire » leads to ours."""
    panels[:] = [panel for panel in panels if not isinstance(panel, WorkflowObjectsToModeratePanel)]


@hooks.register("construct_page_action_menu")
def review_on_its_own_page(menu_items, request, context):
    """The editor's menu would save the page on the way to its review; the header of the page leads there."""
    menu_items[:] = [item for item in menu_items if item.name != OPEN]


def review_buttons(page, user):
    """« Relire », on a page that waits for who looks."""
    state = page.current_workflow_task_state
    if state and decidable_by(user).filter(pk=state.pk).exists():
        yield Button(
            _("Relire"), url=reverse("courses_review", args=[state.pk]), icon_name="clipboard-list", priority=3
        )


@hooks.register("register_admin_urls")
def lesson_import_urls():
    start = "import-lecons"
    return [
        path(f"{start}/dans/<int:pk>/", lesson_imports.lesson_import, name="courses_lesson_import"),
        path(f"{start}/<int:pk>/", lesson_imports.lesson_import_detail, name="courses_lesson_import_detail"),
        path(f"{start}/<int:pk>/apercu/", lesson_imports.lesson_import_preview, name="courses_lesson_import_preview"),
        path(
            f"{start}/<int:pk>/rapport.<str:file_format>",
            lesson_imports.lesson_import_report,
            name="courses_lesson_import_report",
        ),
    ]


@hooks.register("register_admin_urls")
def course_archive_urls():
    start, view = "import-formations", course_archives
    return [
        path("formations/<int:pk>/exporter/", view.course_export, name="courses_course_export"),
        path(f"{start}/", view.course_import, name="courses_course_import"),
        path(f"{start}/<int:pk>/", view.course_import_detail, name="courses_course_import_detail"),
        path(f"{start}/<int:pk>/confirmer/", view.course_import_confirm, name="courses_course_import_confirm"),
        path(
            f"{start}/<int:pk>/rapport.<str:file_format>",
            view.course_import_report,
            name="courses_course_import_report",
        ),
    ]


@hooks.register("register_page_header_buttons")
def header_buttons(page, user, view_name, next_url=None):
    yield from review_buttons(page, user)
    yield from archive_buttons(page, user)
    yield from import_buttons(page, user)


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page, user, next_url=None):
    yield from archive_buttons(page, user)
    yield from import_buttons(page, user)


def import_buttons(page, user):
    """« Importer une leçon », on a course or a module, « Exporter la formation » on a course, for those who may."""
    if page.specific_class in (CoursePage, ModulePage) and can_import_lesson(user, page):
        url = reverse("courses_lesson_import", args=[page.pk])
        yield Button(_("Importer une leçon"), url=url, icon_name="upload", priority=50)
    if page.specific_class is CoursePage and can_teach(user, page.specific):
        url = reverse("courses_course_export", args=[page.pk])
        yield Button(_("Exporter la formation"), url=url, icon_name="download", priority=52)


def archive_buttons(page, user):
    """« Archiver » or « Désarchiver », on a course, for those who may."""
    course = page.specific if page.specific_class is CoursePage else None
    if course is None or not can_archive_course(user, course):
        return
    if course.is_archived:
        url = reverse("courses_unarchive", args=[course.pk])
        yield Button(_("Désarchiver"), url=url, icon_name="rotate", priority=55)
    else:
        url = reverse("courses_archive", args=[course.pk])
        yield Button(_("Archiver"), url=url, icon_name="folder-inverse", priority=55)


@hooks.register("before_move_page")
def keep_addresses_apart(request, page, destination):
    return refuse_move(request, [page], destination)


@hooks.register("before_bulk_action")
def keep_addresses_apart_in_bulk(request, action_type, objects, action):
    if action_type == "move" and issubclass(action.model, Page):
        return refuse_move(request, objects, action.cleaned_form.cleaned_data["chooser"])
    return None


def refuse_move(request, pages, destination):
    """Send back a move after which two pages of a course would have one address."""
    for page in pages:
        if page.specific_class not in (LessonPage, ModulePage, QuizPage):
            continue
        if met := address_met_by(page, destination):
            messages.error(request, TAKEN % {"slug": met.slug})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


@hooks.register("after_copy_page")
def give_copies_their_addresses(request, page, new_page):
    if new_page.specific_class is ModulePage:
        free_addresses(new_page)


@hooks.register("before_delete_page")
def keep_page_with_records(request, page):
    return refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_pages_with_records(request, action_type, objects, action):
    if action_type == "delete" and issubclass(action.model, Page):
        return refuse_deletion(request, objects)
    return None


def refuse_deletion(request, pages):
    """Send back to the first page that people have worked on (or that holds such a page), and offer to archive its course.

    So too a course that some programme lists.
    """
    if course := CoursePage.objects.filter(programme_parts__isnull=False, pk__in=[page.pk for page in pages]).first():
        words = _("« %(title)s » fait partie d’un parcours : retirez-la d’abord de ce parcours, ou archivez-la.")
        messages.error(request, words % {"title": course.get_admin_display_title()})
        return redirect("wagtailadmin_explore", course.get_parent().pk)
    kept = next((page for page in pages if has_records(page)), None)
    if kept is None:
        return None
    course = CoursePage.objects.ancestor_of(kept, inclusive=True).first()
    buttons = []
    if course and not course.is_archived and can_archive_course(request.user, course):
        url = reverse("courses_archive", args=[course.pk])
        buttons = [messages.button(url, _("Archiver la formation"))]
    messages.error(
        request,
        _(
            "« %(title)s » ne peut pas être supprimée : des personnes y ont travaillé et ces faits sont conservés. Dépubliez-la, ou archivez la formation."
        )
        % {"title": kept.get_admin_display_title()},
        buttons=buttons,
    )
    return redirect("wagtailadmin_explore", kept.get_parent().pk)

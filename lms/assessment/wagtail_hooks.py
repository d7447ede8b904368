"""Assessment's entries in the back office."""

from django.urls import path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from courses.models import CoursePage, QuizPage
from courses.permissions import can_teach
from lms.assessment.back_office import allowances, appeals, follow_up, lists, marking, regrading, sittings
from lms.assessment.back_office.attempts import VIEW, AttemptViewSet
from lms.assessment.back_office.menu import AssessmentGroup
from lms.assessment.back_office.waiting import own_work, waiting_work
from lms.core.coded import CODED
from lms.people.rules import Role

hooks.register("register_waiting_work", waiting_work)
hooks.register("register_own_work", own_work)


@hooks.register("register_admin_viewset")
def attempt_register():
    return AttemptViewSet()


@hooks.register("register_admin_viewset")
def trainers_lists():
    return AssessmentGroup()


@hooks.register("register_admin_urls")
def marking_urls():
    return [path(f"corrections/<{CODED}:pk>/", marking.mark, name="assessment_mark")]


@hooks.register("register_admin_urls")
def allowance_urls():
    return [path("derogations/accorder/", allowances.grant, name="assessment_grant")]


@hooks.register("register_admin_urls")
def sitting_urls():
    return [path("seances-surveillees/ouvrir/", sittings.open_one, name="assessment_open_sitting")]


@hooks.register("register_admin_urls")
def appeal_urls():
    return [
        path("contestations/<int:pk>/", appeals.appeal, name="assessment_appeal"),
        path("signalements/<int:pk>/", appeals.flag, name="assessment_flag"),
    ]


@hooks.register("register_admin_urls")
def regrading_urls():
    start = "evaluations/<int:pk>/questions/"
    return [
        path(start, regrading.quiz_questions, name="assessment_quiz_questions"),
        path(f"{start}<int:version_pk>/", regrading.decide, name="assessment_decide_regrade"),
        path("renotations/<int:pk>/", regrading.regrade, name="assessment_regrade"),
    ]


@hooks.register("register_page_header_buttons")
def quiz_buttons(page, user, view_name, next_url=None):
    """« Questions posées », on a quiz, for those who teach its course."""
    if page.specific_class is not QuizPage:
        return
    course = CoursePage.objects.ancestor_of(page).first()
    if course and can_teach(user, course):
        url = reverse("assessment_quiz_questions", args=[page.pk])
        yield Button(_("Questions posées"), url=url, icon_name="help", priority=60)


@hooks.register("register_role_permissions")
def role_permissions():
    return {role: [VIEW] for role in (Role.TRAINER, Role.HR, Role.ADMINISTRATOR)}


@hooks.register("register_admin_urls")
def follow_up_urls():
    """« Suivi de la formation »: the figures of a course and the lists behind them."""
    start = "formations/<int:pk>/suivi"
    urls = [
        path(f"{start}/", follow_up.follow_up, name="assessment_follow_up"),
        path(f"{start}/questions/calculer/", follow_up.statistics_ask, name="assessment_statistics_ask"),
        path(f"{start}/questions/<int:row>/", follow_up.question_statistics, name="assessment_question_statistics"),
        path(f"{start}/remarques/<int:remark>/<slug:act>/", follow_up.remark_act, name="assessment_remark_act"),
    ]
    for place, view in {
        "inscrits": lists.EnrolmentList,
        "tentatives": lists.AttemptList,
        "questions": lists.QuestionList,
        "remarques": lists.RemarkList,
        "rapidite": lists.RapidFinishList,
    }.items():
        urls.append(path(f"{start}/{place}/", view.as_view(), name=view.name))
        results = view.as_view(results_only=True)
        urls.append(path(f"{start}/{place}/resultats/", results, name=f"{view.name}_results"))
    return urls


@hooks.register("register_page_header_buttons")
def header_buttons(page, user, view_name, next_url=None):
    yield from follow_up_buttons(page, user)


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page, user, next_url=None):
    yield from follow_up_buttons(page, user)


def follow_up_buttons(page, user):
    """« Suivi de la formation », on a course, for those who teach it."""
    if page.specific_class is CoursePage and can_teach(user, page.specific):
        url = reverse("assessment_follow_up", args=[page.pk])
        yield Button(_("Suivi de la formation"), url=url, icon_name="group", priority=5)

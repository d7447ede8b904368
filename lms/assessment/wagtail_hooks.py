"""Assessment's entries in the back office."""

from django.urls import path
from wagtail import hooks

from lms.assessment.back_office import marking
from lms.assessment.back_office.attempts import VIEW, AttemptViewSet
from lms.assessment.back_office.menu import AssessmentGroup
from lms.people.rules import Role


@hooks.register("register_admin_viewset")
def attempt_register():
    return AttemptViewSet()


@hooks.register("register_admin_viewset")
def trainers_lists():
    return AssessmentGroup()


@hooks.register("register_admin_urls")
def marking_urls():
    return [path("corrections/<int:pk>/", marking.mark, name="assessment_mark")]


@hooks.register("register_role_permissions")
def role_permissions():
    return {role: [VIEW] for role in (Role.TRAINER, Role.HR, Role.ADMINISTRATOR)}

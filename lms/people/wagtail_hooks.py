"""The menu « Personnes et structures » of the back office, and what Wagtail must not tell of people."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from lms.people.models import Post, RoleAssignment, User
from lms.people.viewsets.people import PeopleViewSet
from lms.people.viewsets.structures import EmailDomainViewSet, PostViewSet, RoleViewSet, UnitViewSet


class PeopleGroup(ViewSetGroup):
    items = [PeopleViewSet, PostViewSet, UnitViewSet, RoleViewSet, EmailDomainViewSet]
    menu_label = _("Personnes")
    menu_name = "people"
    menu_icon = "group"
    menu_order = 310


@hooks.register("register_admin_viewset")
def people_viewsets():
    return PeopleGroup()


@hooks.register("register_log_actions")
def keep_people_out_of_site_history(registry):
    """Wagtail shows its log of a model, names included, to whoever may do anything to any row of it.

    Acts on people are in our audit trail instead.
    """
    for model in (User, Post, RoleAssignment):
        registry.log_entry_models_by_type.register(model, value=None, exact_class=True)

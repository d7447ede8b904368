"""The menu « Personnes et structures » of the back office."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from lms.people.viewsets.people import PeopleViewSet
from lms.people.viewsets.structures import EmailDomainViewSet, PostViewSet, RoleViewSet, UnitViewSet


class PeopleGroup(ViewSetGroup):
    items = [PeopleViewSet, PostViewSet, UnitViewSet, RoleViewSet, EmailDomainViewSet]
    menu_label = _("Personnes et structures")
    menu_name = "people"
    menu_icon = "group"
    menu_order = 310


@hooks.register("register_admin_viewset")
def people_viewsets():
    return PeopleGroup()

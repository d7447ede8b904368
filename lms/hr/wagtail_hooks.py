"""The back office's door to the HR pages of the site."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from lms.hr.permissions import can_see_people


class TeamSkillsMenuItem(MenuItem):
    """Shown to those who have people to look at."""

    def is_shown(self, request):
        return can_see_people(request.user)


@hooks.register("register_admin_menu_item")
def team_skills_menu_item():
    return TeamSkillsMenuItem(_("Équipe"), reverse("hr:people"), name="team-skills", icon_name="group", order=250)

"""Accounts: Wagtail's own pages of users, for superusers; human resources see people in pages of their own."""

from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import users

GROUPS_HELP = _(
    "Les rôles sur une structure se donnent dans « Rôles confiés » : un groupe coché ici ne donne à voir personne."
)


class AccountCreationForm(UserCreationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groups"].help_text = GROUPS_HELP


class AccountEditForm(UserEditForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groups"].help_text = GROUPS_HELP


class IndexView(users.IndexView):
    """Wagtail would open the list of everyone to whoever may see someone; who may not write an account has no list."""

    any_permission_required = ["add", "change", "delete"]


class UserViewSet(users.UserViewSet):
    index_view_class = IndexView
    menu_label = _("Comptes")

    def get_form_class(self, for_update=False):
        return AccountEditForm if for_update else AccountCreationForm

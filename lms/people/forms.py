"""Forms of accounts: opening one, adding an address, one's own name."""

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


class SignupForm(allauth_forms.SignupForm):
    """Opens an account from an admitted address, with the names printed on certificates."""

    field_order = ["first_name", "last_name", "email", "password1", "password2"]

    first_name = forms.CharField(
        label=_("Prénoms"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Nom"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        help_text=_("Vos nom et prénoms figureront sur vos certificats."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Adresse électronique professionnelle")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self):
        """The domain is judged before anything says whether the address is known."""
        get_adapter().check_domain(self.cleaned_data["email"])
        return super().clean_email()


class AddEmailForm(allauth_forms.AddEmailForm):
    """Adds an address of an admitted domain to one's account."""

    def clean_email(self):
        get_adapter().check_domain(self.cleaned_data["email"])
        return super().clean_email()


class IdentityForm(forms.ModelForm):
    """Names and matricule of a person; written by the action `correct_identity`, never by `save`."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "matricule"]
        labels = {"first_name": _("Prénoms"), "last_name": _("Nom")}
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            self.fields[name].required = True

    def refuse_matricule(self):
        """Say that the matricule is held by someone else, without saying by whom."""
        self.add_error("matricule", _("Ce matricule est déjà celui d’une autre personne de votre structure."))

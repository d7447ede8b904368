"""One's own account page; passwords, addresses and second factor are allauth's."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import UpdateView

from lms.people.actions import MatriculeTaken, correct_identity
from lms.people.forms import IdentityForm
from lms.people.models import User


class Profile(UpdateView):
    """One's names and matricule."""

    form_class = IdentityForm
    template_name = "people/profile.html"

    def get_object(self, queryset=None):
        return User.objects.get(pk=self.request.user.pk)

    def form_valid(self, form):
        try:
            correct_identity(self.object, **form.cleaned_data, by=self.request.user)
        except MatriculeTaken:
            form.refuse_matricule()
            return self.form_invalid(form)
        messages.success(self.request, _("Votre compte est à jour."))
        return redirect("people:profile")

"""A learner's remark on a lesson: a light form at its foot, a page of its own when something is wrong with it."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from courses.outline import LESSON
from lms.learning.models import Enrolment, LessonRemark
from lms.learning.remarks import TooManyRemarks, send_remark
from lms.learning.study import find_study


class RemarkForm(forms.Form):
    """The words of a remark."""

    text = forms.CharField(
        label=gettext_lazy("Votre remarque"),
        max_length=LessonRemark.MAX_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "Une erreur, un passage obscur, une idée : les formateurs la lisent avec votre nom. Ne nommez personne d’autre."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def lesson_remark(request, course, item):
    """Send a remark on a lesson one is enrolled in, then go back to the lesson."""
    study = find_study(request.user, course)
    found = study and study.outline.item(item)
    if not found or found.kind != LESSON or not found.is_open_to(request.user):
        raise Http404
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            send_remark(Enrolment(pk=study.enrolment_id), found, form.cleaned_data["text"], timezone.now())
        except TooManyRemarks:
            form.add_error(None, _("Vous avez déjà envoyé beaucoup de remarques aujourd’hui. Revenez demain."))
        else:
            messages.success(request, _("Merci. Votre remarque est transmise aux formateurs."))
            return redirect(found.url)
    outline = study.outline
    crumbs = [(_("Mon espace"), reverse("learning:home")), (outline.title, outline.url), (found.title, found.url)]
    context = {"form": form, "lesson": found, "crumbs": [*crumbs, (_("Une remarque"), None)]}
    return render(request, "learning/remark.html", context)

"""The forms of supervised sittings: opening one, controlling an identity, noting an incident, closing."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, QuizPage
from courses.permissions import can_teach
from lms.assessment.actions.sittings import LONGEST
from lms.assessment.forms import ReasonField
from lms.assessment.models import IdentityCheck, SittingIncident
from lms.people.models import User

MOST_SUPERVISORS = 20


class QuizField(forms.ModelChoiceField):
    """Many are called « Évaluation finale »: each says its course first."""

    def label_from_instance(self, quiz):
        return f"{CoursePage.objects.ancestor_of(quiz).get().title} – {quiz.title}"


class SittingForm(forms.Form):
    """Which quiz, where, when, and who supervises, by their addresses."""

    quiz = QuizField(
        label=_("Évaluation"),
        queryset=QuizPage.objects.none(),
        help_text=_("Celles de vos formations dont le niveau d’assurance est N3."),
    )
    place = forms.CharField(
        label=_("Lieu"),
        max_length=80,
        help_text=_("Tel qu’il sera imprimé sur le certificat, par exemple « Parakou »."),
    )
    day = forms.DateField(label=_("Jour"), widget=forms.DateInput(attrs={"type": "date"}))
    start = forms.TimeField(label=_("Début"), widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(
        label=_("Fin"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Ce qui n’est pas remis l’est alors par le serveur : comptez le temps supplémentaire accordé."),
    )
    supervisors = forms.CharField(
        label=_("Surveillants"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leurs adresses électroniques, une par ligne. Chacun reçoit un message avec l’adresse de sa page."),
    )

    def __init__(self, data, *, quizzes, author):
        super().__init__(data, initial={"supervisors": author.email})
        self.author = author
        self.fields["quiz"].queryset = quizzes

    def clean_supervisors(self):
        emails = self.cleaned_data["supervisors"].replace(",", " ").replace(";", " ").split()
        if len(emails) > MOST_SUPERVISORS:
            text = _("Indiquez %(most)s surveillants au plus.")
            raise forms.ValidationError(text, params={"most": MOST_SUPERVISORS})
        return emails

    def clean(self):
        said = super().clean()
        if said.get("day") and said.get("start") and said.get("end"):
            self._clean_hours(said)
        if said.get("quiz") and said.get("supervisors"):
            self._find_supervisors(said)
        return said

    def _clean_hours(self, said):
        said["starts_at"], said["ends_at"] = (
            timezone.make_aware(datetime.datetime.combine(said["day"], said[name])) for name in ("start", "end")
        )
        if said["ends_at"] <= said["starts_at"]:
            self.add_error("end", _("La fin vient après le début, le même jour."))
        elif said["ends_at"] <= timezone.now():
            self.add_error("end", _("Cette heure est passée."))
        elif said["ends_at"] - said["starts_at"] > LONGEST:
            self.add_error("end", _("Une séance dure au plus douze heures."))

    def _find_supervisors(self, said):
        """Those who teach the course, and those whom who opens may see: an address tells nothing of anybody else."""
        course = CoursePage.objects.ancestor_of(said["quiz"]).get()
        seen = User.objects.visible_to(self.author)
        said["people"] = []
        for email in said["supervisors"]:
            person = User.objects.filter(email__iexact=email, is_active=True).first()
            if person is None or not (can_teach(person, course) or seen.filter(pk=person.pk).exists()):
                self.add_error(
                    "supervisors",
                    forms.ValidationError(
                        _(
                            "« %(email)s » : indiquez l’adresse d’un formateur de cette formation ou d’une personne de votre "
                            "périmètre."
                        ),
                        params={"email": email},
                    ),
                )
            else:
                said["people"].append(person)


class IdentityForm(forms.Form):
    """Which document was seen; there is no place for its number."""

    document = forms.ChoiceField(label=_("Pièce vue"), choices=IdentityCheck.Document.choices)


class IncidentForm(forms.Form):
    """What happened, and what follows from it."""

    text = ReasonField(
        label=_("Ce qui s’est passé"), help_text=_("L’apprenant peut le lire. N’écrivez pas de numéro de pièce.")
    )
    effect = forms.ChoiceField(label=_("Effet"), widget=forms.RadioSelect, initial=SittingIncident.Effect.NOTE)

    def __init__(self, data=None, *, is_excluded):
        super().__init__(data)
        effects = SittingIncident.Effect
        offered = (effects.NOTE, effects.READMITS if is_excluded else effects.EXCLUDES)
        self.fields["effect"].choices = [(each.value, str(each.label).capitalize()) for each in offered]


class ClosingForm(forms.Form):
    """What the minutes say besides the facts."""

    remarks = forms.CharField(
        label=_("Observations"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Par exemple une coupure de courant, un retard. Elles figurent au procès-verbal."),
    )

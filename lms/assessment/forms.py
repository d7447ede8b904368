"""The forms of those who mark and of those who contest."""

import datetime
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage, QuizPage
from lms.assessment.models import Allowance, Attempt, MarkLine, Regrade
from lms.assessment.rules.rubric import Criterion
from lms.learning.models import Enrolment

STEP = Decimal("0.25")


class RubricForm(forms.Form):
    """Points for each criterion, a comment for the learner, and the latest mark that was known when the form was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data, *, criteria: list[Criterion], latest: MarkLine | None):
        super().__init__(data, initial={"seen": latest.pk if latest else 0})
        self.criteria = criteria
        given = {each["id"]: each for each in latest.details.get("criteria", [])} if latest else {}
        for place, each in enumerate(criteria):
            self.fields[f"points-{place}"] = forms.DecimalField(
                label=each.text,
                min_value=0,
                max_value=each.points,
                decimal_places=2,
                initial=given[each.id]["points"] if each.id in given else None,
                widget=forms.NumberInput(attrs={"step": STEP, "inputmode": "decimal", "data-points": each.points}),
            )
        self.fields["comment"] = forms.CharField(
            label=_("Remarque pour l’apprenant"),
            required=False,
            max_length=4000,
            initial=latest.details.get("comment", "") if latest else "",
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    @property
    def criterion_fields(self):
        """Each criterion with its field."""
        return [(each, self[f"points-{place}"]) for place, each in enumerate(self.criteria)]

    @property
    def mark(self) -> tuple[dict[str, Decimal], str, int]:
        """What a valid form says: points by criterion, comment, latest line seen."""
        said = self.cleaned_data
        given = {each.id: said[f"points-{place}"] for place, each in enumerate(self.criteria)}
        return given, said["comment"], said["seen"]

    def take_note_of(self, latest: MarkLine) -> None:
        """The next sending of this form has seen that mark."""
        self.data = self.data.copy()
        self.data["seen"] = latest.pk


class ReasonField(forms.CharField):
    """Why: asked of every decision about somebody's mark."""

    def __init__(self, **kwargs):
        super().__init__(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class RegradeForm(forms.Form):
    """One of the treatments that a faulty question allows, and why; not to neutralise the last one that counts."""

    treatment = forms.ChoiceField(label=_("Décision"), widget=forms.RadioSelect)
    reason = ReasonField(label=_("Motif"), help_text=_("Les apprenants concernés le liront."))

    def __init__(self, data, *, treatments, left_empty):
        super().__init__(data)
        self.left_empty = left_empty
        labels = dict(Regrade.Treatment.choices)
        self.fields["treatment"].choices = [(value, str(labels[value]).capitalize()) for value in treatments]

    def clean_treatment(self):
        treatment = self.cleaned_data["treatment"]
        if self.left_empty and treatment != Regrade.Treatment.NEW_KEY:
            raise forms.ValidationError(
                _(
                    "Cette question est la dernière qui compte : neutralisée, elle donnerait l’évaluation à tous. Corrigez-la "
                    "dans la banque pour renoter, ou accordez une tentative supplémentaire."
                )
            )
        return treatment


class SayForm(forms.Form):
    """What a learner has to say of a mark or of a question."""

    text = ReasonField(label="")

    def __init__(self, data, *, label, help_text=""):
        super().__init__(data)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class AppealForm(forms.Form):
    """The answer to an appeal: a better mark or none, and the reasons."""

    points = forms.DecimalField(
        label=_("Nouvelle note de la question"),
        required=False,
        min_value=0,
        decimal_places=2,
        help_text=_("Pour accepter ; la nouvelle note est plus haute que l’ancienne."),
        widget=forms.NumberInput(attrs={"step": STEP}),
    )
    answer = ReasonField(label=_("Réponse motivée"), help_text=_("L’apprenant la lira ; elle reste à l’historique."))

    def __init__(self, data, *, line: MarkLine, accepts: bool):
        super().__init__(data)
        self.line = line
        self.fields["points"].required = accepts
        self.fields["points"].widget.attrs |= {"max": line.max_points}

    def clean_points(self):
        points = self.cleaned_data["points"]
        if self.fields["points"].required and not self.line.points < points <= self.line.max_points:
            raise forms.ValidationError(
                _("Au-dessus de %(points)s et au plus %(max)s."),
                params={"points": self.line.points, "max": self.line.max_points},
            )
        return points


class AllowanceForm(forms.Form):
    """An exception for one person in one of the quizzes that who grants teaches."""

    quiz = forms.ModelChoiceField(label=_("Évaluation"), queryset=QuizPage.objects.none())
    email = forms.EmailField(label=_("Adresse électronique de l’apprenant"))
    kind = forms.ChoiceField(label=_("Dérogation"), choices=Allowance.Kind.choices, widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=_("Minutes supplémentaires"),
        required=False,
        min_value=1,
        max_value=24 * 60,
        help_text=_("Pour du temps supplémentaire ; la tentative en cours, s’il y en a une, est prolongée aussitôt."),
    )
    until = forms.DateField(
        label=_("Valable jusqu’au"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Ce jour compris."),
    )
    reason = ReasonField(label=_("Motif"), help_text=_("L’apprenant le lira ; il reste au journal."))

    def __init__(self, data, *, quizzes, author):
        super().__init__(data)
        self.author = author
        self.fields["quiz"].queryset = quizzes

    def clean_until(self):
        """The last moment of that day."""
        day = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Cette date est passée."))
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))

    def clean(self):
        said = super().clean()
        if said.get("kind") == Allowance.Kind.EXTRA_TIME and not said.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Dites combien de minutes."))
        if said.get("quiz") and said.get("email"):
            self._find(said)
        return said

    def _find(self, said):
        """The enrolment meant, and the attempt to open again."""
        enrolments = Enrolment.objects.exclude(state=Enrolment.State.WITHDRAWN).exclude(person=self.author)
        course = CoursePage.objects.ancestor_of(said["quiz"])
        self.enrolment = enrolments.filter(course__in=course, person__email__iexact=said["email"]).first()
        if self.enrolment is None:
            self.add_error("email", _("Personne d’autre que vous n’est inscrit à cette formation sous cette adresse."))
        elif said.get("kind") == Allowance.Kind.REOPENING:
            attempts = self.enrolment.attempts.filter(quiz=said["quiz"]).order_by("-number")
            self.attempt = attempts.first()
            if self.attempt is None or self.attempt.state == Attempt.State.OPEN or self.attempt.is_told_passed:
                self.add_error("kind", _("Cette personne n’a pas de dernière tentative remise et non réussie."))

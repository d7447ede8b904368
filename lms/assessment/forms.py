"""The forms of those who mark and of those who contest."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.assessment.models import MarkLine, Regrade
from lms.assessment.rules.rubric import Criterion

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
    """One of the treatments that a faulty question allows, and why."""

    treatment = forms.ChoiceField(label=_("Décision"), widget=forms.RadioSelect)
    reason = ReasonField(label=_("Motif"), help_text=_("Les apprenants concernés le liront."))

    def __init__(self, data, *, treatments):
        super().__init__(data)
        labels = dict(Regrade.Treatment.choices)
        self.fields["treatment"].choices = [(value, str(labels[value]).capitalize()) for value in treatments]


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

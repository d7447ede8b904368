"""What a holder writes of their work, and what their manager answers."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.rules.applying import SHORTEST_STATEMENT, is_observable
from certificates.words import day_in_words


class ApplicationForm(forms.Form):
    """Where and how it is applied, in a few sentences."""

    statement = forms.CharField(
        label=_("Ce que vous appliquez dans votre travail"),
        min_length=SHORTEST_STATEMENT,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Quelques phrases : dans quelle tâche, depuis quand, ce que cela change. Votre responsable les lira."
        ),
        error_messages={
            "min_length": _("Dites-en un peu plus : une phrase entière au moins (%(limit_value)d signes).")
        },
    )


class ConfirmationForm(forms.Form):
    """« Appliqué au travail, constaté le … »."""

    observed_on = forms.DateField(
        label=_("Constaté le"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Le jour où vous l’avez vous-même constaté."),
    )
    remark = forms.CharField(
        label=_("Précision"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data=None, *, completed_on):
        super().__init__(data)
        self.completed_on = completed_on

    def clean_observed_on(self):
        day, today = self.cleaned_data["observed_on"], timezone.localdate()
        if not is_observable(day, self.completed_on, today):
            said = {"first": day_in_words(self.completed_on), "last": day_in_words(today)}
            raise forms.ValidationError(
                _("Choisissez un jour entre la fin de la formation, le %(first)s, et aujourd’hui, le %(last)s."),
                params=said,
            )
        return day


class RefusalForm(forms.Form):
    """Why it is not confirmed."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("La personne le lira ; elle pourra demander de nouveau plus tard."),
    )

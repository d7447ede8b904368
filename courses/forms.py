"""The forms of the back office of courses."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from courses.imports.questions.neutral import MAX_BYTES
from courses.models.banks import banks_written_by, home_bank


class QuestionFileForm(forms.Form):
    """A file of questions, and the bank they go to when their author writes in several."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["bank"]
        field.queryset, field.initial = banks_written_by(user), home_bank(user)
        field.disabled = len(field.queryset) == 1

    file = forms.FileField(
        label=_("Fichier de questions"),
        help_text=_("GIFT, Moodle XML, Aiken, CSV ou XLSX, reconnu à son contenu ; 20 Mo au plus."),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.gift,.xml,.csv,.xlsx"}),
        error_messages={"required": _("Choisissez un fichier."), "empty": _("Le fichier est vide.")},
    )

    bank = forms.ModelChoiceField(
        label=_("Banque"),
        queryset=Collection.objects.none(),
        empty_label=None,
        help_text=_("Où vont les questions nouvelles ; celles que vous avez déjà restent où elles sont."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("Le fichier dépasse %(n)d Mo.") % {"n": MAX_BYTES // 1_000_000})
        return file


class LessonFileForm(forms.Form):
    """A file of one lesson."""

    file = forms.FileField(
        label=_("Fichier de la leçon"),
        help_text=_(
            "Word (.docx), Markdown (.md), ou une archive .zip d’un fichier .md et de ses images ; 20 Mo au plus."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.md,.markdown,.zip"}),
        error_messages={"required": _("Choisissez un fichier."), "empty": _("Le fichier est vide.")},
    )


class LessonTitleForm(forms.Form):
    """The title of a lesson read from a file."""

    title = forms.CharField(label=_("Titre de la leçon"), max_length=200)


class CourseArchiveForm(forms.Form):
    """The archive of a course."""

    file = forms.FileField(
        label=_("Archive de la formation"),
        help_text=_("Un fichier .zip exporté par la plateforme ; 24 Mo au plus."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        error_messages={"required": _("Choisissez un fichier."), "empty": _("Le fichier est vide.")},
    )


class ConfirmCourseForm(forms.Form):
    """Whether a course whose code is another's here becomes a copy."""

    as_copy = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ConfirmImportForm(forms.Form):
    """What is done with faulty questions, and with those the bank has already."""

    all_or_nothing = forms.BooleanField(
        label=_("Tout ou rien"),
        required=False,
        help_text=_("N’importer aucune question si une seule est en erreur ou ignorée."),
    )
    replaces = forms.BooleanField(
        label=_("Remplacer les questions de même code"),
        required=False,
        help_text=_("Celles de la banque prennent une nouvelle version ; les tentatives passées gardent l’ancienne."),
    )

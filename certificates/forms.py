"""What visitors and officers type: a code, a PDF, a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from certificates.models.versions import LONGEST_REASON
from certificates.rules import LONGEST_TYPED
from certificates.rules.names import LONGEST_NAME
from certificates.rules.versions import REMOVED
from certificates.verifying.verdicts import LARGEST_BYTES
from courses.models import CoursePage
from lms.people.models import Unit


class CodeForm(forms.Form):
    """The code printed on a certificate, however typed."""

    code = forms.CharField(
        label=_("Code du certificat"),
        max_length=LONGEST_TYPED,
        help_text=_("Douze signes, imprimés sous le code QR : XXXX-XXXX-XXXX."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class NameForm(forms.Form):
    """The name printed on a certificate, to be confirmed."""

    name = forms.CharField(
        label=_("Nom imprimé sur le document"),
        max_length=LONGEST_NAME,
        help_text=_("Prénoms et nom, comme sur le document. Les accents, les majuscules et l’ordre ne comptent pas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class VisibilityForm(forms.Form):
    """What strangers who have the code are shown: the holder's choice."""

    visibility = forms.ChoiceField(
        label=_("Ce que voit une personne qui a le code de ce certificat"),
        choices=[
            (Certificate.Visibility.FULL, _("Tout, avec mon nom complet")),
            (Certificate.Visibility.MASKED, _("Tout, mais mon nom reste masqué tant qu’elle ne l’a pas tapé")),
            (Certificate.Visibility.LINK, _("Rien : seules les personnes à qui je donne mon lien le voient")),
        ],
        widget=forms.RadioSelect,
    )


class PassportForm(forms.Form):
    """What a passport lists besides what anyone may check."""

    with_kept = forms.BooleanField(
        label=_("Y mettre aussi les documents que je réserve aux personnes qui ont mon lien"),
        required=False,
        help_text=_("Leur lien est écrit dans le passeport : qui a le fichier peut les vérifier."),
    )


class PdfForm(forms.Form):
    """A certificate as a file."""

    pdf = forms.FileField(
        label=_("Fichier PDF du certificat"),
        help_text=_("1 Mo au plus. Le fichier est effacé dès qu’il est contrôlé : il n’est pas conservé."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_pdf(self):
        pdf = self.cleaned_data["pdf"]
        if pdf.size > LARGEST_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 1 Mo : ce n’est pas un certificat délivré ici."))
        return pdf


class ActForm(forms.Form):
    """Why something is done to a certificate, and that it is meant."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Le motif d’un état est publié sur la page de vérification : n’y écrivez rien de personnel."),
    )
    is_meant = forms.BooleanField()

    def __init__(self, *args, meant, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_meant"].label = meant


class DecisionForm(forms.Form):
    """Why something is decided; unless told otherwise, the person concerned reads it."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("La personne concernée le reçoit par courriel."),
    )

    def __init__(self, *args, is_told=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_told:
            self.fields["reason"].help_text = ""


class ReasonForm(forms.Form):
    """Why something is done, read by the other officers."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Montré à tous les responsables de la certification."),
    )


class StopForm(ReasonForm):
    """Why issuing is stopped, and to whom: to everybody, for a role over all units; else to a unit one answers for."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Pour qui"),
        required=False,
        empty_label=_("Toute la plateforme"),
        help_text=_("Les personnes de cette structure et de celles qui en dépendent."),
    )
    field_order = ["unit", "reason"]

    def __init__(self, *args, units, has_everything, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        field.queryset = units
        field.label_from_instance = Unit.name_in_tree
        if not has_everything:
            field.required = True
            field.empty_label = _("Choisir…")


class ChooseCourseForm(forms.Form):
    """Of which course certificates are proposed."""

    course = forms.ModelChoiceField(
        CoursePage.objects.order_by("title", "pk"), label=_("Formation"), empty_label=_("Choisir…")
    )


class BatchForm(forms.Form):
    """What the person who approves should know."""

    note = forms.CharField(
        label=_("Note pour la personne qui approuve"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BulkActForm(forms.Form):
    """Why something is done to many certificates, and what the person who approves should know."""

    motive = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Publié sur la page de vérification de chacun : n’y écrivez rien de personnel."),
    )
    note = forms.CharField(
        label=_("Note pour la personne qui approuve"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Facultative ; elle n’est pas publiée."),
    )


class NameCorrectionForm(forms.Form):
    """The name that certificates should print, and what shows it is right."""

    first_name = forms.CharField(label=_("Prénoms"), max_length=150)
    last_name = forms.CharField(label=_("Nom"), max_length=150)
    explanation = forms.CharField(
        label=_("Ce qui ne va pas"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Par exemple : une faute de frappe, un changement d’état civil."),
    )
    proof = forms.FileField(
        label=_("Justificatif"),
        help_text=_(
            "Acte, pièce d’identité ou décision, en PDF, JPG ou PNG, 5 Mo au plus. Seuls les responsables le lisent."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class VersionForm(forms.Form):
    """Which changed lessons matter, what is asked of them, and why, in words for the holders."""

    reason = forms.CharField(
        label=_("Ce qui change, en une phrase"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Les titulaires la lisent dans leur courriel et sur leurs pages. Par exemple : « Le décret du 3 mars change les "
            "délais de réponse. »"
        ),
    )
    lessons = forms.MultipleChoiceField(
        label=_("Leçons à revoir"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Décochez celles où seule une faute a été corrigée."),
        error_messages={"required": _("Cochez au moins une leçon : sans leçon à revoir, il n’y a rien à signaler.")},
    )
    questions = forms.MultipleChoiceField(
        label=_("Questions à poser"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, changes, concerned, others, **kwargs):
        super().__init__(*args, **kwargs)
        lessons = [change for change in changes if change.change != REMOVED]
        self.fields["lessons"].choices = [(change.id, change.title) for change in lessons]
        self.fields["lessons"].initial = [change.id for change in lessons]
        self.fields["questions"].choices = [(row.pk, str(row)) for row in [*concerned, *others]]
        self.fields["questions"].initial = [row.pk for row in concerned]
        self.concerned_ids = {str(row.pk) for row in concerned}
        self.changes = {str(change.id): change for change in lessons}

    def chosen(self, name: str) -> list[int]:
        """The ids ticked, once the form is valid."""
        return [int(value) for value in self.cleaned_data[name]]

    def lesson_boxes(self):
        """The box of each lesson, with its change."""
        return [(box, self.changes[str(box.data["value"])]) for box in self["lessons"]]

    def proposed_questions(self):
        """The boxes of the questions that the changes concern, then of the others: (concerned, others)."""
        boxes = list(self["questions"])
        theirs = [box for box in boxes if str(box.data["value"]) in self.concerned_ids]
        return theirs, [box for box in boxes if box not in theirs]


class VersionDecisionForm(forms.Form):
    """What a reviewer says of a version that somebody proposed."""

    comment = forms.CharField(
        label=_("Commentaire pour la personne qui propose"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Obligatoire pour refuser."),
    )

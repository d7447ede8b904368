"""The form of a design: who may set it where, colours that can be read, pictures that are only drawing."""

import zlib

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm

from certificates.design import Colours
from certificates.drawing.svg import HEAVIEST_BYTES, LARGEST_BYTES, LogoRefused, read_logo
from certificates.models.designs import COLOUR, courses_in_scope_of, covers_everything
from certificates.rules.colours import hard_to_read
from lms.people.models import Unit

PLACE = ("kind", "unit", "course")


class LogoForm(WagtailAdminModelForm):
    """A picture: its file when it is new or replaced, and what it shows."""

    svg = forms.FileField(
        label=_("fichier SVG"),
        required=False,
        help_text=_(
            "Des tracés en aplats, 300 ko au plus ; textes et dégradés convertis. Laissez vide pour garder l’actuel."
        ),
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )

    def clean(self):
        cleaned = super().clean()
        file = cleaned.get("svg")
        if file:
            try:
                logo = read_logo(file.read(LARGEST_BYTES + 1), cleaned.get("alt", ""))
            except LogoRefused as refusal:
                self.add_error("svg", str(refusal))
            else:
                self.instance.drawing = {"width": logo.width, "height": logo.height, "operators": logo.operators}
        elif not self.instance.drawing and "svg" not in self.errors:
            self.add_error("svg", _("Choisissez le fichier SVG du logo."))
        return cleaned


class DesignForm(WagtailAdminModelForm):
    """Where it applies is chosen once, in the scope of the officer."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        act = "change" if self.instance.pk else "add"
        permission = f"certificates.{act}_design"
        units = Unit.objects.in_scope_of(self.for_user, permission).order_by("path")
        self.has_everything = covers_everything(self.for_user, permission)
        self.fields["unit"].queryset = units
        self.fields["unit"].label_from_instance = Unit.name_in_tree
        self.fields["course"].queryset = courses_in_scope_of(self.for_user, permission).order_by("title")
        if self.instance.pk:
            for name in PLACE:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Choisi une fois pour toutes ; pour un autre usage, créez un modèle.")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("unit") and cleaned.get("course"):
            self.add_error("course", _("Choisissez une structure ou une formation, pas les deux."))
        elif not (self.instance.pk or self.has_everything or cleaned.get("unit") or cleaned.get("course")):
            self.add_error(
                "unit", _("Choisissez une structure ou une formation : votre rôle ne couvre pas toute la plateforme.")
            )
        names = {f"{name}_colour": cleaned.get(f"{name}_colour") for name in ("main", "second", "accent", "ground")}
        if all(COLOUR.regex.match(value or "") for value in names.values()):
            for name in hard_to_read(Colours(*names.values())):
                self.add_error(f"{name}_colour", self.why_hard_to_read(name))
        return cleaned

    @staticmethod
    def why_hard_to_read(name: str):
        if name == "ground":
            return _("Trop foncé : le texte du panneau ne se lirait plus. Prenez un fond plus clair.")
        return _(
            "Trop clair : le contraste avec le papier et le fond du panneau doit atteindre 4,5. Foncez cette couleur."
        )

    def is_valid(self):
        return super().is_valid() and self.logos_are_light()

    def logos_are_light(self) -> bool:
        """All the pictures together, for a sealed document to stay under 75 kB."""
        drawings = [
            form.instance.drawing for form in self.formsets["logos"] if form not in self.formsets["logos"].deleted_forms
        ]
        drawn = [drawing["operators"] for drawing in drawings if drawing]
        if len(zlib.compress("\n".join(drawn).encode())) <= HEAVIEST_BYTES:
            return True
        self.add_error(
            None,
            ngettext("Ce logo est trop lourd.", "Ces logos sont trop lourds ensemble.", len(drawn))
            + " "
            + _("Simplifiez leurs tracés, ou retirez-en : 8 ko en tout une fois réduits."),
        )
        return False

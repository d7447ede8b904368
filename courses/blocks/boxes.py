"""Boxes beside the prose: to remember, in practice, important, going further, what I change tomorrow."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.features import BOXES, EXERCISES, SHORT_FEATURES, refuse


class BoxBlock(blocks.StructBlock):
    """A titled box; its name in the lesson gives the kind."""

    title = blocks.CharBlock(
        label=_("titre"), required=False, max_length=120, help_text=_("Sans titre, le nom de l’encadré est affiché.")
    )
    text = blocks.RichTextBlock(label=_("texte"), features=SHORT_FEATURES)

    class Meta:
        template = "courses/blocks/box.html"
        group = BOXES
        label_format = "{label} {title}"


class RememberBlock(BoxBlock):
    class Meta:
        label = _("à retenir")
        icon = "thumbtack"
        description = _("L’idée qui doit rester quand tout le reste sera oublié. Une seule par écran.")
        preview_value = {
            "title": "",
            "text": "<p>Un mot de passe long vaut mieux qu’un mot de passe compliqué.</p>",
        }


class PracticeBlock(BoxBlock):
    class Meta:
        label = _("en pratique")
        icon = "clipboard-list"
        description = _("Un geste à faire, une situation vécue, un exemple du service.")
        preview_value = {
            "title": "",
            "text": "<p>Avant d’ouvrir une pièce jointe, appelez l’expéditeur à son numéro habituel.</p>",
        }


class ImportantBlock(BoxBlock):
    class Meta:
        label = _("important")
        icon = "warning"
        description = _("Un risque, une obligation, une erreur qui coûte cher. À garder rare.")
        preview_value = {
            "title": "",
            "text": "<p>Ne communiquez jamais votre code à usage unique, même à un collègue.</p>",
        }


class LinkBlock(blocks.StructBlock):
    """A link to somewhere else."""

    label = blocks.CharBlock(
        label=_("intitulé"),
        max_length=160,
        help_text=_("Ce que l’on trouvera au bout du lien, jamais « cliquez ici »."),
    )
    url = blocks.URLBlock(label=_("adresse"), help_text=_("Elle commence par https://"))

    class Meta:
        icon = "link"
        label_format = "{label}"

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["url"] and not cleaned["url"].startswith(("http://", "https://")):
            refuse(url=_("Une adresse du web commence par https:// ou http://"))
        return cleaned


class FurtherBlock(blocks.StructBlock):
    """Readings for those who want more."""

    text = blocks.RichTextBlock(label=_("texte"), features=SHORT_FEATURES, required=False)
    links = blocks.ListBlock(LinkBlock(label=_("lien")), label=_("liens"), max_num=8, default=[])

    class Meta:
        label = _("pour aller plus loin")
        icon = "glasses"
        group = BOXES
        template = "courses/blocks/further.html"
        description = _("Des lectures facultatives : un mot d’introduction, des liens, ou les deux.")
        preview_value = {
            "text": "<p>Deux lectures pour qui veut approfondir.</p>",
            "links": [
                {"label": "Le code du numérique en République du Bénin", "url": "https://sgg.gouv.bj/"},
                {"label": "Le portail national des services publics", "url": "https://service-public.bj/"},
            ],
        }

    def clean(self, value):
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not cleaned["links"] and not cleaned["text"].source.strip():
            refuse(text=_("Écrivez un texte ou ajoutez au moins un lien."))
        return cleaned


class MicroActionBlock(blocks.StructBlock):
    """The one thing the reader will do otherwise."""

    text = blocks.TextBlock(
        label=_("texte"),
        max_length=400,
        rows=3,
        help_text=_("Une seule action, faisable demain en moins de quinze minutes. Commencez par un verbe."),
    )

    class Meta:
        label = _("ce que je change demain")
        icon = "lms-idea"
        group = EXERCISES
        template = "courses/blocks/micro_action.html"
        description = _(
            "Une petite action à faire dès demain, au milieu de la leçon. Celle qui la termine s’écrit sous le contenu."
        )
        label_format = "{label} {text}"
        preview_value = {"text": "J’active la double authentification de ma messagerie."}

"""Blocks that put the words in order: prose, accordion, steps, code."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.features import SHORT_FEATURES, STRUCTURE


class ProseBlock(blocks.RichTextBlock):
    """The running text of a lesson."""

    class Meta:
        label = _("texte")
        icon = "pilcrow"
        template = "courses/blocks/prose.html"
        description = _("Des paragraphes, des titres, des listes et des liens.")
        preview_value = (
            "<h2>Reconnaître un message frauduleux</h2><p>Un message qui <b>presse</b>, qui <b>menace</b> ou qui promet "
            "mérite une minute de doute :</p><ul><li>l’adresse de l’expéditeur est-elle la bonne ?</li>"
            "<li>le lien mène-t-il là où il le dit ?</li></ul>"
        )


class FoldBlock(blocks.StructBlock):
    """A title that opens on a text."""

    title = blocks.CharBlock(
        label=_("titre"), max_length=160, help_text=_("Seul visible d’abord : il dit ce que l’on trouvera.")
    )
    text = blocks.RichTextBlock(label=_("texte"), features=SHORT_FEATURES)

    class Meta:
        icon = "collapse-down"
        label_format = "{title}"


class AccordionBlock(blocks.StructBlock):
    """Texts that open one by one."""

    items = blocks.ListBlock(FoldBlock(label=_("volet")), label=_("volets"), min_num=1, max_num=20)

    class Meta:
        label = _("volets à déplier")
        icon = "collapse-down"
        group = STRUCTURE
        template = "courses/blocks/accordion.html"
        description = _("Des questions, des cas, des détails que chacun ouvre s’il le souhaite. Rien d’essentiel ici.")
        preview_value = {
            "items": [
                {
                    "title": "J’ai cliqué, que faire ?",
                    "text": "<p>Débranchez le réseau, puis prévenez le responsable informatique.</p>",
                },
                {"title": "Et si c’était un vrai message ?", "text": "<p>L’expéditeur vous le confirmera.</p>"},
            ]
        }


class StepBlock(blocks.StructBlock):
    """One step of a procedure."""

    title = blocks.CharBlock(
        label=_("geste"), max_length=160, help_text=_("Un geste, à l’impératif : « Ouvrez les réglages ».")
    )
    text = blocks.RichTextBlock(label=_("détail"), features=SHORT_FEATURES, required=False)

    class Meta:
        icon = "arrow-right"
        label_format = "{title}"


class StepsBlock(blocks.StructBlock):
    """A procedure, step by step."""

    title = blocks.CharBlock(label=_("titre"), required=False, max_length=120)
    items = blocks.ListBlock(StepBlock(label=_("étape")), label=_("étapes"), min_num=2, max_num=15)

    class Meta:
        label = _("étapes")
        icon = "list-ol"
        group = STRUCTURE
        template = "courses/blocks/steps.html"
        description = _("Une démarche à suivre dans l’ordre ; les numéros se mettent seuls.")
        label_format = "{label} {title}"
        default = {"items": [{"title": "", "text": ""}] * 2}
        preview_value = {
            "title": "Activer la double authentification",
            "items": [
                {"title": "Ouvrez les réglages de votre compte", "text": "<p>En haut à droite, sous votre nom.</p>"},
                {"title": "Choisissez « Sécurité »", "text": ""},
                {"title": "Scannez le code avec votre téléphone", "text": ""},
            ],
        }


class CodeBlock(blocks.StructBlock):
    """Lines to be read or typed exactly as they are."""

    title = blocks.CharBlock(
        label=_("titre"), required=False, max_length=120, help_text=_("Ce que font ces lignes, ou le nom du fichier.")
    )
    text = blocks.TextBlock(label=_("code"), rows=6)

    class Meta:
        label = _("code")
        icon = "code"
        group = STRUCTURE
        template = "courses/blocks/code.html"
        description = _("Des lignes à lire ou à taper telles quelles.")
        label_format = "{label} {title}"
        preview_value = {"title": "Demander un service", "text": "curl https://exemple.gouv.bj/api/v1/communes"}

"""Texts that others have fixed: a definition, a quotation of the law."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.features import QUOTE_FEATURES, REFERENCES, SHORT_FEATURES, refuse


class DefinitionBlock(blocks.StructBlock):
    """A word and what it means."""

    term = blocks.CharBlock(label=_("terme"), max_length=120)
    text = blocks.RichTextBlock(label=_("définition"), features=SHORT_FEATURES)
    source = blocks.CharBlock(
        label=_("source"),
        required=False,
        max_length=250,
        help_text=_("Norme, loi ou ouvrage, si elle n’est pas de vous."),
    )

    class Meta:
        label = _("définition")
        icon = "lms-book"
        group = REFERENCES
        template = "courses/blocks/definition.html"
        description = _("Un mot du métier expliqué une fois, là où il apparaît.")
        label_format = "{label} {term}"
        preview_value = {
            "term": "Interopérabilité",
            "text": "<p>Capacité de systèmes différents à échanger des données et à s’en servir.</p>",
            "source": "ISO/IEC 2382",
        }


class LawQuoteBlock(blocks.StructBlock):
    """What a law, a decree or a circular says, word for word."""

    text = blocks.RichTextBlock(
        label=_("texte cité"), features=QUOTE_FEATURES, help_text=_("Mot pour mot, sans guillemets ; coupez par […].")
    )
    reference = blocks.CharBlock(
        label=_("texte officiel"), max_length=250, help_text=_("Nature, numéro, date et titre.")
    )
    article = blocks.CharBlock(
        label=_("article"), max_length=60, help_text=_("Par exemple « article 378, alinéa 2 » ; « exposé des motifs ».")
    )
    url = blocks.URLBlock(label=_("adresse du texte officiel"), required=False)

    class Meta:
        label = _("citation d’un texte de loi")
        icon = "lms-law"
        group = REFERENCES
        template = "courses/blocks/law_quote.html"
        description = _(
            "Une loi, un décret, une circulaire : le texte exact, son article, sa référence et son adresse."
        )
        label_format = "{label} {article}"
        preview_value = {
            "text": "<p>Le texte de l’article, mot pour mot, tel que le Journal officiel l’a publié.</p>",
            "reference": "Loi n° 2017-20 du 20 avril 2018 portant code du numérique en République du Bénin",
            "article": "article 1",
            "url": "https://sgg.gouv.bj/",
        }

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["url"] and not cleaned["url"].startswith(("http://", "https://")):
            refuse(url=_("Une adresse du web commence par https:// ou http://"))
        return cleaned

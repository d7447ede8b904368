"""Pictures: an image with its alternative, and a figure with its caption and source."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from courses.blocks.features import FILES, refuse
from courses.rules.weight import SHOWN, MediaPiece

PHONE_FILTER = "width-720|format-webp"  # what most phones fetch: 360 points at two pixels each


def phone_piece(image, spec: str = PHONE_FILTER):
    """The piece an image weighs on a phone, in a list; an image gone missing weighs nothing."""
    try:
        return [MediaPiece(image.title, image.get_rendition(spec).file.size, SHOWN)] if image else []
    except OSError:
        return []


class LessonImageBlock(ImageBlock):
    """An image, described for those who do not see it."""

    class Meta:
        label = _("image")
        icon = "image"
        label_format = "{label} {alt_text}"
        group = FILES
        template = "courses/blocks/image.html"
        preview_template = "courses/blocks/preview/image.html"
        description = _("Une image avec son texte de remplacement. Pour une légende et une source, prenez « figure ».")
        help_text = _(
            "Le texte de remplacement dit ce que l’image apprend à qui ne la voit pas ; ne le laissez vide que pour un décor."
        )

    def media_pieces(self, image):
        return phone_piece(image)


class FigureBlock(blocks.StructBlock):
    """A picture one refers to: its caption, its source."""

    image = ImageBlock(
        label=_("image"),
        help_text=_("Le texte de remplacement dit ce que l’image apprend ; la légende ne le répète pas."),
    )
    caption = blocks.CharBlock(label=_("légende"), max_length=300)
    source = blocks.CharBlock(
        label=_("source"), max_length=250, help_text=_("Auteur, titre, année, et licence s’il y en a une.")
    )
    source_url = blocks.URLBlock(label=_("adresse de la source"), required=False)

    class Meta:
        label = _("figure avec source")
        icon = "doc-full"
        group = FILES
        template = "courses/blocks/figure.html"
        preview_template = "courses/blocks/preview/figure.html"
        description = _("Un schéma, une carte, un graphique : légende et source obligatoires.")
        label_format = "{label} {caption}"

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["source_url"] and not cleaned["source_url"].startswith(("http://", "https://")):
            refuse(source_url=_("Une adresse du web commence par https:// ou http://"))
        return cleaned

    def media_pieces(self, value):
        return phone_piece(value["image"])

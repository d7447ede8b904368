"""The blocks of a lesson (StreamField). Each has a light template under templates/courses/blocks/."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

PROSE_FEATURES = ["h2", "h3", "h4", "bold", "italic", "code", "ol", "ul", "link", "document-link", "blockquote", "hr"]
SHORT_FEATURES = ["bold", "italic", "code", "ol", "ul", "link"]


class BoxBlock(blocks.StructBlock):
    """A titled box beside the prose: to remember, in practice, important."""

    title = blocks.CharBlock(label=_("titre"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("texte"), features=SHORT_FEATURES)

    class Meta:
        template = "courses/blocks/box.html"


class CodeBlock(blocks.StructBlock):
    """Lines to be read or typed exactly as they are."""

    text = blocks.TextBlock(label=_("code"), rows=6)

    class Meta:
        template = "courses/blocks/code.html"


class LessonBody(blocks.StreamBlock):
    """What a lesson is made of."""

    prose = blocks.RichTextBlock(
        label=_("texte"), features=PROSE_FEATURES, icon="pilcrow", template="courses/blocks/prose.html"
    )
    remember = BoxBlock(label=_("à retenir"), icon="thumbtack")
    practice = BoxBlock(label=_("en pratique"), icon="cogs")
    important = BoxBlock(label=_("important"), icon="warning")
    image = ImageBlock(label=_("image"), icon="image", template="courses/blocks/image.html")
    code = CodeBlock(label=_("code"), icon="code")

    class Meta:
        template = "courses/blocks/body.html"

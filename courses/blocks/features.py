"""What rich text may hold in a lesson, the groups of the block chooser, and how a block refuses a field."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks.struct_block import StructBlockValidationError

PROSE_FEATURES = ["h2", "h3", "h4", "bold", "italic", "code", "ol", "ul", "link", "document-link", "blockquote", "hr"]
SHORT_FEATURES = ["bold", "italic", "code", "ol", "ul", "link"]
QUOTE_FEATURES = ["bold", "italic", "ol", "ul"]
TRANSCRIPT_FEATURES = ["bold", "italic", "ol", "ul"]

# Wagtail sorts the groups by name.
BOXES = _("Encadrés")
FILES = _("Images, son, vidéo, fichiers")
STRUCTURE = _("Organiser le propos")
REFERENCES = _("Références")
EXERCISES = _("S’exercer")


def refuse(**messages):
    """Refuse a struct block, each message under its field. Raises StructBlockValidationError."""
    errors = {name: ValidationError(message) for name, message in messages.items()}
    raise StructBlockValidationError(block_errors=errors)

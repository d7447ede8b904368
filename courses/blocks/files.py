"""Files that are fetched on request, their weight said first: audio, video, download. They are documents of Wagtail."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.features import FILES, TRANSCRIPT_FEATURES, refuse
from courses.blocks.pictures import phone_piece
from courses.rules import media
from courses.rules.weight import ASKED, MediaPiece

POSTER_FILTER = "fill-720x405|format-webp|webpquality-70"


def file_fault(document, extensions):
    """Why a document cannot be such a file; None when it can, or when there is no document yet."""
    if document is None:
        return None
    if media.extension(document.filename) not in extensions:
        return _("Choisissez un fichier %(types)s.") % {"types": ", ".join(f".{name}" for name in extensions)}
    try:
        with document.open_file() as file:
            head = file.read(media.HEAD_BYTES)
    except OSError:
        return _("Ce fichier est introuvable : déposez-le de nouveau.")
    if not media.is_what_it_says(document.filename, head):
        return _("Le contenu de ce fichier ne correspond pas à son extension.")
    return None


def refuse_wrong_files(value, **extensions):
    """Refuse the struct whose documents (by field) are not of the types allowed there. Raises StructBlockValidationError."""
    faults = {name: file_fault(value[name], allowed) for name, allowed in extensions.items()}
    if faults := {name: fault for name, fault in faults.items() if fault}:
        refuse(**faults)


def asked_piece(document):
    return [MediaPiece(document.title, document.get_file_size() or 0, ASKED)] if document else []


def sample(name: str, title: str, size_bytes: int):
    """A document that exists nowhere, for the preview of a block."""
    return get_document_model()(pk=0, title=title, file=f"documents/{name}", file_size=size_bytes)


class AudioBlock(blocks.StructBlock):
    """A recording and the words said in it."""

    title = blocks.CharBlock(label=_("titre"), max_length=160)
    file = DocumentChooserBlock(
        label=_("enregistrement"), help_text=_("Un fichier MP3, M4A, OGG ou OPUS de 20 Mo au plus.")
    )
    minutes = blocks.IntegerBlock(label=_("durée (minutes)"), required=False, min_value=1, max_value=180)
    transcript = blocks.RichTextBlock(
        label=_("transcription"),
        features=TRANSCRIPT_FEATURES,
        help_text=_("Tout ce qui est dit : pour qui n’entend pas, et pour qui n’a pas assez de forfait."),
    )

    class Meta:
        label = _("audio")
        icon = "lms-audio"
        group = FILES
        template = "courses/blocks/audio.html"
        description = _(
            "Un enregistrement avec sa transcription. Rien n’est téléchargé avant qu’on appuie sur lecture."
        )
        label_format = "{label} {title}"

    def get_preview_value(self):
        return self.normalize(
            {
                "title": "Le témoignage d’une secrétaire générale",
                "file": sample("temoignage.mp3", "Témoignage", 2_900_000),
                "minutes": 6,
                "transcript": "<p>« Nous avons commencé par un seul service… »</p>",
            }
        )

    def clean(self, value):
        cleaned = super().clean(value)
        refuse_wrong_files(cleaned, file=media.AUDIO)
        return cleaned

    def media_pieces(self, value):
        return asked_piece(value["file"])


class VideoBlock(blocks.StructBlock):
    """A film, its captions, the words said in it, and the picture shown before."""

    title = blocks.CharBlock(label=_("titre"), max_length=160)
    file = DocumentChooserBlock(
        label=_("vidéo"), help_text=_("Un fichier MP4 ou WebM de 20 Mo au plus : 480 lignes suffisent.")
    )
    poster = ImageChooserBlock(
        label=_("affiche"), help_text=_("L’image montrée avant la lecture, de préférence en 16/9.")
    )
    captions = DocumentChooserBlock(
        label=_("sous-titres"), help_text=_("Un fichier WebVTT (.vtt), avec les bruits qui comptent.")
    )
    minutes = blocks.IntegerBlock(label=_("durée (minutes)"), required=False, min_value=1, max_value=180)
    transcript = blocks.RichTextBlock(
        label=_("transcription"),
        features=TRANSCRIPT_FEATURES,
        help_text=_(
            "Ce qui est dit et ce qu’il faut avoir vu : elle remplace la vidéo pour qui ne peut pas la charger."
        ),
    )

    class Meta:
        label = _("vidéo")
        icon = "lms-video"
        group = FILES
        template = "courses/blocks/video.html"
        description = _("L’affiche et le poids d’abord ; la vidéo n’est téléchargée que si on la demande.")
        label_format = "{label} {title}"

    def get_preview_value(self):
        return self.normalize(
            {
                "title": "Signer un document en trois gestes",
                "file": sample("signer.mp4", "Signer", 8_400_000),
                "poster": None,
                "captions": sample("signer.vtt", "Sous-titres", 2_100),
                "minutes": 3,
                "transcript": "<p>À l’écran, le document est ouvert…</p>",
            }
        )

    def clean(self, value):
        cleaned = super().clean(value)
        refuse_wrong_files(cleaned, file=media.VIDEO, captions=media.CAPTIONS)
        return cleaned

    def media_pieces(self, value):
        return phone_piece(value["poster"], POSTER_FILTER) + asked_piece(value["file"]) + asked_piece(value["captions"])


class DownloadBlock(blocks.StructBlock):
    """A file to keep."""

    file = DocumentChooserBlock(label=_("fichier"))
    title = blocks.CharBlock(
        label=_("titre"), required=False, max_length=160, help_text=_("Sans titre, celui du document est affiché.")
    )
    text = blocks.CharBlock(
        label=_("à quoi il sert"),
        required=False,
        max_length=250,
        help_text=_("Une phrase : pour qui, pour quoi faire."),
    )

    class Meta:
        label = _("fichier à télécharger")
        icon = "download"
        group = FILES
        template = "courses/blocks/download.html"
        description = _(
            "Un modèle, une fiche, un tableur : son type et son poids sont affichés avant le téléchargement."
        )
        label_format = "{label} {title}"

    def get_preview_value(self):
        return self.normalize(
            {
                "file": sample("note.docx", "Modèle de note de service", 46_000),
                "title": "",
                "text": "À adapter à votre structure, puis à faire signer.",
            }
        )

    def media_pieces(self, value):
        return asked_piece(value["file"])

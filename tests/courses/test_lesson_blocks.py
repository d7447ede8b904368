"""Each block of a lesson: what a reader sees, what an author is refused, and how it looks in the chooser."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.blocks import Block

from courses.models import LessonPage
from tests.factories.courses import LessonPageFactory
from tests.factories.lesson_body import every_block
from tests.factories.library import DocumentFactory, ImageFactory

pytestmark = pytest.mark.django_db

BODY = LessonPage._meta.get_field("body").stream_block
BAD_URL = "ftp://exemple.bj/loi"


def rendered(kind, value) -> str:
    (child,) = LessonPage(body=[(kind, value)]).body
    return child.render()


def words(html: str) -> str:
    return " ".join(strip_tags(html).replace("\N{NO-BREAK SPACE}", " ").split())


def refusal(kind, value) -> str:
    """What the author is told; "" when the block is accepted."""
    block = BODY.child_blocks[kind]
    try:
        block.clean(block.normalize(value))
    except ValidationError as error:
        return str(error.as_json_data())
    return ""


@pytest.fixture
def every():
    return dict(every_block())


def test_there_is_an_example_of_every_block_and_all_are_accepted(every):
    assert set(every) == set(BODY.child_blocks)
    assert {kind: refusal(kind, value) for kind, value in every.items()} == dict.fromkeys(every, "")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "definition",
            "Définition Signature électronique Donnée jointe à un document, qui identifie son signataire et manifeste "
            "son consentement.Source : Code du numérique, livre préliminaire",
        ),
        (
            "law_quote",
            "L’écrit sous forme électronique est admis en preuve au même titre que l’écrit sur support papier. article "
            "264 Loi n° 2017-20 du 20 avril 2018 portant code du numérique en République du Bénin Lire le texte officiel",
        ),
        (
            "steps",
            "Signer un document Ouvrez le document dans le parapheur Relisez-le jusqu’au boutY compris les annexes : "
            "elles sont signées aussi. Choisissez « Signer », puis saisissez votre code",
        ),
        (
            "accordion",
            "Et si je perds mon code ? Faites révoquer le certificat le jour même. Et hors connexion ? La signature "
            "attend le retour du réseau.",
        ),
        ("figure", "La chaîne de confiance, de l’autorité au signataire. Source : ASIN, 2026"),
        (
            "video",
            "Signer en trois gestes 3 min · MP4, 840 ko Rien n’est chargé avant la lecture. Télécharger la vidéo (MP4, "
            "840 ko) Lire la transcription À l’écran, le parapheur est ouvert.",
        ),
        (
            "audio",
            "Le témoignage d’une secrétaire générale MP3, 290 ko Télécharger l’enregistrement (MP3, 290 ko) Lire la "
            "transcription « Nous avons commencé par un seul service. »",
        ),
        ("download", "Modèle de note À adapter à votre structure. PDF, 46 ko"),
        ("code", "Vérifier une signaturepdfsig note-signee.pdf"),
        (
            "further",
            "Pour aller plus loin Deux lectures pour approfondir. Le portail des services publics service-public.bj",
        ),
        (
            "micro_action",
            "Ce que je change demain Je vérifie la signature du prochain document que je reçois.",
        ),
        ("practice", "Au guichet Demandez une pièce d’identité avant d’enrôler."),
        ("important", "Important Votre code secret ne se prête jamais."),
    ],
)
def test_reader_reads(every, kind, expected):
    assert words(rendered(kind, every[kind])) == expected


def test_rows_and_columns_of_a_comparison_are_headed(every):
    html = rendered("comparison", every["comparison"])
    assert "<caption>Trois façons de signer</caption>" in html
    assert html.count('<th scope="col">') == 3
    assert '<th scope="row">Avancée</th><td>l’identité et l’intégrité</td><td>actes courants</td>' in html


def test_nothing_of_a_sound_or_film_is_fetched_before_it_is_asked(every):
    film, sound = rendered("video", every["video"]), rendered("audio", every["audio"])
    assert all('controls preload="none"' in html and "autoplay" not in html for html in (film, sound))
    assert f'<track kind="captions" src="{every["video"]["captions"].url}" srclang="fr" label="Français">' in film
    assert 'type="video/mp4"' in film
    assert ".webp" in film.partition('poster="')[2].partition('"')[0]


def test_image_tells_its_alternative(every):
    assert 'alt="Un agent signe sur une tablette"' in rendered("image", every["image"])
    assert 'loading="lazy"' in rendered("image", every["image"])


@pytest.mark.parametrize("kind", ["definition", "further", "accordion", "steps", "law_quote", "micro_action", "code"])
def test_what_authors_type_is_text(every, kind):
    hostile = "<script>alert(1)</script>"

    def spoiled(value):
        match value:
            case str() if not value or value.startswith(("<p>", "https:")):  # rich text is cleaned by the editor
                return value
            case str():
                return hostile
            case list():
                return [spoiled(one) for one in value]
            case dict():
                return {name: spoiled(one) for name, one in value.items()}

    html = rendered(kind, spoiled(every[kind]))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


# --- What is refused


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("law_quote", {"article": ""}, "Champ requis."),
        ("law_quote", {"reference": ""}, "Champ requis."),
        ("law_quote", {"url": BAD_URL}, "commence par https"),
        ("figure", {"source": ""}, "Champ requis."),
        ("figure", {"source_url": BAD_URL}, "commence par https"),
        ("figure", {"image": None}, "Champ requis."),
        ("further", {"text": "", "links": []}, "Écrivez un texte ou ajoutez au moins un lien."),
        ("further", {"links": [{"label": "Là", "url": BAD_URL}]}, "commence par https"),
        ("steps", {"items": [{"title": "Seule", "text": ""}]}, "2"),
        ("comparison", {"caption": " "}, "Donnez une légende"),
        ("comparison", {"columns": [{"type": "text", "heading": "A"}], "rows": [{"values": ["a"]}]}, "deux à cinq"),
        ("comparison", {"columns": [{"type": "text", "heading": ""}] * 3}, "Donnez un titre à chaque colonne."),
        ("comparison", {"rows": []}, "Ajoutez au moins une ligne."),
        ("comparison", {"rows": [{"values": ["", "b", "c"]}]}, "Remplissez la première cellule"),
        ("video", {"transcript": ""}, "Champ requis."),
        ("video", {"poster": None}, "Champ requis."),
        ("video", {"captions": None}, "Champ requis."),
        ("audio", {"transcript": ""}, "Champ requis."),
        ("micro_action", {"text": "a" * 401}, "400"),
    ],
)
def test_author_is_refused(every, kind, changes, message):
    assert message in refusal(kind, {**every[kind], **changes})


def test_image_without_alternative_is_refused_unless_it_is_a_decor():
    image = {"image": ImageFactory(), "alt_text": "", "decorative": False}
    assert "alt_text" in refusal("image", image)
    assert refusal("image", {**image, "decorative": True}) == ""


def test_files_are_what_they_say(every):
    pdf, mp3, vtt = (DocumentFactory(kind=kind) for kind in ("pdf", "mp3", "vtt"))
    assert "Choisissez un fichier .mp4, .webm." in refusal("video", {**every["video"], "file": pdf})
    assert "Choisissez un fichier .vtt." in refusal("video", {**every["video"], "captions": mp3})
    assert "Choisissez un fichier .mp3" in refusal("audio", {**every["audio"], "file": vtt})
    page = DocumentFactory(kind="mp3")
    page.file.storage.delete(page.file.name)
    assert "introuvable" in refusal("audio", {**every["audio"], "file": page})
    with page.file.storage.open(page.file.name, "wb") as file:
        file.write(b"<html><script>alert(1)</script>")
    page = type(page).objects.get(pk=page.pk)
    assert "ne correspond pas à son extension" in refusal("audio", {**every["audio"], "file": page})


def test_a_draft_may_be_unfinished():
    block = BODY.child_blocks["comparison"]
    block.defer_required_validation()
    try:
        block.clean(block.normalize(None))
    finally:
        block.restore_deferred_validation()


# --- In the editor


@pytest.mark.parametrize("kind", list(BODY.child_blocks))
def test_chooser_shows_each_block_as_a_reader_would_see_it(admin_client, kind):
    block = BODY.child_blocks[kind]
    assert block.is_previewable
    assert block.get_description()
    assert Block.definition_registry[block.definition_prefix] is block
    shown = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert shown.status_code == 200
    html = shown.content.decode()
    assert "lms/css/courses.css" in html
    assert len(words(html.partition("<main")[2])) > 20 or kind == "image"


def test_author_saves_a_lesson_with_every_block(admin_client):
    page = LessonPageFactory(body=every_block())
    html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "Poids de la leçon" in html
    page.save_revision().publish()
    assert [child.block_type for child in LessonPage.objects.get(pk=page.pk).body] == [
        kind for kind, _ in every_block()
    ]

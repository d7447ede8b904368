"""A lesson's body with every block, as an author would fill them."""

from tests.factories.courses import QuestionFactory
from tests.factories.library import DocumentFactory, ImageFactory


def every_block() -> list[tuple]:
    """Raw values of one block of each kind, in the order of a readable lesson. Makes images, documents and a question."""
    image = ImageFactory(title="Schéma")
    picture = {"image": image, "alt_text": "Un agent signe sur une tablette", "decorative": False}
    return [
        (
            "prose",
            "<h2>Pourquoi une signature électronique</h2><p>Un document signé à la main se photocopie. Une signature "
            "<b>électronique</b> dit qui a signé, quand, et si le document a changé depuis.</p>",
        ),
        (
            "definition",
            {
                "term": "Signature électronique",
                "text": "<p>Donnée jointe à un document, qui identifie son signataire et manifeste son consentement.</p>",
                "source": "Code du numérique, livre préliminaire",
            },
        ),
        ("remember", {"title": "", "text": "<p>Signer engage : relisez avant.</p>"}),
        ("practice", {"title": "Au guichet", "text": "<p>Demandez une pièce d’identité avant d’enrôler.</p>"}),
        ("important", {"title": "", "text": "<p>Votre code secret ne se prête jamais.</p>"}),
        (
            "law_quote",
            {
                "text": "<p>L’écrit sous forme électronique est admis en preuve au même titre que l’écrit sur support papier.</p>",
                "reference": "Loi n° 2017-20 du 20 avril 2018 portant code du numérique en République du Bénin",
                "article": "article 264",
                "url": "https://sgg.gouv.bj/doc/loi-2017-20/",
            },
        ),
        (
            "steps",
            {
                "title": "Signer un document",
                "items": [
                    {"title": "Ouvrez le document dans le parapheur", "text": ""},
                    {
                        "title": "Relisez-le jusqu’au bout",
                        "text": "<p>Y compris les annexes : elles sont signées aussi.</p>",
                    },
                    {"title": "Choisissez « Signer », puis saisissez votre code", "text": ""},
                ],
            },
        ),
        (
            "comparison",
            {
                "caption": "Trois façons de signer",
                "columns": [{"type": "text", "heading": name} for name in ("Signature", "Ce qu’elle prouve", "Quand")],
                "rows": [
                    {"values": ["Simple", "un accord", "notes internes"]},
                    {"values": ["Avancée", "l’identité et l’intégrité", "actes courants"]},
                    {"values": ["Qualifiée", "comme la main", "marchés, actes réglementaires"]},
                ],
            },
        ),
        ("image", picture),
        (
            "figure",
            {
                "image": picture,
                "caption": "La chaîne de confiance, de l’autorité au signataire.",
                "source": "ASIN, 2026",
                "source_url": "https://asin.bj/",
            },
        ),
        (
            "video",
            {
                "title": "Signer en trois gestes",
                "file": DocumentFactory(kind="mp4", size_bytes=840_000, title="Le film"),
                "poster": image,
                "captions": DocumentFactory(kind="vtt", size_bytes=2_100, title="Les sous-titres"),
                "minutes": 3,
                "transcript": "<p>À l’écran, le parapheur est ouvert.</p>",
            },
        ),
        (
            "audio",
            {
                "title": "Le témoignage d’une secrétaire générale",
                "file": DocumentFactory(kind="mp3", size_bytes=290_000, title="Le son"),
                "minutes": None,
                "transcript": "<p>« Nous avons commencé par un seul service. »</p>",
            },
        ),
        (
            "accordion",
            {
                "items": [
                    {
                        "title": "Et si je perds mon code ?",
                        "text": "<p>Faites révoquer le certificat le jour même.</p>",
                    },
                    {"title": "Et hors connexion ?", "text": "<p>La signature attend le retour du réseau.</p>"},
                ]
            },
        ),
        (
            "download",
            {
                "file": DocumentFactory(kind="pdf", size_bytes=46_000, title="Modèle de note"),
                "title": "",
                "text": "À adapter à votre structure.",
            },
        ),
        ("code", {"title": "Vérifier une signature", "text": "pdfsig note-signee.pdf"}),
        (
            "further",
            {
                "text": "<p>Deux lectures pour approfondir.</p>",
                "links": [{"label": "Le portail des services publics", "url": "https://www.service-public.bj/"}],
            },
        ),
        ("micro_action", {"text": "Je vérifie la signature du prochain document que je reçois."}),
        ("quick_check", {"question": QuestionFactory(prompt="Que prouve une signature ?")}),
    ]

"""A trainer writes in the editor, in a real browser: a course with each block; a learner then reads each of them."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from courses.blocks import LessonBody
from courses.course_forms import REVIEWED_WITHIN
from courses.models import CoursePage, ModulePage, ProducerPage
from lms.learning.models import Enrolment
from tests.e2e import editor
from tests.e2e.editor import choose, field, type_in, write
from tests.factories.courses import CoursePageFactory, LessonPageFactory, QuestionFactory, make_trainer
from tests.factories.library import DocumentFactory, ImageFactory, picture_bytes
from tests.factories.people import UnitFactory, UserFactory
from tests.factories.skills import CompetenceFactory, JobProfileFactory, StrandFactory

LAW = "Loi n° 2017-20 du 20 avril 2018 portant code du numérique"


@pytest.fixture
def trainer(live_server, settings):
    settings.WAGTAILADMIN_BASE_URL = live_server.url  # where previews are fetched
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0  # what is published is what the author asked to
    return make_trainer(UnitFactory(name="Direction du numérique"), email="formateur@gouv.bj")


@pytest.fixture
def branch(trainer):
    return ProducerPage.objects.get()


@pytest.fixture
def library(branch):
    """What the unit has in its library, and a question of the bank."""
    ImageFactory(title="Carte des communes", collection=branch.collection)
    for kind, title in {"mp3": "Le son", "mp4": "Le film", "vtt": "Les sous-titres", "pdf": "Modèle de note"}.items():
        DocumentFactory(kind=kind, title=title, collection=branch.collection)
    QuestionFactory(prompt="Que prouve une signature ?")


# --- One block of each kind: how it is filled, and what of it the learner reads


def prose(page, block):
    type_in(block, "Un document signé dit qui l’a signé.")
    return "Un document signé dit qui l’a signé."


def box(text: str):
    def fill(page, block):
        write(block, "texte", text)
        return text

    return fill


def further(page, block):
    link = editor.item(block, "liens", 0)
    write(link, "intitulé", "Le portail des services publics")
    write(link, "adresse", "https://service-public.bj/")
    return "Le portail des services publics"


def image(page, block):
    editor.upload_image(page, block, "Schéma de la signature", picture_bytes())
    alternative = field(block, "Texte alternatif").get_by_role("textbox")
    expect(alternative).not_to_have_value("")  # the editor proposes one a moment later
    alternative.fill("Un agent signe sur une tablette")
    return "Un agent signe sur une tablette"


def figure(page, block):
    choose(page, block, "Choisir une image", "Carte des communes")
    field(block, "Texte alternatif").get_by_role("textbox").fill("Les communes raccordées")
    write(block, "légende", "Les communes raccordées en 2026")
    write(block, "source", "ASIN, 2026")
    return "Les communes raccordées en 2026"


def audio(page, block):
    write(block, "titre", "Le témoignage d’une secrétaire générale")
    choose(page, field(block, "enregistrement"), "Choisir un document", "Le son")
    write(block, "transcription", "Nous avons commencé par un service.")
    return "Le témoignage d’une secrétaire générale"


def video(page, block):
    write(block, "titre", "Signer en trois gestes")
    choose(page, field(block, "vidéo"), "Choisir un document", "Le film")
    choose(page, field(block, "affiche"), "Choisir une image", "Carte des communes")
    choose(page, field(block, "sous-titres"), "Choisir un document", "Les sous-titres")
    write(block, "durée (minutes)", "3")
    write(block, "transcription", "À l’écran, le parapheur est ouvert.")
    return "Signer en trois gestes"


def download(page, block):
    choose(page, field(block, "fichier"), "Choisir un document", "Modèle de note")
    write(block, "à quoi il sert", "À adapter à votre structure.")
    return "À adapter à votre structure."


def accordion(page, block):
    fold = editor.item(block, "volets", 0)
    write(fold, "titre", "Et si je perds mon code ?")
    write(fold, "texte", "Faites révoquer le certificat.")
    return "Et si je perds mon code ?"


def steps(page, block):
    for rank, gesture in enumerate(("Ouvrez le parapheur", "Relisez le document")):
        write(editor.item(block, "étapes", rank), "geste", gesture)
    return "Relisez le document"


def comparison(page, block):
    block.get_by_label("Légende").fill("Deux façons de signer")
    for name, texts in {
        "thead": ["Signature", "Ce qu’elle prouve"],
        "tbody": ["Qualifiée", "autant que la main"],
    }.items():
        for rank, text in enumerate(texts):
            block.locator(f"{name} input[type=text]").nth(rank).fill(text)
    return "autant que la main"


def code(page, block):
    write(block, "code", "pdfsig note-signee.pdf")
    return "pdfsig note-signee.pdf"


def definition(page, block):
    write(block, "terme", "Interopérabilité")
    write(block, "définition", "Capacité de systèmes à échanger.")
    return "Capacité de systèmes à échanger."


def law_quote(page, block):
    write(block, "texte cité", "L’écrit électronique est admis en preuve.")
    write(block, "texte officiel", LAW)
    write(block, "article", "article 264")
    return "article 264"


def micro_action(page, block):
    write(block, "texte", "Je vérifie la prochaine signature.")
    return "Je vérifie la prochaine signature."


def quick_check(page, block):
    choose(page, block, "Choisir question", "Que prouve une signature ?")
    return "Que prouve une signature ?"


BLOCKS: dict[str, Callable[[Page, Locator], str]] = {
    "prose": prose,
    "remember": box("Signer engage : relisez avant."),
    "practice": box("Demandez une pièce d’identité."),
    "important": box("Votre code ne se prête jamais."),
    "further": further,
    "image": image,
    "figure": figure,
    "audio": audio,
    "video": video,
    "download": download,
    "accordion": accordion,
    "steps": steps,
    "comparison": comparison,
    "code": code,
    "definition": definition,
    "law_quote": law_quote,
    "micro_action": micro_action,
    "quick_check": quick_check,
}


def test_journey_writes_every_block_there_is():
    assert set(BLOCKS) == set(LessonBody().child_blocks)


# --- The journeys


def new_page(page: Page, kind: str, parent, title: str) -> None:
    page.goto(reverse("wagtailadmin_pages:add", args=["courses", kind, parent.pk]))
    page.get_by_role("textbox", name="Titre").fill(title)
    page.get_by_role("textbox", name="Titre").blur()  # a keyboard would have told the script that gives the address
    expect(page.locator("#id_slug")).to_have_value(re.compile(r"\w"))


def test_trainer_builds_a_course_and_a_learner_reads_every_block(open_page, trainer, branch, library):
    page = open_page(user=trainer)
    course = fill_sheet(page, branch)
    new_page(page, "modulepage", course, "Premiers pas")
    editor.save(page, "Publier")
    expect(editor.message(page)).to_contain_text("publiée")
    new_page(page, "lessonpage", ModulePage.objects.get(), "Signer un document")
    told = fill_lesson(page)
    expect(editor.preview(page).get_by_text(told[0])).to_be_visible()
    editor.save(page, "Publier")
    expect(editor.message(page)).to_contain_text("publiée")
    learner = UserFactory()
    Enrolment.objects.create(person=learner, course=course, enrolled_at=timezone.now())
    see_as_learner(open_page(user=learner), told)


def fill_sheet(page: Page, branch: ProducerPage) -> CoursePage:
    """The whole sheet of a course, then publish it."""
    CompetenceFactory(code="SC3", name="Signature")
    StrandFactory(name="Accélération des e-services"), JobProfileFactory(name="Agent public")
    CoursePageFactory(parent=branch, title="Bases du numérique")
    new_page(page, "coursepage", branch, "La signature électronique")
    page.get_by_label("Résumé*").last.fill("Signer, vérifier, conserver.")
    type_in(editor.add_only_block(editor.section(page, "Objectifs")), "Vérifier une signature")
    gains = editor.section(page, "Compétence acquise")
    gains.get_by_role("button", name="compétence acquise").last.click()
    choose(page, gains, "Choisir compétence", "SC3 – Signature")
    gains.get_by_label("Niveau*").fill("2")
    page.get_by_label("Accélération des e-services").check()
    page.get_by_label("Agent public").check()
    page.get_by_label("Durée en ligne (minutes)*").fill("90")
    page.get_by_label("Durée en présentiel (minutes)*").fill("120")
    page.get_by_label("Niveau d’assurance*").select_option("N3 – test surveillé")
    first = editor.section(page, "Prérequis")
    first.get_by_role("button", name="formation à suivre avant").last.click()
    choose(page, first, "Choisissez une page (Formation)", "Bases du numérique")
    page.get_by_label("Licence").select_option("CC BY 4.0 – réutilisable en citant la source")
    # What is guessed for a new course.
    expect(page.get_by_label("Structure productrice").locator("option:checked")).to_have_text("Direction du numérique")
    expect(page.get_by_label("Adresse de contact*")).to_have_value("formateur@gouv.bj")
    expect(page.get_by_label("À réviser avant le")).to_have_value(f"{timezone.localdate() + REVIEWED_WITHIN:%d/%m/%Y}")
    editor.save(page, "Publier")
    expect(editor.message(page)).to_contain_text("publiée")
    page.goto("/formations/la-signature-electronique/")
    for told in (
        "Signer, vérifier, conserver.",
        "Vérifier une signature",
        "Signature",
        "Accélération des e-services",
        "Agent public",
        "1 h 30 en ligne",
        "2 h en présentiel",
        "N3 – test surveillé",
        "Bases du numérique",
        "Direction du numérique",
        "formateur@gouv.bj",
        "CC BY 4.0 – réutilisable en citant la source",
    ):
        expect(page.locator("body")).to_contain_text(told)
    return CoursePage.objects.get(title="La signature électronique")


def fill_lesson(page: Page) -> list[str]:
    """One block of each kind; what the learner will read of each."""
    body, told = editor.section(page, "Contenu"), []
    kinds = LessonBody().child_blocks
    for rank, (name, fill) in enumerate(BLOCKS.items()):
        is_there = rank == 0  # a new lesson has a text to write in
        block = editor.children(body).first if is_there else editor.add_block(page, body, str(kinds[name].label))
        told.append(fill(page, block))
    return told


def see_as_learner(page: Page, told: list[str]) -> None:
    page.goto("/formations/la-signature-electronique/signer-un-document/")
    for text in told:
        expect(page.get_by_text(text).or_(page.get_by_role("img", name=text)).first).to_be_visible()


def test_image_without_alternative_is_refused_and_nothing_typed_is_lost(open_page, trainer, branch, library):
    page = open_page(user=trainer)
    new_page(page, "lessonpage", CoursePageFactory(parent=branch), "Signer un document")
    body = editor.section(page, "Contenu")
    type_in(editor.children(body).first, "Un document signé dit qui l’a signé.")
    editor.add_block(page, body, "image")
    block = editor.children(body).nth(1)  # still itself once another follows
    choose(page, block, "Choisir une image", "Carte des communes")
    alternative = field(block, "Texte alternatif").get_by_role("textbox")
    expect(alternative).not_to_have_value("")  # the editor proposes one a moment later
    definition(page, editor.add_block(page, body, "définition"))
    alternative.fill("")
    expect(alternative).to_have_value("")
    editor.save(page, "Publier")
    expect(editor.message(page)).to_contain_text("erreurs de validation")
    refused = editor.children(body).nth(1)
    expect(refused).to_contain_text("Veuillez ajouter un texte alternatif ou marquer l'image comme décorative")
    expect(page.get_by_role("textbox", name="Titre")).to_have_value("Signer un document")
    expect(editor.children(body).first).to_contain_text("Un document signé dit qui l’a signé.")
    expect(refused).to_contain_text("Carte des communes")
    expect(field(editor.children(body).nth(2), "terme").get_by_role("textbox")).to_have_value("Interopérabilité")
    field(refused, "Texte alternatif").get_by_role("textbox").fill("Les communes raccordées")
    editor.save(page, "Publier")
    expect(editor.message(page)).to_contain_text("publiée")


def test_the_keyboard_goes_on_from_what_was_chosen_or_moved(open_page, trainer, branch, library):
    page = open_page(user=trainer)
    new_page(page, "lessonpage", CoursePageFactory(parent=branch), "Signer un document")
    body = editor.section(page, "Contenu")
    editor.add_block(page, body, "image")
    block = editor.children(body).nth(1)
    choose(page, block, "Choisir une image", "Carte des communes")
    actions = block.get_by_role("button", name="Actions")
    expect(actions).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Changer l'image").press("Enter")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Escape")
    editor.wait_for_its_end(page)
    expect(actions).to_be_focused()
    block.get_by_role("button", name="Monter").press("Enter")
    moved = editor.children(body).first
    expect(moved).to_contain_text("Carte des communes")
    expect(moved.get_by_role("button", name="Descendre")).to_be_focused()
    page.keyboard.press("Enter")
    expect(block).to_contain_text("Carte des communes")
    expect(block.get_by_role("button", name="Monter")).to_be_focused()


def test_block_is_added_and_filled_by_keyboard_alone(open_page, trainer, branch):
    lesson = LessonPageFactory(parent=CoursePageFactory(parent=branch), body=[("prose", "<p>Signer.</p>")])
    page = open_page(user=trainer)
    page.goto(reverse("wagtailadmin_pages:edit", args=[lesson.pk]))
    body = editor.section(page, "Contenu")
    body.get_by_role("button", name=editor.ADD_BLOCK).last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name="à retenir")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("retenir")
    expect(page.get_by_role("option")).to_have_text(["à retenir"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(editor.children(body).nth(1), "titre").get_by_role("textbox")).to_be_visible()
    page.keyboard.press("Tab")

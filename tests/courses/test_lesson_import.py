"""A trainer brings a lesson in from Word or Markdown: what is kept, what is refused, the preview, the draft."""

import io
import stat
import zipfile

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.models import GroupPagePermission

from courses.actions.import_lesson import begin_lesson_import, save_lesson_import
from courses.actions.imports import AlreadyAsked
from courses.imports.archives import Archive, Limits
from courses.imports.lessons.files import read_lesson
from courses.imports.remarks import ImportRefused
from courses.models import LessonImport, LessonPage
from lms.core.models import AuditEntry
from lms.people.actions import ensure_groups
from lms.people.rules import Role
from tests.courses.docx_samples import docx, paragraph, picture, run, sound_docx, table
from tests.factories.courses import LessonPageFactory, course_with, make_trainer
from tests.factories.library import picture_bytes
from tests.factories.people import UserFactory

NB, NNB = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
PROSE = f"<p>Un message <b>urgent</b>{NB}: <i>attention</i>{NNB}!</p><h2>Les signes</h2><ul><li>l’adresse</li><li>le lien</li></ul>"
MARKDOWN = """# Reconnaître un message

Un message **urgent** : *attention* !

## Les signes

- l'adresse
- le lien

| Signe | Risque |
|---|---|
| Pièce jointe | fort |
| Lien | moyen |

![Un courriel frauduleux](img/a.png)

[Le portail](https://service-public.bj/) et [un piège](javascript:alert(1))

![](http://ailleurs.example/espion.png)
"""


def zipped(files: dict, **info) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(entry, key, value)
            archive.writestr(entry, data)
    return stream.getvalue()


def markdown_zip() -> bytes:
    return zipped({"lecon/lecon.md": MARKDOWN, "lecon/img/a.png": picture_bytes(400, 300)})


# --- Reading


@pytest.mark.parametrize(
    ("data", "lost"),
    [(sound_docx(), "rien n’est cherché ailleurs"), (markdown_zip(), "n’est pas dans le fichier")],
    ids=["docx", "markdown"],
)
def test_headings_lists_tables_images_and_links_become_blocks(data, lost):
    reading = read_lesson(data)
    assert reading.title == "Reconnaître un message"
    prose, comparison, image, links = reading.blocks
    assert prose == {"type": "prose", "value": PROSE}
    assert comparison["value"] == {
        "caption": "",
        "columns": [{"type": "text", "heading": "Signe"}, {"type": "text", "heading": "Risque"}],
        "rows": [{"values": ["Pièce jointe", "fort"]}, {"values": ["Lien", "moyen"]}],
    }
    assert image == {"type": "image", "value": {"picture": 0, "alt_text": "Un courriel frauduleux"}}
    assert links["value"] == '<p><a href="https://service-public.bj/">Le portail</a> et un piège</p>'
    assert reading.pictures[0].data == picture_bytes(400, 300)
    told = " ".join(remark.message for remark in reading.remarks)
    assert "seules les adresses http" in told
    assert lost in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> cité\n> deux\n>\n> encore", "<blockquote>cité deux<br/>encore</blockquote>"),
        ("1. un\n\n   suite\n2. deux", "<ol><li>un<br/>suite</li><li>deux</li></ol>"),
        ("- **a** *b*", "<ul><li><b>a</b> <i>b</i></li></ul>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("### Bas\n\n##### Plus bas", "<h2>Bas</h2><h3>Plus bas</h3>"),
        ("[mail](mailto:a@b.bj) [ici](#la) [x](file:///etc/passwd)", '<p><a href="mailto:a@b.bj">mail</a> ici x</p>'),
        ("| a |\n|---|\n| b |", "<ul><li>a</li><li>b</li></ul>"),
    ],
)
def test_markdown_is_fitted_to_what_a_lesson_holds(text, expected):
    (block,) = read_lesson(text.encode()).blocks
    assert block["value"] == expected


def test_code_stands_apart_and_windows_text_is_read_with_a_remark():
    assert [block["type"] for block in read_lesson(b"a\n\n```\nls -l\n```\n\nb").blocks] == ["prose", "code", "prose"]
    reading = read_lesson("Été à Cotonou".encode("cp1252"))
    assert reading.blocks[0]["value"] == "<p>Été à Cotonou</p>"
    assert "Windows-1252" in reading.remarks[0].message


def test_pictures_that_may_not_enter_are_left_out_with_the_reason():
    svg = zipped({"a.md": "Texte ![x](a.svg)", "a.svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'})
    reading = read_lesson(svg)
    assert not reading.pictures
    assert "seules les images PNG" in reading.remarks[-1].message
    header = picture_bytes(10, 10)[:16] + (60_000).to_bytes(4, "big") * 2 + picture_bytes(10, 10)[24:]
    huge = zipped({"a.md": "Texte ![x](a.png)", "a.png": header})
    assert not read_lesson(huge).pictures
    outside = zipped({"lecon/a.md": "Texte ![x](../../etc/passwd) ![y](/etc/passwd)"})
    assert not read_lesson(outside).pictures


def test_word_documents_say_what_they_lose():
    body = paragraph(run("Texte")) + table(("a", "b", "c", "d", "e", "f")) + paragraph(picture("rIdM"))
    data = docx(
        body,
        [("rIdM", "image", "media/x.emf")],
        more={"word/media/x.emf": b"\x01\x00\x00\x00", "word/embeddings/classeur.xlsx": b"PK"},
    )
    reading = read_lesson(data)
    assert [block["type"] for block in reading.blocks] == ["prose"]
    told = " ".join(remark.message for remark in reading.remarks)
    assert "devient une liste" in told
    assert "objets incorporés" in told
    assert "Image non reprise" in told


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
SPY = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"   ", "est vide"),
        (b"%PDF-1.7 ...", "Un fichier PDF"),
        (b"\xd0\xcf\x11\xe0 ...", "ancien document Word"),
        (b"PK\x03\x04 pas une archive", "abîmée"),
        (b"a\x00b", "pas un texte lisible"),
        (docx(paragraph(run("&a;")), head=BOMB), "entités XML"),
        (docx(paragraph(run("&a;")), head=SPY), "entités XML"),
        (docx(paragraph(run("x")), more={"word/vbaProject.bin": b"x"}), "macros"),
        (docx("<w:p>"), "abîmé"),
        (docx("<w:sdt>" * 200 + "</w:sdt>" * 200), "imbriqué"),
        (docx("", more={"word/media/bombe.png": b"\0" * 40_000_000}), "démesurément"),
        (docx("<w:p/>"), "aucun texte"),
        (docx(paragraph(run("x")), more={"word/gros.xml": "<x>" + "é è à " * 1_200_000 + "</x>"}), "long|démesurément"),
        (zipped({"[Content_Types].xml": "<x/>"}), "pas un document Word"),
        (zipped({"a.md": "x", "b.md": "y"}), "et un seul"),
        (zipped({"../a.md": "x"}), "chemin interdit"),
        (zipped({"/a.md": "x"}), "chemin interdit"),
        (zipped({"c:\\a.md": "x"}), "chemin interdit"),
        (zipped({"a.md": "/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16), "un lien"),
        (zipped({"a.md": "x", "A.md": "y"}), "deux fois"),
        (zipped({f"{rank}.png": b"" for rank in range(400)} | {"a.md": "x"}), "plus de 300 fichiers"),
    ],
)
def test_hostile_and_unreadable_files_are_refused_with_a_reason(data, reason):
    with pytest.raises(ImportRefused, match=reason):
        read_lesson(data)


def test_an_archive_that_lies_about_a_size_is_damaged():
    data = bytearray(zipped({"a.md": "x" * 100}))
    place = data.find(b"PK\x01\x02")
    data[place + 24 : place + 28] = (5).to_bytes(4, "little")
    archive = Archive(bytes(data), Limits(1_000, 1_000, 5))
    with pytest.raises(ImportRefused, match="abîmé"):
        archive.read("a.md")


# --- In the back office


@pytest.fixture
def trainer(db):
    return make_trainer()


@pytest.fixture
def course(trainer):
    return course_with(lessons=1)


def upload(client, course, data, name="lecon.docx"):
    return client.post(reverse("courses_lesson_import", args=[course.pk]), {"file": SimpleUploadedFile(name, data)})


def test_a_trainer_reads_the_preview_then_saves_a_draft(client, trainer, course):
    client.force_login(trainer)
    address = reverse("courses_lesson_import", args=[course.pk])
    assert address in client.get(reverse("wagtailadmin_pages:edit", args=[course.pk])).content.decode()
    answer = upload(client, course, sound_docx())
    begun = LessonImport.objects.get()
    assert answer.url == reverse("courses_lesson_import_detail", args=[begun.pk])
    page = client.get(answer.url).content.decode()
    assert "n’est pas encore dans" in page
    assert "seules les adresses http" in page
    preview = client.get(reverse("courses_lesson_import_preview", args=[begun.pk])).content.decode()
    assert PROSE in preview
    assert "data:image/png;base64," in preview
    assert "javascript:alert" not in preview
    assert not Image.objects.exists()
    report = client.get(reverse("courses_lesson_import_report", args=[begun.pk, "csv"])).content.decode()
    assert "avertissement" in report

    saved = client.post(answer.url, {"title": "Un titre à moi"})
    lesson = LessonPage.objects.get(title="Un titre à moi")
    assert saved.url == reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert (lesson.live, lesson.get_parent().specific, lesson.owner) == (False, course, trainer)
    assert [child.title for child in course.get_children()][1] == "Un titre à moi"  # before the quiz
    assert [block.block_type for block in lesson.body] == ["prose", "comparison", "image", "prose"]
    assert lesson.body[2].value.pk == Image.objects.get().pk
    assert lesson.body[2].value.contextual_alt_text == "Un courriel frauduleux"
    assert client.get(saved.url).status_code == 200
    begun.refresh_from_db()
    assert (begun.state, begun.lesson, begun.file.name) == ("done", lesson, "")
    assert AuditEntry.objects.filter(verb="lesson.import").exists()
    with pytest.raises(AlreadyAsked):
        save_lesson_import(begun, "Encore", trainer, timezone.now())
    assert client.get(reverse("courses_lesson_import_preview", args=[begun.pk])).status_code == 404


def test_the_same_picture_enters_the_library_once_and_a_failure_leaves_nothing(
    trainer, course, monkeypatch, django_capture_on_commit_callbacks
):
    for _rank in range(2):
        begun = begin_lesson_import(course, "a.docx", sound_docx(), trainer, timezone.now())
        save_lesson_import(begun, "Leçon", trainer, timezone.now())
    assert Image.objects.count() == 1
    assert {page.slug for page in LessonPage.objects.filter(title="Leçon")} == {"lecon", "lecon-2"}
    Image.objects.all().delete()
    media = storages["default"]
    before = set(media.listdir("original_images")[1])

    def broken(parent, lesson):
        raise RuntimeError

    monkeypatch.setattr("courses.actions.import_lesson.place", broken)
    begun = begin_lesson_import(course, "a.docx", sound_docx(), trainer, timezone.now())
    with pytest.raises(RuntimeError):
        save_lesson_import(begun, "Leçon", trainer, timezone.now())
    assert not Image.objects.exists()
    assert set(media.listdir("original_images")[1]) == before
    begun.refresh_from_db()
    assert begun.state == "preview"


def test_what_cannot_be_read_is_told_under_the_file(client, trainer, course):
    client.force_login(trainer)
    page = upload(client, course, b"%PDF-1.7").content.decode()
    assert "Un fichier PDF n’est pas une leçon lisible" in page
    assert not LessonImport.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_only_those_who_may_add_a_lesson_there_import_one(client, course, trainer, role):
    begun = begin_lesson_import(course, "a.md", b"Texte", trainer, timezone.now())
    other = UserFactory()
    other.groups.add(ensure_groups()[role])
    client.force_login(other)
    allowed = role == Role.ADMINISTRATOR  # the group of trainers alone gives no unit, hence no branch
    assert client.get(reverse("courses_lesson_import", args=[course.pk])).status_code == (200 if allowed else 404)
    for name in ("detail", "preview"):
        assert client.get(reverse(f"courses_lesson_import_{name}", args=[begun.pk])).status_code == 404
    GroupPagePermission.objects.filter(group__user=trainer).delete()
    client.force_login(trainer)
    assert client.get(reverse("courses_lesson_import_detail", args=[begun.pk])).status_code == 302
    assert upload(client, course, b"Texte", "a.md").status_code == 404


def test_a_lesson_goes_under_no_other_page_than_a_course_or_a_module(client, trainer, course):
    client.force_login(trainer)
    lesson = LessonPageFactory(parent=course)
    for page in (lesson, course.get_parent()):
        assert client.get(reverse("courses_lesson_import", args=[page.pk])).status_code == 404

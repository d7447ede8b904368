"""The page that checks a QR code without network, in a real browser: network cut, camera shown the printed code."""

import base64
import gzip
import os
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from certificates import storage
from certificates.actions import revoke_certificate, suspend_certificate
from certificates.models import SealKey
from certificates.tasks.signing import publish
from tests.browser import LOOKS, look_at
from tests.certificates.makers import Payload, make_certificate, make_user

PAGE = "/verifier/hors-ligne/"
# In place of the camera, the picture: what it « sees » is drawn on a canvas, ten times a second.
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const picture = new Image();
  picture.src = "data:image/png;base64,%s";
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const draw = () => canvas.getContext("2d").drawImage(picture, 0, 0);
  draw();
  setInterval(draw, 100);
  return canvas.captureStream(10);
};
"""


def print_of(certificate, dpi):
    """The document printed in black and white."""
    file = certificate.files.get()
    content = storage.read(file.storage_name, file.sha256)
    command = ["pdftoppm", "-mono", "-r", str(dpi), "-singlefile", "-"]
    sheet = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    return Image.open(BytesIO(sheet)).convert("L")


def close_up(sheet):
    """The code and a little around it, as someone who aims a camera at it sees it."""
    (code,) = zxingcpp.read_barcodes(sheet, zxingcpp.BarcodeFormat.QRCode)
    corners = [code.position.top_left, code.position.bottom_right]
    box = (corners[0].x - 40, corners[0].y - 40, corners[1].x + 40, corners[1].y + 40)
    return sheet.crop(box), code.text


def as_png(picture):
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def certificate(transactional_db, live_server, settings):
    settings.LMS_PUBLIC_URL = live_server.url
    certificate = make_certificate()
    publish(Payload())
    return certificate


def kept(page):
    """The page open, and all it needs kept for when there is no network."""
    page.goto(PAGE)
    expect(page.get_by_text("Cette page est gardée")).to_be_visible()
    return page


def paste(page, text):
    page.get_by_label("ou coller ce qu’un lecteur de codes a lu").fill(text)
    page.get_by_role("button", name="Contrôler").click()


def test_camera_and_picture_are_read_without_network(certificate, open_page):
    picture, _text = close_up(print_of(certificate, 200))
    page = open_page(width=360)
    page.add_init_script(CAMERA % base64.b64encode(as_png(picture)).decode())
    kept(page)
    page.context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="Ouvrir la caméra").click()
    verdict = page.locator("[data-result]")
    expect(verdict.get_by_role("heading")).to_have_text("Signé par nous, et valide d’après nos listes")
    expect(verdict).to_contain_text(certificate.printed_name)
    expect(verdict).to_contain_text(certificate.printed_number)
    expect(verdict).to_contain_text("SPÉCIMEN")
    expect(verdict).to_contain_text("Liste d’états du")
    page.reload()
    page.get_by_label("ou choisir une image du code").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": as_png(close_up(print_of(certificate, 150))[0])}
    )
    expect(verdict.get_by_role("heading")).to_have_text("Signé par nous, et valide d’après nos listes")


def test_address_in_the_code_opens_the_page_without_network(certificate, open_page):
    page = kept(open_page())
    page.context.set_offline(True)
    page.goto(certificate.credential.code_text)
    expect(page.locator("[data-result]")).to_contain_text(certificate.printed_name)


def test_what_the_code_says_after_its_address_never_reaches_the_server(certificate, open_page):
    page = kept(open_page())
    asked = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    paste(page, certificate.credential.code_text)
    expect(page.locator("[data-result]")).to_contain_text(certificate.printed_name)
    assert asked == []


def test_code_changed_or_from_elsewhere_is_refused(certificate, open_page, live_server):
    page = kept(open_page())
    page.context.set_offline(True)
    heading, text = page.locator("[data-result]").get_by_role("heading"), certificate.credential.code_text
    address, _, fragment = text.partition("#")
    middle = len(fragment) // 2
    other = "A" if fragment[middle] != "A" else "B"
    for pasted, said in (
        (f"{address}#{fragment[:middle]}{other}{fragment[middle + 1 :]}", "Ce code n’est pas signé par nous"),
        (f"{address}#{fragment[:-8]}", "Ce code n’est pas signé par nous"),
        (f"{address}#%00", "Ce code n’est pas signé par nous"),
        (text.replace(live_server.url, "https://certificats.example"), "Ce code mène à une autre adresse que la nôtre"),
        (address, "Ce code ne porte pas de signature"),
        ("https://example.org/", "Ce n’est pas le code d’un certificat"),
        ("n’importe quoi", "Ce n’est pas le code d’un certificat"),
    ):
        paste(page, pasted)
        expect(heading).to_have_text(said)
        expect(page.locator("[data-result]")).not_to_contain_text(certificate.printed_name)


@pytest.mark.parametrize(
    ("act", "said"),
    [(revoke_certificate, "Ce certificat n’est plus valide"), (suspend_certificate, "Ce certificat est suspendu")],
)
def test_state_is_that_of_the_last_list_read(act, said, certificate, open_page):
    page = kept(open_page())
    act(certificate, make_user(), "Fraude constatée", timezone.now())
    publish(Payload())
    page.context.set_offline(True)
    page.reload()
    paste(page, certificate.credential.code_text)
    expect(page.locator("[data-result]").get_by_role("heading")).to_contain_text("Signé par nous, et valide")
    page.context.set_offline(False)
    kept(page)
    page.context.set_offline(True)
    page.reload()
    paste(page, certificate.credential.code_text)
    expect(page.locator("[data-result]").get_by_role("heading")).to_contain_text(said)


def test_compromised_key_is_not_believed(certificate, open_page):
    SealKey.objects.filter(purpose="qr-es256").update(state="compromised", compromised_at=timezone.now())
    page = kept(open_page())
    paste(page, certificate.credential.code_text)
    expect(page.locator("[data-result]").get_by_role("heading")).to_have_text("Signé avec une clé qui n’est plus sûre")


def test_page_says_where_to_go_without_javascript(certificate, open_page):
    page = open_page(javascript=False)
    page.goto(PAGE)
    expect(page.get_by_role("link", name="Vérifiez avec le code imprimé")).to_be_visible()


def test_axe_finds_nothing_and_nothing_is_too_wide(certificate, open_page, axe):
    page = kept(open_page(reduced_motion="reduce"))
    paste(page, certificate.credential.code_text)
    expect(page.locator("[data-result]")).to_contain_text(certificate.printed_name)
    for width, scheme in LOOKS:
        look_at(page, width, scheme)
        if folder := os.environ.get("LMS_SHOTS"):
            page.screenshot(path=Path(folder) / f"hors-ligne-{width}-{scheme}.png", full_page=True)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)


@pytest.mark.django_db
def test_page_can_be_installed(client):
    said = client.get(reverse("certificates:offline_manifest")).json()
    assert (said["start_url"], said["scope"], said["display"]) == (PAGE, PAGE, "standalone")
    worker = client.get(reverse("certificates:offline_worker"))
    assert worker["Service-Worker-Allowed"] == "/"
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"


def test_page_is_light():
    """Once, compressed: our scripts, and the library that reads codes where the browser does not."""
    ours = [Path(finders.find(f"lms/js/offline/{name}.js")) for name in ("page", "code", "cbor", "worker")]
    library = [Path(django_settings.LMS_NODE_MODULES_DIR) / "qr" / name for name in ("decode.js", "index.js")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in ours) < 8_000
    assert sum(len(gzip.compress(file.read_bytes())) for file in library) < 48_000

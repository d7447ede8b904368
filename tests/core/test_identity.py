"""The name, logo and colours of the platform, chosen in the back office."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model

from lms.core.colours import contrast
from lms.core.identity import Identity, identity
from lms.core.models import SiteIdentity

pytestmark = pytest.mark.django_db


def a_logo():
    content = BytesIO()
    Image.new("RGB", (40, 20)).save(content, "PNG")
    return get_image_model().objects.create(title="Logo", file=ImageFile(content, "logo.png"))


def test_identity_is_the_settings_until_someone_chooses(settings):
    settings.LMS_SITE_NAME = "Mon école"
    assert identity() == Identity("Mon école")


def test_identity_chosen_shows_on_the_next_page(client):
    client.get("/accessibilite/")
    SiteIdentity.objects.create(name="École du numérique", logo=a_logo(), primary_colour="#7A1F5C")
    page = client.get("/accessibilite/").content.decode()
    assert "École du numérique</a>" in page
    assert f'<img class="brand__mark" src="{identity().logo_url}" alt="">' in page
    assert '<link rel="stylesheet" href="/identite/7a1f5c.css">' in page


def test_identity_costs_no_query_once_known(django_assert_num_queries):
    identity()
    with django_assert_num_queries(0):
        identity()


def test_identity_colours_are_a_style_sheet(client):
    SiteIdentity.objects.create(primary_colour="#7a1f5c")
    answer = client.get(reverse("identity_colours", args=["7a1f5c"]))
    assert answer["Content-Type"] == "text/css"
    assert "immutable" in answer["Cache-Control"]
    assert "no-store" in client.get(reverse("identity_colours", args=["123456"]))["Cache-Control"]
    assert answer.content.decode() == (
        ":root {\n  --chosen-primary: #7a1f5c;\n  --chosen-primary-deep: color-mix(in srgb, #7a1f5c 70%, black);\n}\n"
    )


@pytest.mark.parametrize("colour", ["bleu", "#12345", "#ffffff", "#d99a34", "#000;}body{display:none", "red;"])
def test_identity_refuses_what_is_no_colour_or_cannot_be_read(colour):
    with pytest.raises(ValidationError):
        SiteIdentity(primary_colour=colour).full_clean()


def test_identity_is_changed_by_whom_may_alone(client, admin_user, django_user_model):
    address = reverse("wagtailsettings:edit", args=["core", "siteidentity"])
    client.force_login(django_user_model.objects.create_user("agent@example.org"))
    assert client.get(address).status_code == 403
    client.force_login(admin_user)
    form = client.get(address).url  # Wagtail makes the one row and leads to its form
    assert client.post(form, {"name": "CTD"}).status_code == 302
    assert identity().name == "CTD"


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio

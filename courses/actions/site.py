"""The pages every installation starts with: home and catalogue, in place of Wagtail's welcome page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from courses.models import CataloguePage, HomePage
from courses.models.pages import CATALOGUE_SLUG

HOME_SLUG = "accueil"


@transaction.atomic
def ensure_site() -> CataloguePage:
    """The catalogue, made with the home page and the site where they are missing; what exists is left as it is."""
    home = HomePage.objects.first() or _make_home()
    if catalogue := CataloguePage.objects.first():
        return catalogue
    return _publish(
        home,
        CataloguePage(
            title="Formations",
            slug=CATALOGUE_SLUG,
            show_in_menus=True,
            introduction="Des formations courtes, à suivre à votre rythme, pour mettre le numérique au service de l’usager.",
        ),
    )


def _make_home() -> HomePage:
    home = _publish(
        Page.get_first_root_node(),
        HomePage(
            title=settings.LMS_SITE_NAME,
            slug=HOME_SLUG,
            introduction="Apprendre, être évalué, obtenir un certificat vérifiable.",
        ),
    )
    address = urlsplit(settings.LMS_PUBLIC_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "root_page": home,
            "hostname": address.hostname or "localhost",
            "port": address.port or (443 if address.scheme == "https" else 80),
            "site_name": settings.LMS_SITE_NAME,
        },
    )
    # Wagtail's welcome page: the only page at that place that has no type of its own.
    for welcome in Page.objects.filter(depth=2, content_type__model="page").exclude(pk=home.pk):
        if welcome.is_leaf():
            welcome.delete()
    return home


def _publish(parent: Page, page):
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)

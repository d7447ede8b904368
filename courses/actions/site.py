"""The pages every installation starts with: home and catalogue, in place of Wagtail's welcome page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from courses.actions.branches import BANK_ACTS, sync_branches
from courses.actions.review import ensure_review
from courses.models import CATALOGUE_SLUG, CataloguePage, HomePage
from courses.models.banks import shared_bank
from lms.people.actions import ensure_groups
from lms.people.rules import Role

HOME_SLUG = "accueil"
KEEPER_ACTS = ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]


@transaction.atomic
def ensure_site() -> CataloguePage:
    """The catalogue, made with the home page and the site where they are missing; what exists is left as it is."""
    home = HomePage.objects.first() or _make_home()
    catalogue = CataloguePage.objects.first() or _make_catalogue(home)
    _open_to_administrators(catalogue)
    _open_banks_to_administrators()
    ensure_review()
    sync_branches()
    return CataloguePage.objects.get(pk=catalogue.pk)


def _open_to_administrators(catalogue: CataloguePage) -> None:
    """Administrators write and publish in the whole catalogue; trainers in their branch, which another action keeps.

    What was granted since is left as it is.
    """
    group = ensure_groups()[Role.ADMINISTRATOR]
    if GroupPagePermission.objects.filter(page=catalogue).exists():
        return
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=KEEPER_ACTS):
        GroupPagePermission.objects.create(group=group, page=catalogue, permission=permission)


def _open_banks_to_administrators() -> None:
    """Administrators work on the questions of every bank, the common one first. What was granted since is left as it is."""
    shared_bank()
    acts = Permission.objects.filter(
        content_type__app_label="courses", codename__in=[f"{act}_question" for act in BANK_ACTS]
    )
    root = Collection.get_first_root_node()
    if GroupCollectionPermission.objects.filter(collection=root, permission__in=acts).exists():
        return
    group = ensure_groups()[Role.ADMINISTRATOR]
    for permission in acts:
        GroupCollectionPermission.objects.create(group=group, collection=root, permission=permission)


def _make_catalogue(home: HomePage) -> CataloguePage:
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

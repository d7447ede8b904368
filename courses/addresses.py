"""The addresses of lessons and quizzes: unique in their course, whatever the modules they are in.

A module has the address of its course, so two pages would meet at one address when they have the same slug anywhere in it.
"""

from collections.abc import Container

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

TAKEN = _("Une autre leçon ou évaluation de cette formation a déjà l’adresse « %(slug)s » : choisissez-en une autre.")


def is_address_free(parent: Page, slug: str, page: Page | None = None) -> bool:
    """Whether no page but `page` has the address that `slug` would have below `parent`."""
    taken = Page.objects.filter(url_path=f"{parent.url_path}{slug}/")
    return not (taken.exclude(pk=page.pk) if page and page.pk else taken).exists()


def address_taken(slug: str) -> ValidationError:
    """The refusal of a slug, under its field."""
    return ValidationError({"slug": TAKEN % {"slug": slug}})


def free_slug(parent: Page, wanted: str, reserved: Container[str] = ()) -> str:
    """The slug, followed by a number if a page of the course has it already, or if it is reserved."""
    number, slug = 1, wanted
    while slug in reserved or not is_address_free(parent, slug):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def address_met_by(page: Page, destination: Page) -> Page | None:
    """The page whose address a lesson, a quiz, or one of a module's would meet, once moved below `destination`."""
    moved = page.get_descendants(inclusive=True).filter(modulepage__isnull=True)
    addresses = [f"{destination.url_path}{slug}/" for slug in moved.values_list("slug", flat=True)]
    return Page.objects.filter(url_path__in=addresses).exclude(pk__in=moved.values("pk")).first()


def free_addresses(copy: Page) -> None:
    """Give the lessons and quizzes of a module just copied addresses of their own, where those of the originals are taken."""
    for page in copy.get_descendants().filter(modulepage__isnull=True):
        parent = page.get_parent()
        if is_address_free(parent, page.slug, page):
            continue
        page = page.specific
        page.slug = free_slug(parent, page.slug)
        page.save()
        draft = page.get_latest_revision_as_object()
        draft.slug = page.slug
        draft.save_revision(clean=False, changed=False)


class TaughtPageForm(WagtailAdminPageForm):
    """The editor of a new lesson or quiz: its model, which has no place yet, cannot tell that the address is taken."""

    def clean(self):
        cleaned = super().clean()
        slug = cleaned.get("slug")
        if slug and not self.instance.path and not is_address_free(self.parent_page, slug):
            self.add_error("slug", TAKEN % {"slug": slug})
        return cleaned


class TaughtCopyForm(CopyForm):
    """The copy of a lesson or quiz."""

    def clean(self):
        cleaned = super().clean()
        slug, parent = cleaned.get("new_slug"), cleaned.get("new_parent_page") or self.page.get_parent()
        if slug and not is_address_free(parent, slug):
            self.add_error("new_slug", TAKEN % {"slug": slug})
        return cleaned

"""What the pages of a course share: who may open them, and how far what is proven there can be relied on."""

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction

from courses.addresses import TaughtCopyForm, TaughtPageForm, address_taken, is_address_free

# A shared password is no way into a page whose every visit is recorded by name.
PRIVATE_PAGE_OPTIONS = [PageViewRestriction.LOGIN, PageViewRestriction.GROUPS]


class Assurance(models.TextChoices):
    """How far a proof made by a course or a quiz can be relied on."""

    N1 = "N1", _("N1 – formation suivie")
    N2 = "N2", _("N2 – test sans surveillance")
    N3 = "N3", _("N3 – test surveillé")
    N4 = "N4", _("N4 – appliqué au travail et confirmé")


class TaughtPage(Page):
    """A page of a course. Direct routes answer learners; Wagtail serves previews, and nothing to the anonymous."""

    parent_page_types = ["courses.CoursePage", "courses.ModulePage"]
    subpage_types: list[str] = []
    private_page_options = PRIVATE_PAGE_OPTIONS
    base_form_class = TaughtPageForm
    copy_form_class = TaughtCopyForm

    class Meta:
        abstract = True

    def _check_slug_is_unique(self):
        super()._check_slug_is_unique()
        parent = self.get_parent()
        if parent and not is_address_free(parent, self.slug, self):
            raise address_taken(self.slug)

    def serve(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not getattr(request, "is_preview", False):  # by the way of its module: there is one address, which records
            return redirect(self.get_url(request))
        return super().serve(request, *args, **kwargs)

"""What the pages of a course share: who may open them, and how far what is proven there can be relied on."""

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction

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

    private_page_options = PRIVATE_PAGE_OPTIONS

    class Meta:
        abstract = True

    def serve(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().serve(request, *args, **kwargs)

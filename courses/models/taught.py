"""What the pages of a course share: who may open them."""

from django.contrib.auth.views import redirect_to_login
from wagtail.models import Page, PageViewRestriction

# A shared password is no way into a page whose every visit is recorded by name.
PRIVATE_PAGE_OPTIONS = [PageViewRestriction.LOGIN, PageViewRestriction.GROUPS]


class TaughtPage(Page):
    """A page of a course. Direct routes answer learners; Wagtail serves previews, and nothing to the anonymous."""

    private_page_options = PRIVATE_PAGE_OPTIONS

    class Meta:
        abstract = True

    def serve(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().serve(request, *args, **kwargs)

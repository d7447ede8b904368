"""Views that belong to no trade: health of the installation, uploaded media, chosen colours, accessibility statement."""

import posixpath

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.cache import cache_control, never_cache
from django.views.static import serve

from lms.core.identity import identity
from lms.core.models import Job, SiteIdentity

# Where Wagtail puts uploaded images, their renditions, and the portraits of its users.
IMAGE_FOLDERS = {"original_images", "images", "avatar_images"}
PICTURE_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


@never_cache
@login_not_required
def health(request):
    """What a supervisor asks: does the database answer, and how long has the oldest due job been waiting?"""
    try:
        waited = Job.objects.longest_wait_seconds(timezone.now())
    except DatabaseError:
        return JsonResponse({"base": "injoignable"}, status=503)
    return JsonResponse({"base": "joignable", "plus_ancienne_tache_en_attente_secondes": waited})


@cache_control(max_age=86_400)
@login_not_required
def media(request, path):
    """Uploaded images. Documents have a view of Wagtail's that checks their collection, so their files are not here.

    Folders are admitted by name, in the path as it will be opened: "//documents/…" or "x/../documents/…" lead there too.
    What is not a picture of points (an SVG, a page, a script left there by whatever way) is handed over as a file, and
    runs nothing even when opened.
    """
    plain = posixpath.normpath(path).lstrip("/")
    if plain.partition("/")[0] not in IMAGE_FOLDERS:
        raise Http404
    response = serve(request, plain, document_root=settings.MEDIA_ROOT)
    if response.get("Content-Type") not in PICTURE_TYPES:
        response["Content-Disposition"] = "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@login_not_required
def accessibility(request):
    """What was done so that everyone can use the site, and where to say that something resists."""
    return render(request, "core/accessibility.html")


@login_not_required
def identity_colours(request, key):
    """The colours chosen in the back office, as a style sheet over our tokens; its address changes with them.

    Only the address of today's colours may be kept: nobody fills caches ahead with what tomorrow's will ask for.
    """
    response = render(request, "core/identity.css", {"identity": SiteIdentity.load()}, content_type="text/css")
    if key == identity().colours_key:
        patch_cache_control(response, max_age=365 * 86_400, immutable=True)
    else:
        add_never_cache_headers(response)
    return response

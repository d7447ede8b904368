"""Finished pages kept for visitors whom nothing tells apart, so that they cost neither query nor rendering.

A request is served from here, or fills it, only if it carries no cookie (but the CSRF token's) and no parameter other than those
named; a response is kept only if it sets no cookie and its view says it may be (`is_keepable`). So no one is ever
shown the page of another, and nobody can fill the cache with addresses of their own.

The key holds the state of the whole catalogue, read at most once every `FRESH_SECONDS` in each process and forgotten
at once where the change is made: an anonymous visitor is at most that late. Those who are logged in see the present.
"""

import gzip
import hashlib
from collections.abc import Collection
from functools import wraps

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Max, Sum
from django.http import HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

from courses.models import CataloguePage, CourseOutline, ProgrammePage

FRESH_SECONDS = 5
KEPT_SECONDS = 60  # bounds how late a renamed competence or strand may be
STATE_KEY = "courses.catalogue_state"


def kept_for_anonymous(*, varying_by: Collection[str]):
    """Keep what a view answers to anonymous visitors, by host, path and the values of these parameters."""

    def decorator(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            key = _key(request, varying_by)
            if key is None:
                return _private(view(request, *args, **kwargs))
            kept = caches["local"].get(key)
            if kept is None:
                response = view(request, *args, **kwargs)
                if not _may_keep(request, response):
                    return _private(response)
                kept = (response.content, gzip.compress(response.content, 6, mtime=0))
                caches["local"].set(key, kept, KEPT_SECONDS)
            return _public(request, *kept)

        return wrapper

    return decorator


def forget_catalogue_state() -> None:
    """Make this process read the state of the catalogue again at the next request."""
    caches["local"].delete(STATE_KEY)


def catalogue_state() -> str:
    """A text that changes with any publication, move, archiving or restriction in the catalogue."""
    state = caches["local"].get(STATE_KEY)
    if state is None:
        page = CataloguePage.objects.values_list("live", "last_published_at").first()
        outlines = CourseOutline.objects.aggregate(count=Count("pk"), total=Sum("version"))
        programmes = ProgrammePage.objects.live().aggregate(
            count=Count("pk"), last=Max("last_published_at"), closed=Count("view_restrictions")
        )
        state = f"{page}:{outlines['count']}:{outlines['total']}:{programmes}"
        caches["local"].set(STATE_KEY, state, FRESH_SECONDS)
    return state


def _key(request, varying_by) -> str | None:
    """The key of the page asked for; None if who asks, or what is asked, is not for everyone."""
    if request.COOKIES.keys() - {settings.CSRF_COOKIE_NAME} or request.headers.get("HX-Request"):
        return None
    if "Authorization" in request.headers or request.GET.keys() - set(varying_by):
        return None
    if any(len(values) > 1 for _name, values in request.GET.lists()):
        return None
    asked = sorted(request.GET.items())
    place = repr((request.scheme, request.get_host(), request.path, asked, catalogue_state()))
    return f"courses.page:{hashlib.sha256(place.encode()).hexdigest()}"


def _may_keep(request, response) -> bool:
    return (
        response.status_code == 200
        and getattr(response, "is_keepable", False)
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not request.session.modified
    )


def _public(request, content: bytes, compressed: bytes) -> HttpResponse:
    if is_compressed := "gzip" in request.headers.get("Accept-Encoding", ""):
        content = compressed
    response = HttpResponse(content)
    if is_compressed:
        # Compressed once and for all: there is nothing secret in it.
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    patch_cache_control(response, public=True, max_age=30)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Cookie"])
    patch_cache_control(response, private=True, no_cache=True)
    return response

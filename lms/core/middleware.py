"""Between the server and the views: bodies held to a size, the user remembered a minute, the back office's policy."""

from functools import partial

from asgiref.sync import sync_to_async
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


def _cache_key(user_pk) -> str:
    return f"core:user:{user_pk}"


def cached_user(request):
    """The signed-in user, from the cache where it is fresh.

    A remembered user is believed only while the session still carries the hash of their password, as Django itself
    requires; otherwise Django reads the row and decides.
    """
    session = request.session
    pk = session.get(auth.SESSION_KEY)
    if pk is None or session.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return auth.get_user(request)
    user = cache.get(_cache_key(pk))
    if user is not None and constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return user
    user = auth.get_user(request)
    if user.is_authenticated:
        cache.set(_cache_key(pk), user, settings.LMS_USER_CACHE_SECONDS)
    return user


def forget_user(sender, instance, **kwargs):
    """A changed user is read anew: at once here, and after the commit, lest another request put back the old row."""
    forget = partial(cache.delete, _cache_key(instance.pk))
    forget()
    transaction.on_commit(forget)


class CachedUserMiddleware(AuthenticationMiddleware):
    """Django's own, minus one query per request."""

    def process_request(self, request):
        super().process_request(request)

        def get_user():
            if not hasattr(request, "_cached_user"):
                request._cached_user = cached_user(request)
            return request._cached_user

        request.user = SimpleLazyObject(get_user)
        request.auser = sync_to_async(get_user)


class BodySizeMiddleware:
    """Refuses a body larger than any form of ours asks for, before a byte of it is read.

    Forms judge the size of a file once it has arrived, and the disk would have to hold it until then.
    """

    prefix = reverse_lazy("wagtailadmin_home")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_inside = request.path_info.startswith(str(self.prefix))
        most = settings.LMS_BACK_OFFICE_BODY_MAX_BYTES if is_inside else settings.LMS_BODY_MAX_BYTES
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise RequestDataTooBig
        return self.get_response(request)


class BackOfficePolicyMiddleware:
    """Loosens the content policy for Wagtail's admin, and for nothing else; refuses who has no business there.

    Wagtail sends whoever is refused to the login page, which sends back whoever is signed in: an endless round trip.

    Wagtail 7.4 starts its date pickers and inline panels with inline scripts, compiles templates in its vendored
    libraries (`new Function`) and its rich-text editor sets styles. Pages of the site keep the strict policy.
    """

    prefix = reverse_lazy("wagtailadmin_home")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_inside = request.path_info.startswith(str(self.prefix))
        if is_inside and request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
        response = self.get_response(request)
        if is_inside:
            response._csp_update = {
                "script-src": [UNSAFE_INLINE, UNSAFE_EVAL],
                "style-src": [UNSAFE_INLINE],
                "img-src": ["blob:"],
                "worker-src": [SELF, "blob:"],
            }
        return response

"""How many times an address may ask in a minute; counted in the cache.

The login's own limiter (allauth) is tied to its settings and meant to stay private; its reading of the client's
address behind trusted proxies is what we share.
"""

from functools import wraps

from allauth.account.adapter import get_adapter
from django.shortcuts import render

from lms.core.limits import take


def page_of_refusal(request, seconds: int):
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(seconds)
    return response


def limited(
    name: str, most: int, seconds: int = 60, methods: tuple[str, ...] = ("GET", "HEAD", "POST"), refuse=page_of_refusal
):
    """Answer 429, with when to come back, beyond `most` requests in `seconds` from one address."""

    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            address = get_adapter().get_client_ip(request)
            if request.method in methods and not take(name, address, most, seconds):
                return refuse(request, seconds)
            return view(request, *args, **kwargs)

        return wrapper

    return decorate

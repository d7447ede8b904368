"""How many times someone may ask in a while; counted in the cache."""

from time import time

from django.core.cache import cache


def take(name: str, who: str, most: int, seconds: int) -> bool:
    """Count one more request of `who` in the current window of `seconds`; False when it is one too many."""
    window = int(time() // seconds)
    key = f"limit:{name}:{who}:{window}"
    if cache.add(key, 1, seconds):
        return most >= 1
    try:
        return cache.incr(key) <= most
    except ValueError:  # the window closed between the two calls
        return True

"""The process's own cache gives back the very object, and forgets as Django's does."""

from django.core.cache import caches


def test_local_cache_gives_back_the_very_object():
    kept = ("one", "two")
    caches["local"].set("pair", kept)
    assert caches["local"].get("pair") is kept
    assert caches["local"].get_or_set("pair", lambda: ()) is kept
    assert not caches["local"].add("pair", ())


def test_local_cache_forgets():
    local = caches["local"]
    local.set("gone", 1, timeout=0)
    assert local.get("gone", "nothing") == "nothing"
    assert local.add("gone", 1)
    assert local.incr("gone") == 2
    local.delete("gone")
    assert local.get("gone") is None

"""The cache of this process for what a versioned key makes safe to keep: Django's own, minus the copy at each reading."""

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache


class LocalCache(LocMemCache):
    """Gives back the very object that was kept, for all threads to share: keep only what nobody changes.

    Unpickling the outline of a course of fifty lessons at each page would cost as much as the page's own query.
    """

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            is_free = self._has_expired(key)
            if is_free:
                self._set(key, value, timeout)
            return is_free

    def get(self, key, default=None, version=None):
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            self._cache.move_to_end(key, last=False)
            return self._cache[key]

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(key, value, timeout)

    def incr(self, key, delta=1, version=None):
        return BaseCache.incr(self, key, delta, version)

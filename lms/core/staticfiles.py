"""Browser libraries straight from node_modules: the few files of `LMS_VENDOR_FILES`, under names of our own."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class RenamedFiles(FileSystemStorage):
    """A read-only storage whose names stand for files elsewhere."""

    prefix = ""

    def path(self, name):
        return str(Path(settings.LMS_NODE_MODULES_DIR) / settings.LMS_VENDOR_FILES[name.replace("\\", "/")])


class VendorFinder(BaseFinder):
    """Finds the browser libraries that npm installed."""

    storage = RenamedFiles()

    def find(self, path, find_all=False):
        found = self.storage.path(path) if path in settings.LMS_VENDOR_FILES else None
        if found is None or not Path(found).exists():
            return []
        return [found] if find_all else found

    def list(self, ignore_patterns):
        for name in settings.LMS_VENDOR_FILES:
            yield name, self.storage

"""Tables of bare writes: one row at a time, and texts in bulk."""

from django.conf import settings
from django.db import models


class Mark(models.Model):
    """One row written: by the bare form, or by a task to say when it ran."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    label = models.CharField(max_length=80, db_index=True)
    value = models.CharField(max_length=200, blank=True)
    written_at = models.FloatField()

    def __str__(self):
        return self.label


class Text(models.Model):
    """One text, inserted with many others."""

    text = models.TextField()

    def __str__(self):
        return self.text[:80]

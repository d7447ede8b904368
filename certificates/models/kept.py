"""What is kept for ever: rows that are added, never deleted nor, for past facts, changed."""

from django.db import models


class KeptForever(Exception):
    """A record of the register may not be deleted, nor a past act or file be changed."""


class KeptQuerySet(models.QuerySet):
    def delete(self):
        raise KeptForever

    delete.queryset_only = True

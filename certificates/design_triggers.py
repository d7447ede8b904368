"""The versions of designs are append-only for the database too."""

from lms.core import append_only

TABLE, NAME = "certificates_designversion", "certificates_designversion"


def install(connection):
    append_only.install(connection, TABLE, NAME)


def remove(connection):
    append_only.remove(connection, TABLE, NAME)

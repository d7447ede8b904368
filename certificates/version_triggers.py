"""The versions marked as substantial, and what was decided of them, are append-only for the database too."""

from lms.core import append_only

TABLES = ("certificates_substantialversion", "certificates_versiondecision")


def install(connection):
    for table in TABLES:
        append_only.install(connection, table, table)


def remove(connection):
    for table in TABLES:
        append_only.remove(connection, table, table)

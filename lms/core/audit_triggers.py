"""The audit trail is append-only for the database too."""

from lms.core import append_only

TABLE, NAME = "core_auditentry", "core_audit"


def install(connection):
    append_only.install(connection, TABLE, NAME)


def remove(connection):
    append_only.remove(connection, TABLE, NAME)

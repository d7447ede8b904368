"""The ledger of marks is append-only for the database too."""

from lms.core import append_only

TABLE, NAME = "assessment_markline", "assessment_markline"


def install(connection):
    append_only.install(connection, TABLE, NAME)


def remove(connection):
    append_only.remove(connection, TABLE, NAME)

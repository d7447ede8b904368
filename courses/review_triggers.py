"""The decisions of reviewers are append-only for the database too."""

from lms.core import append_only

TABLE, NAME = "courses_reviewrecord", "courses_reviewrecord"


def install(connection):
    append_only.install(connection, TABLE, NAME)


def remove(connection):
    append_only.remove(connection, TABLE, NAME)

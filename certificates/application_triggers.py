"""What holders state and their hierarchy answers is append-only for the database too."""

from lms.core import append_only

TABLES = ("certificates_workapplication", "certificates_workdecision")


def install(connection):
    for table in TABLES:
        append_only.install(connection, table, table)


def remove(connection):
    for table in TABLES:
        append_only.remove(connection, table, table)

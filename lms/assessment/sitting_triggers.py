"""What happened in supervised sittings is append-only for the database too."""

from lms.core import append_only

TABLES = (
    "assessment_supervisedsitting",
    "assessment_sittingsupervisor",
    "assessment_sittingentry",
    "assessment_identitycheck",
    "assessment_sittingincident",
    "assessment_sittingrecord",
)


def install(connection):
    for table in TABLES:
        append_only.install(connection, table, table)


def remove(connection):
    for table in TABLES:
        append_only.remove(connection, table, table)

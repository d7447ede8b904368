"""The database's own refusal to change or remove an entry of the audit trail, whoever asks and by whatever tool."""

INSTALL = {
    "sqlite": [
        """CREATE TRIGGER core_audit_no_update BEFORE UPDATE ON core_auditentry
        BEGIN SELECT RAISE(ABORT, 'core_auditentry is append-only'); END""",
        """CREATE TRIGGER core_audit_no_delete BEFORE DELETE ON core_auditentry
        BEGIN SELECT RAISE(ABORT, 'core_auditentry is append-only'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'core_auditentry is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER core_audit_no_change BEFORE UPDATE OR DELETE ON core_auditentry
        FOR EACH ROW EXECUTE FUNCTION core_audit_refuse()""",
    ],
}
REMOVE = {
    "sqlite": ["DROP TRIGGER IF EXISTS core_audit_no_update", "DROP TRIGGER IF EXISTS core_audit_no_delete"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS core_audit_no_change ON core_auditentry",
        "DROP FUNCTION IF EXISTS core_audit_refuse()",
    ],
}


def _run(statements, connection):
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, []):
            cursor.execute(statement)


def install(connection):
    _run(INSTALL, connection)


def remove(connection):
    _run(REMOVE, connection)

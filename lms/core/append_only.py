"""Rows that are only ever added: Python refuses to change or remove them, and so does the database, whoever asks."""

from django.apps import apps
from django.db import models

ERASED = "–"  # in place of a text that may name a person
NAMED = {"core_auditentry": "core_audit"}  # how triggers of a table are called, where not as the table


class Immutable(Exception):
    """A row that is only ever added can be neither changed nor removed."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise Immutable

    def delete(self):
        raise Immutable

    def bulk_update(self, objs, fields, batch_size=None):
        raise Immutable


class ErasableQuerySet(AppendOnlyQuerySet):
    """Facts of which one text, `erasable`, may name a person: it alone changes, once they are erased (`let_erase`)."""

    erasable = ""

    def erase(self) -> int:
        """Erase that text, for good; how many had one."""
        return models.QuerySet.update(self.exclude(**{self.erasable: ""}), **{self.erasable: ERASED})


class AppendOnlyModel(models.Model):
    """A fact: written once. Its manager comes from an `AppendOnlyQuerySet`, its triggers from `install`, in a migration."""

    Immutable = Immutable

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Immutable
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Immutable


def install(connection, *tables: str):
    """Let the rows of these tables only ever be added."""
    for table in tables:
        _run(connection, _installing(table, NAMED.get(table, table)))


def let_erase(connection, table: str, column: str):
    """Once installed: let this column become `ERASED`, and nothing else of a row change."""
    quote, name = connection.ops.quote_name, NAMED.get(table, table)
    with connection.cursor() as cursor:
        others = [
            row.name for row in connection.introspection.get_table_description(cursor, table) if row.name != column
        ]
    same = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}.get(connection.vendor, "=")
    is_erasing = " AND ".join(
        [f"NEW.{quote(column)} = '{ERASED}'", *(f"NEW.{quote(one)} {same} OLD.{quote(one)}" for one in others)]
    )
    _run(connection, _erasing(table, name, is_erasing))


def remove(connection, *tables: str):
    """Undo `install`."""
    for table in tables:
        _run(connection, _removing(table, NAMED.get(table, table)))


def lift(connection):
    """Undo it for every model of facts, so that tests may empty the tables."""
    remove(connection, *(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel)))


def _installing(table: str, name: str) -> dict[str, list[str]]:
    return {
        "sqlite": [
            f"""CREATE TRIGGER {name}_no_{verb} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
            for verb in ("update", "delete")
        ],
        "postgresql": [
            f"""CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            f"""CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}_refuse()""",
        ],
    }


def _erasing(table: str, name: str, is_erasing: str) -> dict[str, list[str]]:
    return {
        "sqlite": [
            f"DROP TRIGGER IF EXISTS {name}_no_update",
            f"""CREATE TRIGGER {name}_no_update BEFORE update ON {table} WHEN NOT ({is_erasing})
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
        ],
        "postgresql": [
            f"""CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF {is_erasing} THEN RETURN NEW; END IF;
                END IF;
                RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
            END $$"""
        ],
    }


def _removing(table: str, name: str) -> dict[str, list[str]]:
    return {
        "sqlite": [f"DROP TRIGGER IF EXISTS {name}_no_{verb}" for verb in ("update", "delete")],
        "postgresql": [
            f"DROP TRIGGER IF EXISTS {name}_no_change ON {table}",
            f"DROP FUNCTION IF EXISTS {name}_refuse()",
        ],
    }


def _run(connection, statements: dict[str, list[str]]):
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, []):
            cursor.execute(statement)

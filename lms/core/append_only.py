"""Rows that are only ever added: Python refuses to change or remove them, and so does the database, whoever asks."""

from django.db import models


class Immutable(Exception):
    """A row that is only ever added can be neither changed nor removed."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise Immutable

    def delete(self):
        raise Immutable

    def bulk_update(self, objs, fields, batch_size=None):
        raise Immutable


class AppendOnlyModel(models.Model):
    """A fact: written once. Its manager comes from an `AppendOnlyQuerySet`, its triggers from `install`."""

    Immutable = Immutable

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Immutable
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Immutable


def install(connection, table: str, name: str):
    """Let the rows of `table` only ever be added; `name` begins the names of what is installed."""
    _run(connection, _installing(table, name))


def remove(connection, table: str, name: str):
    """Undo `install`."""
    _run(connection, _removing(table, name))


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

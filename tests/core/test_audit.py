"""The audit trail: what it holds, and that nobody can change it."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import DatabaseError, connection, transaction

from lms.core import append_only, audit
from lms.core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded():
    """The database's own guard, as every installation has it."""
    if connection.vendor == "sqlite":
        append_only.install(connection, "core_auditentry")


def make_user(email):
    return get_user_model().objects.create_user(email, first_name="Ama", last_name="Zinsou")


def test_record_says_who_did_what_to_what_and_for_whom():
    actor, other, group = (
        make_user("a@example.org"),
        make_user("b@example.org"),
        Group.objects.create(name="Bande à part"),
    )
    entry = audit.record("group.rename", actor, group, on_behalf_of=other, before="Bande")
    entry.refresh_from_db()
    assert (entry.verb, entry.actor_pk, entry.actor_label) == ("group.rename", str(actor.pk), str(actor))
    assert (entry.on_behalf_of_pk, entry.on_behalf_of_label) == (str(other.pk), str(other))
    assert (entry.object_type, entry.object_pk, entry.object_label) == ("auth.group", str(group.pk), "Bande à part")
    assert entry.details == {"before": "Bande"}
    assert list(AuditEntry.objects.about(group)) == [entry]


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_record_without_an_actor_names_nobody(nobody):
    entry = audit.record("job.sweep", nobody)
    assert (entry.actor_pk, entry.actor_label, entry.object_type) == ("", "", "")


def test_an_entry_outlives_its_object():
    group = Group.objects.create(name="Bande à part")
    audit.record("group.create", None, group)
    group.delete()
    assert AuditEntry.objects.get().object_label == "Bande à part"


def test_python_refuses_to_change_or_remove_an_entry():
    entry = audit.record("x")
    for act in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(verb="y"),
        lambda: AuditEntry.objects.bulk_update([entry], ["verb"]),
    ):
        with pytest.raises(AuditEntry.Immutable):
            act()
    assert AuditEntry.objects.get().verb == "x"


@pytest.mark.parametrize("statement", ["UPDATE core_auditentry SET verb = 'y'", "DELETE FROM core_auditentry"])
def test_the_database_refuses_too(guarded, statement):
    audit.record("x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().verb == "x"

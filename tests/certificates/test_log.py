"""The log of acts: complete, without names, chained, dated, and each certificate proved to be in it."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from certificates.actions import close_log, log_acts, revoke_certificate
from certificates.lasting.port import StampUnavailable
from certificates.lasting.room import open_time_stamper
from certificates.models import Certificate, CertificateAct, LogEntry, TreeHead
from certificates.rules.merkle import (
    extension_of,
    is_extension,
    is_in_tree,
    leaf_hash,
    node_hash,
    nodes_completed,
    nodes_needed,
    path_of,
    root_of,
)
from lms.core import append_only
from tests.certificates.makers import make_certificate, make_reserved, make_user


def plain_root(leaves):
    """As RFC 6962, 2.1 writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(plain_root(leaves[:middle]), plain_root(leaves[middle:]))


def tree_of(size):
    """So many leaves, and the nodes kept as they come."""
    leaves, nodes = [leaf_hash(b"%d" % number) for number in range(size)], {}
    for index, leaf in enumerate(leaves):
        for level, rank, value in nodes_completed(index, leaf, lambda *place: nodes[place]):
            nodes[level, rank] = value
    return leaves, nodes


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.data())
def test_tree_is_that_of_the_standard_and_proves_what_is_in_it_alone(size, data):
    leaves, nodes = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    kept = {place: nodes[place] for place in nodes_needed(size, [index])}
    root, path = root_of(size, lambda *place: kept[place]), path_of(index, size, lambda *place: kept[place])
    assert root == plain_root(leaves)
    assert is_in_tree(leaves[index], index, size, path, root)
    assert not is_in_tree(leaf_hash(b"other"), index, size, path, root)
    assert not is_in_tree(leaves[index], index + 1, size, path, root)
    assert not path or not is_in_tree(leaves[index], index, size, path[:-1], root)
    assert len(kept) <= 3 * size.bit_length() + 1


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.integers(1, 70), st.data())
def test_a_root_is_proved_to_extend_an_earlier_one_and_no_other(size, data):
    leaves, nodes = tree_of(size)
    first = data.draw(st.integers(1, size))
    kept = {place: nodes[place] for place in nodes_needed(size, (), first)}
    path = extension_of(first, size, lambda *place: kept[place])
    old, new = plain_root(leaves[:first]), plain_root(leaves)
    changed = data.draw(st.integers(0, first - 1))
    other = plain_root([leaf_hash(b"other") if rank == changed else leaf for rank, leaf in enumerate(leaves[:first])])
    assert is_extension(first, size, path, old, new)
    assert not is_extension(first, size, path, other, new)
    assert not is_extension(first, size, path, old, other)
    assert not is_extension(first, size, [*path, old], old, new)
    assert not path or not is_extension(first, size, path[:-1], old, new)
    assert not is_extension(0, size, path, old, new) and not is_extension(size + 1, size, path, old, new)


@pytest.mark.django_db
class TestLog:
    def test_every_act_is_logged_once_without_a_name(self):
        certificate = make_certificate()
        make_reserved()
        revoke_certificate(certificate, make_user(), "Fraude de M. Untel", timezone.now())
        assert log_acts() == CertificateAct.objects.count() == 4
        assert log_acts() == 0
        text = "\n".join(LogEntry.objects.values_list("entry", flat=True))
        assert certificate.printed_number in text
        assert certificate.files.first().sha256 in text
        for secret in (certificate.printed_name, certificate.public_code, "Untel", certificate.person.email):
            assert secret not in text

    def test_root_is_dated_by_the_authority_and_made_again_when_something_happened(self):
        make_certificate()
        first = close_log(open_time_stamper(), timezone.now())
        assert first.stamped_at is not None
        assert bytes.fromhex(first.root) in bytes(first.token)
        assert close_log(open_time_stamper(), timezone.now()) is None
        make_certificate()
        second = close_log(open_time_stamper(), timezone.now())
        assert (first.size, second.size) == (2, 4)
        assert first.root != second.root

    def test_root_waits_for_the_time_and_acts_do_not(self):
        class Away:
            def stamp(self, digest):
                raise StampUnavailable("loin")

        make_certificate()
        with pytest.raises(StampUnavailable):
            close_log(Away(), timezone.now())
        assert close_log(None, timezone.now()).stamped_at is None
        assert close_log(open_time_stamper(), timezone.now()).stamped_at is not None

    def test_empty_log_has_no_root(self):
        assert close_log(None, timezone.now()) is None

    def test_page_and_interface_prove_it_to_anyone(self, client):
        for _ in range(4):
            certificate = make_certificate()
        page = client.get(reverse("certificates:log_proof", args=[certificate.public_code])).content.decode()
        assert "revenez demain" in page
        head = close_log(open_time_stamper(), timezone.now())
        page = client.get(reverse("certificates:log_proof", args=[certificate.public_code])).content.decode()
        assert page.count("Prouvé : la ligne") == 2
        assert head.root in page
        assert certificate.printed_name not in page
        said = client.get(reverse("certificates:api_log_proof", args=[certificate.public_code])).json()
        for act in said["acts"]:
            path = [bytes.fromhex(value) for value in act["path"]]
            leaf = hashlib.sha256(b"\0" + act["entry"].encode()).digest()
            assert is_in_tree(leaf, act["index"], said["head"]["size"], path, bytes.fromhex(said["head"]["root"]))
        assert [json.loads(act["entry"])["act"] for act in said["acts"]] == ["reserved", "issued"]
        assert client.get(reverse("certificates:api_heads")).json()["heads"][0] == said["head"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_proof_costs_the_same_whatever_the_length(self, client, count, django_assert_num_queries):
        certificates = [make_certificate() for _ in range(count)]
        close_log(None, timezone.now())
        with django_assert_num_queries(4):  # certificate, root, lines, nodes
            client.get(reverse("certificates:log_proof", args=[certificates[0].public_code]))

    def test_certificate_kept_by_its_holder_is_not_proved_to_others(self, client):
        certificate = make_certificate()
        close_log(None, timezone.now())
        Certificate.objects.filter(pk=certificate.pk).update(visibility="link")
        for name in ("log_proof", "api_log_proof"):
            address = reverse(f"certificates:{name}", args=[certificate.public_code])
            assert client.get(address).status_code == 404
            assert client.get(f"{address}?cle={certificate.link_key}").status_code == 200
        page = client.get(
            f"{reverse('certificates:log_proof', args=[certificate.public_code])}?cle={certificate.link_key}"
        )
        assert f'href="{address}?cle={certificate.link_key}"' in page.content.decode()  # the last one, for machines

    def test_command_proves_a_certificate_and_the_whole_chain(self, capsys):
        certificate = make_certificate()
        with pytest.raises(CommandError, match="encore sous une racine"):
            call_command("prove_in_log", certificate.printed_number)
        close_log(open_time_stamper(), timezone.now())
        call_command("prove_in_log", certificate.printed_number)
        assert TreeHead.objects.get().root in capsys.readouterr().out
        call_command("prove_in_log")
        said = capsys.readouterr().out
        assert "Chaîne entière : 2 lignes." in said
        assert "Racines : 1, chacune prolonge la précédente." in said
        for number in ("CTD-2026-999999", "rien"):
            with pytest.raises(CommandError, match="Aucun certificat"):
                call_command("prove_in_log", number)

    def test_a_root_kept_by_anyone_is_proved_to_be_extended(self, client, capsys):
        for _ in range(3):
            make_certificate()
            first, last = TreeHead.objects.last(), close_log(None, timezone.now())
        address = reverse("certificates:api_heads")
        proof = client.get(address, {"since": first.size}).json()["consistency"]
        path = [bytes.fromhex(value) for value in proof["path"]]
        roots = bytes.fromhex(proof["first"]["root"]), bytes.fromhex(last.root)
        assert (first.size, last.size) == (2, 6)
        assert is_extension(first.size, last.size, path, *roots)
        assert "consistency" not in client.get(address).json()
        assert [client.get(address, {"since": since}).status_code for since in ("3", "x", "9" * 30)] == [404] * 3
        call_command("prove_in_log")
        assert "Racines : 3, chacune prolonge la précédente." in capsys.readouterr().out
        TreeHead.objects.create(size=5, root="00" * 32, made_at=timezone.now())
        with pytest.raises(CommandError, match="ne prolonge pas la racine"):
            call_command("prove_in_log")

    @pytest.mark.parametrize(
        "statement", ["UPDATE certificates_logentry SET entry = 'x'", "DELETE FROM certificates_treehead"]
    )
    def test_database_refuses_to_rewrite_the_log(self, statement):
        make_certificate()
        close_log(None, timezone.now())
        if connection.vendor == "sqlite":  # taken away there for the tests that empty the tables
            append_only.install(connection, "certificates_logentry", "certificates_treehead")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

"""Acts written in the log that is chained and dated: each once, in the order they are found."""

import json
from datetime import datetime

from django.db import transaction

from certificates.lasting.port import TimeStamper
from certificates.models import CertificateAct, LogEntry, TreeHead, TreeNode
from certificates.rules.merkle import leaf_hash, nodes_completed, nodes_needed, root_of

CLOSE_JOB = "certificates.close_log"
AT_ONCE = 1000


@transaction.atomic
def log_acts() -> int:
    """Append the acts that are not in the log yet, a thousand at most; how many.

    Locks the last line; of two workers at once, the constraint on numbers lets one win. Raises IntegrityError.
    """
    last = LogEntry.objects.select_for_update().order_by("-number").first()
    size, previous = (last.number + 1, last.leaf) if last else (0, "")
    waiting = CertificateAct.objects.filter(log_entry__isnull=True).select_related("certificate")
    acts = list(waiting.prefetch_related("certificate__files").order_by("pk")[:AT_ONCE])
    values = values_of(nodes_needed(size, ()) if size else ())
    entries, nodes = [], []
    for act in acts:
        entry = line_of(act, size, previous)
        leaf = leaf_hash(entry.encode())
        for level, index, value in nodes_completed(size, leaf, lambda *place: values[place]):
            values[level, index] = value
            nodes.append(TreeNode(level=level, index=index, value=value.hex()))
        entries.append(LogEntry(number=size, act=act, entry=entry, leaf=leaf.hex()))
        size, previous = size + 1, leaf.hex()
    LogEntry.objects.bulk_create(entries)
    TreeNode.objects.bulk_create(nodes)
    return len(entries)


def line_of(act: CertificateAct, number: int, previous: str) -> str:
    """What is told of an act: never a name, never a reason. The fingerprint of the document ties it to the file."""
    files = sorted(act.certificate.files.all(), key=lambda file: file.generation)
    line = {
        "n": number,
        "previous": previous,
        "at": act.at.isoformat(),
        "act": act.verb,
        "certificate": act.certificate.printed_number,
        "file": files[0].sha256 if files else "",
    }
    return json.dumps(line, sort_keys=True, separators=(",", ":"))


def values_of(places) -> dict[tuple[int, int], bytes]:
    """The kept nodes at these places; one query."""
    if not places:
        return {}
    found = TreeNode.objects.filter(index__in={index for _, index in places}, level__in={level for level, _ in places})
    return {(node.level, node.index): bytes.fromhex(node.value) for node in found}


def close_log(stamper: TimeStamper | None, now: datetime) -> TreeHead | None:
    """The root of the log as it is now, dated by an authority where there is one; None when the last one still holds.

    Raises StampUnavailable, StampRefused.
    """
    while log_acts():
        pass
    size, head = LogEntry.objects.count(), TreeHead.objects.first()
    if size == 0 or (head and head.size == size and (head.token or stamper is None)):
        return None
    values = values_of(nodes_needed(size, ()))
    root = root_of(size, lambda *place: values[place])
    stamp = stamper.stamp(root) if stamper else None
    return TreeHead.objects.create(
        size=size,
        root=root.hex(),
        made_at=now,
        token=stamp.token if stamp else b"",
        stamped_at=stamp.made_at if stamp else None,
    )

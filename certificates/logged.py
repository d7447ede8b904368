"""The proof that the acts on a certificate are in the log: lines, paths, and the root that was dated."""

import base64
from dataclasses import dataclass

from certificates.actions.logging_acts import values_of
from certificates.models import Certificate, LogEntry, TreeHead
from certificates.rules.merkle import extension_of, is_in_tree, leaf_hash, nodes_needed, path_of


@dataclass(frozen=True)
class LoggedAct:
    """A line of the log, and the hashes that lead from it to the root."""

    entry: LogEntry
    path: list[bytes]
    head: TreeHead

    @property
    def holds(self) -> bool:
        """Whether the line, hashed again, leads to the root: asked of the hashes, not of the database."""
        root = bytes.fromhex(self.head.root)
        return is_in_tree(leaf_hash(self.entry.entry.encode()), self.entry.number, self.head.size, self.path, root)


def logged_acts(certificate: Certificate) -> list[LoggedAct]:
    """Those under the last root; three queries, whatever the length of the log."""
    head = TreeHead.objects.first()
    if head is None:
        return []
    entries = list(LogEntry.objects.filter(act__certificate=certificate, number__lt=head.size).select_related("act"))
    values = values_of(nodes_needed(head.size, [entry.number for entry in entries]))
    return [LoggedAct(entry, path_of(entry.number, head.size, lambda *place: values[place]), head) for entry in entries]


def extension_between(first: TreeHead, last: TreeHead) -> list[bytes]:
    """The hashes that prove a root to be that of the same lines as an earlier one, and more; one query."""
    values = values_of(nodes_needed(last.size, (), first.size))
    return extension_of(first.size, last.size, lambda *place: values[place])


def said_of_head(head: TreeHead) -> dict[str, object]:
    return {
        "size": head.size,
        "root": head.root,
        "made_at": head.made_at.isoformat(timespec="seconds"),
        "stamped_at": head.stamped_at.isoformat(timespec="seconds") if head.stamped_at else None,
        "time_stamp_token": base64.b64encode(bytes(head.token)).decode() if head.token else None,
    }


def said_of_log(acts: list[LoggedAct]) -> dict[str, object]:
    """For machines: what is hashed, where it is, the way to the root."""
    return {
        "head": said_of_head(acts[0].head) if acts else None,
        "acts": [
            {
                "index": act.entry.number,
                "entry": act.entry.entry,
                "leaf": act.entry.leaf,
                "path": [value.hex() for value in act.path],
            }
            for act in acts
        ],
    }

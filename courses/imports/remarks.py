"""What is said of a file as it is read: whole refusals, and remarks one by one. Shared by every import."""

from dataclasses import dataclass

ERROR, WARNING, SKIPPED = "error", "warning", "skipped"


class ImportRefused(Exception):
    """A whole file cannot be read; the message says why, in French."""


@dataclass(frozen=True)
class Remark:
    """One line of the report: how grave (error: not imported; warning: imported but for this; skipped), where, what."""

    level: str
    where: str
    message: str

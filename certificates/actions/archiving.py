"""Files given their archive (PAdES B-LTA), and stamped again before the time-stamp that closes it ages."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from certificates import rules, storage
from certificates.actions.issuing import stamp_fields
from certificates.lasting.archive import Archived, OtherLayout, archive
from certificates.lasting.port import CertificateRevoked, RevocationUnavailable, TimeStamper
from certificates.lasting.proofs import ProofKeeper, Subject
from certificates.models import CertificateFile
from lms.core.jobs import enqueue
from lms.core.models import Job

logger = logging.getLogger(__name__)

JOB = "certificates.archive"
# What is wrong with one file, and leaves the others of the batch to go on.
OF_ONE_FILE = (RevocationUnavailable, CertificateRevoked, OtherLayout, storage.FileDamaged, OSError)


@dataclass(frozen=True)
class Batch:
    """What became of a batch: the files that are still without archive and why, and the last one tried when more are due."""

    failures: dict[CertificateFile, str]
    last: int | None


def ask_for_archives(now: datetime) -> Job | None:
    """Put a batch in the outbox when files are due and none is under way. Giving up on one batch does not stop the next."""
    under_way = Job.objects.filter(name=JOB, state__in=(Job.State.WAITING, Job.State.RUNNING))
    if under_way.exists() or not CertificateFile.objects.to_archive(now).exists():
        return None
    return enqueue(JOB, key=f"{JOB}:{now.isoformat()}")


def archive_batch(after: int, keeper: ProofKeeper, stamper: TimeStamper, clock: Callable[[], datetime]) -> Batch:
    """Give their archive to the files due after this one, a batch at most; those that fail leave the others to go on.

    Each is written on its own: a batch killed half-way, run again, goes on where it was. Raises StampUnavailable and
    StampRefused, which concern all files.
    """
    due = CertificateFile.objects.to_archive(clock()).filter(pk__gt=after).order_by("pk")
    files = list(due.select_related("certificate")[: settings.LMS_ARCHIVE_BATCH])
    failures = {}
    # Whoever closes today's archives is in them, with the proof that its certificate is good.
    stampers = stamper.stamp(bytes(32)).chain if files else ()
    for file in files:
        try:
            archive_file(file, keeper, stampers, stamper, clock())
        except OF_ONE_FILE as failure:
            failures[file] = str(failure)
            logger.warning("Pas d’archive pour le fichier %s : %s", file, failure)
    return Batch(failures, files[-1].pk if len(files) == settings.LMS_ARCHIVE_BATCH else None)


def archive_file(
    file: CertificateFile, keeper: ProofKeeper, stampers: Iterable, stamper: TimeStamper, now: datetime
) -> CertificateFile | None:
    """Write the next generation of a file; None when another worker did so first."""
    content = storage.read(file.storage_name, file.sha256)
    is_archived = file.level == CertificateFile.Level.B_LTA
    subject = Subject(file.seal_sha256, file.stamper_sha256, file.created_at, is_archived)
    archived = archive(content, keeper.proofs(subject, content, stampers, now), stamper)
    return keep_generation(file, archived, now)


def keep_generation(file: CertificateFile, archived: Archived, now: datetime) -> CertificateFile | None:
    """The row of the archived bytes, one generation after `file`; the constraint on generations lets one worker win."""
    signer = archived.stamp.signer
    name = storage.keep(archived.content)
    try:
        with transaction.atomic():
            return CertificateFile.objects.create(
                certificate=file.certificate,
                kind=file.kind,
                generation=file.generation + 1,
                level=CertificateFile.Level.B_LTA,
                sha256=storage.fingerprint(archived.content),
                size_bytes=len(archived.content),
                storage_name=name,
                seal_sha256=file.seal_sha256,
                is_specimen=file.is_specimen,
                created_at=now,
                restamp_at=rules.restamp_at(signer.not_valid_before_utc, signer.not_valid_after_utc),
                **stamp_fields(archived.stamp),
            )
    except IntegrityError:
        return None

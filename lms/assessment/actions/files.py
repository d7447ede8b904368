"""A learner hands in a file as an answer."""

import datetime
import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lms.assessment.actions.attempts import save_answer
from lms.assessment.models import AnswerFile, ServedQuestion
from lms.assessment.rules.uploads import UploadRefused, check_upload, shown_name

MOST_FILES = 20  # for one question of one attempt


@transaction.atomic
def hand_in_file(question: ServedQuestion, name: str, data: bytes, now: datetime.datetime) -> AnswerFile:
    """Keep a file as the answer to a question (its version at hand); the one handed in before stays on record.

    Raises UploadRefused, and whatever `save_answer` refuses.
    """
    check_upload(name, data, question.version.content)
    if question.files.count() >= MOST_FILES:
        raise UploadRefused(_("Vous avez déjà remis ce fichier %(n)d fois.") % {"n": MOST_FILES})
    kept = question.files.create(
        name=shown_name(name),
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        created_at=now,
    )
    response = {"file": kept.pk, "name": kept.name, "bytes": kept.size_bytes}
    save_answer(question.attempt_id, question.position, response, now)
    kept.file.save("", ContentFile(data))  # last: what is refused leaves no file behind
    return kept

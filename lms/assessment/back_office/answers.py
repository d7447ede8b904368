"""One answer, whatever its type, as those who mark and judge read it."""

from lms.assessment import paper
from lms.assessment.models import ServedQuestion


def answer_shown(row: ServedQuestion) -> dict:
    """What `back_office/answer.html` shows of a question served (its version at hand); a query for a file alone."""
    question = paper.question(row)
    handed_in = question.by_hand and question.by_hand.file
    files = list(row.files.order_by("-pk")) if handed_in else []
    file = next((one for one in files if one.pk == handed_in["file"]), None)
    return {"question": question, "file": file, "earlier_files": len(files) - 1}

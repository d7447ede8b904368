"""Files handed in as answers: taken in with all that the page holds, given back to whoever may read the answer."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.permissions import can_teach
from lms.assessment import actions, paper
from lms.assessment.models import AnswerFile, Attempt
from lms.assessment.rules.uploads import UploadRefused
from lms.assessment.sheet import rows_on_page
from lms.assessment.views.around import question_url


@require_POST
def hand_in(request, pk, position):
    """Keep the file of one question, and the other answers of its page, whose button this is."""
    attempt = get_object_or_404(Attempt.objects.for_learner(request.user), pk=pk)
    served = paper.questions_of(attempt)
    row = next((row for row in served if row.position == position and row.version.type == "file"), None)
    if row is None:
        raise Http404
    given, anchor = request.FILES.get(f"q{position}"), paper.anchor(position)
    try:
        shown = rows_on_page(attempt, served, position)
        actions.save_answers(attempt, paper.read_form(shown, request.POST), timezone.now())
        if given is None:
            messages.info(request, _("Vos réponses sont enregistrées ; aucun fichier n’était choisi."), anchor)
        else:
            kept = actions.hand_in_file(row, given.name, given.read(), timezone.now())
            messages.success(request, _("« %(name)s » est remis.") % {"name": kept.name}, anchor)
    except UploadRefused as refusal:
        messages.error(request, str(refusal), anchor)
    except actions.AttemptSubmitted:
        return redirect("assessment:result", pk)
    return redirect(question_url(attempt, position))


@never_cache
@require_safe
def answer_file(request, pk):
    """A file handed in, for its author and for those who teach the course; to be saved, never shown by the browser."""
    rows = AnswerFile.objects.select_related("question__attempt__enrolment__course", "question__attempt__quiz")
    found = get_object_or_404(rows, pk=pk)
    enrolment = found.question.attempt.enrolment
    is_own = enrolment.person_id == request.user.pk
    if not is_own and not can_teach(request.user, enrolment.course):
        raise Http404
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.name if is_own else found.marker_name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"},
    )

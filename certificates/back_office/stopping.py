"""The emergency stop in the back office: one page, and a warning wherever officers issue."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from certificates.actions.stopping import NotStopped, resume_issuing, stop_in_force, stop_issuing
from certificates.forms import StopForm
from certificates.models import IssuingStop
from certificates.permissions import STOP
from lms.core.models import Job


def warn_of_stop(request) -> None:
    """Say on this page that nothing is issued, and why."""
    if stop := stop_in_force():
        words = _("La délivrance est arrêtée depuis le %(at)s par %(who)s. Motif : %(reason)s")
        at = timezone.localtime(stop.stopped_at).strftime("%d/%m/%Y %H:%M")
        messages.warning(request, words % {"at": at, "who": stop.stopped_by, "reason": stop.reason})


@require_http_methods(["GET", "HEAD", "POST"])
def emergency_stop(request):
    """Stop all issuing with a reason, or let it go on with one; the stops of the past."""
    if not request.user.has_perm(STOP):
        raise PermissionDenied
    stop = stop_in_force()
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = resume_issuing if request.POST.get("act") == "resume" else stop_issuing
        try:
            act(request.user, form.cleaned_data["reason"], timezone.now())
        except NotStopped:
            messages.warning(request, _("Quelqu’un d’autre l’a fait entre-temps."))
        else:
            done = _("La délivrance reprend.") if act is resume_issuing else _("La délivrance est arrêtée.")
            messages.success(request, done)
        return redirect("certificate_stop")
    context = {
        "stop": stop,
        "form": form,
        "stops": IssuingStop.objects.select_related("stopped_by", "resumed_by")[:20],
        "waiting_count": Job.objects.waiting().filter(name="certificates.issue").count(),
    }
    return render(request, "certificates/office/stop.html", context)

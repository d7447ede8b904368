"""The emergency stop in the back office: one page, and a warning wherever officers issue."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from certificates.actions.stopping import HELD, NotStopped, may_stop, resume_issuing, stop_issuing
from certificates.forms import ReasonForm, StopForm
from certificates.models import IssuingStop
from certificates.models.designs import covers_everything
from certificates.permissions import STOP
from lms.core.models import Job
from lms.people.models import Unit


def warn_of_stop(request) -> None:
    """Say on this page that nothing is issued, to whom, and why."""
    for stop in IssuingStop.objects.in_force().visible_to(request.user).select_related("stopped_by", "unit"):
        words = _("La délivrance est arrêtée (%(where)s) depuis le %(at)s par %(who)s. Motif : %(reason)s")
        at = timezone.localtime(stop.stopped_at).strftime("%d/%m/%Y %H:%M")
        said = {"where": stop.place, "at": at, "who": stop.stopped_by, "reason": stop.reason}
        messages.warning(request, words % said)


@require_http_methods(["GET", "HEAD", "POST"])
def emergency_stop(request):
    """Stop issuing with a reason, everywhere or to a unit one answers for, or let it go on; the stops of the past."""
    if not request.user.has_perm(STOP):
        raise PermissionDenied
    is_resuming = request.POST.get("act") == "resume"
    form = StopForm(
        None if is_resuming else request.POST or None,
        units=Unit.objects.in_scope_of(request.user, STOP).order_by("path"),
        has_everything=covers_everything(request.user, STOP),
    )
    if request.method == "POST" and (answered := _answer(request, form, is_resuming)):
        return answered
    rows = IssuingStop.objects.visible_to(request.user).select_related("stopped_by", "resumed_by", "unit")
    in_force = list(rows.in_force())
    for stop in in_force:
        stop.may_resume = may_stop(request.user, stop.unit)
        stop.form = ReasonForm(auto_id=f"id_{stop.pk}_%s")
    context = {
        "in_force": in_force,
        "form": form,
        "stops": rows[:20],
        "waiting_count": Job.objects.waiting().filter(name__in=HELD).count() if in_force else 0,
    }
    return render(request, "certificates/office/stop.html", context)


def _answer(request, form, is_resuming):
    """Stop or resume; None when the form is to be shown again."""
    now = timezone.now()
    try:
        if is_resuming:
            pk = request.POST.get("stop", "")
            stop = get_object_or_404(IssuingStop.objects.visible_to(request.user), pk=pk if pk.isdecimal() else 0)
            if not may_stop(request.user, stop.unit):
                raise PermissionDenied
            reason = ReasonForm(request.POST)
            if not reason.is_valid():
                messages.error(request, _("Dites pourquoi la délivrance reprend : rien n’a changé."))
                return redirect("certificate_stop")
            resume_issuing(stop, request.user, reason.cleaned_data["reason"], now)
            messages.success(request, _("La délivrance reprend."))
        elif form.is_valid():
            stop_issuing(request.user, form.cleaned_data["reason"], now, form.cleaned_data["unit"])
            messages.success(request, _("La délivrance est arrêtée."))
        else:
            return None
    except NotStopped:
        messages.warning(request, _("Quelqu’un d’autre l’a fait entre-temps."))
    return redirect("certificate_stop")

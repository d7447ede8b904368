"""The holder renews a certificate near its end, by a few questions."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates import actions
from certificates.actions.renewals import may_renew, tries_left
from certificates.models import Certificate, KnowledgeCheck


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def renewal(request, pk):
    """Until when the certificate is good and how it is renewed; a POST begins the questions."""
    rows = Certificate.objects.of_courses().published().filter(person=request.user, expires_on__isnull=False)
    certificate = get_object_or_404(rows.select_related("enrolment__course"), pk=pk)
    is_open = may_renew(certificate, timezone.localdate())
    if request.method == "POST":
        if not is_open:
            raise Http404
        try:
            check = actions.start_check(certificate.enrolment, KnowledgeCheck.Purpose.RENEWAL, timezone.now())
        except actions.CheckRefused:
            messages.error(
                request, _("Il n’y a plus d’essai, ou pas de question : écrivez au contact de la formation.")
            )
            return redirect("certificates:renewal", pk)
        return redirect("certificates:check", check.pk)
    context = {
        "certificate": certificate,
        "course": certificate.enrolment.course,
        "is_open": is_open,
        "renewal": certificate.renewal(),
        "tries_left": tries_left(certificate),
        "question_count": settings.LMS_CHECK_QUESTIONS,
        "pass_percent": settings.LMS_CHECK_PASS_PERCENT,
        "days": settings.LMS_RENEWAL_OPENS_DAYS,
        "contact": certificate.enrolment.course.contact_email or settings.LMS_CONTACT_EMAIL,
        "trail": [
            (_("Mes certificats"), reverse("certificates:mine")),
            (certificate.printed_number, certificate.get_absolute_url()),
            (_("Renouveler"), None),
        ],
    }
    return render(request, "certificates/renewal.html", context)

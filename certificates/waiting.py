"""Why a completed course has no certificate yet, and what its learner can do about it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.actions.proving import is_sitting_open
from certificates.models import Certificate, CoursePolicy, Hold, IssuingStop
from lms.learning.models import Enrolment


@dataclass(frozen=True)
class Wait:
    """In plain words, with the page where something can be done, if any."""

    title: str
    text: str
    url: str = ""
    label: str = ""


def wait_of(enrolment: Enrolment) -> Wait | None:
    """What a certificate waits for; None when it is there, or on its way. Five queries at most."""
    if Certificate.objects.filter(enrolment=enrolment.pk).exclude(state=Certificate.State.VOID).exists():
        return None
    if is_sitting_open(enrolment.pk):
        text = _("Il sera délivré quand le surveillant aura fermé la séance, un jour après sa fin au plus tard.")
        return Wait(_("Votre certificat attend le procès-verbal de la séance"), text)
    if hold := Hold.objects.waiting().filter(enrolment=enrolment.pk).first():
        return hold_words(hold)
    if IssuingStop.objects.in_force().about([enrolment.person_id]).exists():
        text = _("La délivrance des certificats est arrêtée pour le moment. Le vôtre part dès la reprise.")
        return Wait(_("Votre certificat attend"), text)
    if CoursePolicy.objects.filter(course=enrolment.course_id, mode=CoursePolicy.Mode.BATCH).exists():
        text = _("Les certificats de cette formation sont délivrés ensemble, après l’accord de deux personnes.")
        return Wait(_("Votre certificat attend d’être approuvé"), text)
    return None


def hold_words(hold: Hold) -> Wait:
    """What a learner is told of a certificate held; accuses of nothing."""
    url = reverse("certificates:hold", args=[hold.pk])
    if hold.state == Hold.State.REFUSED:
        text = _("Motif : %(reason)s") % {"reason": hold.reason}
        return Wait(_("Votre certificat n’a pas été accordé"), text, url, _("Voir ce que vous pouvez faire"))
    text = _(
        "Une partie de la formation a été terminée plus vite qu’elle ne se lit. Répondez à quelques questions pour "
        "l’obtenir tout de suite, ou attendez qu’une personne décide."
    )
    return Wait(_("Votre certificat attend une vérification"), text, url, _("Voir pourquoi et quoi faire"))

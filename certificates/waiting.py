"""Why a completed course has no certificate yet, and what its learner can do about it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.actions.proving import in_open_sitting
from certificates.models import Certificate, CoursePolicy, Hold, IssuingStop
from courses.models import CoursePage
from lms.learning.models import Enrolment
from lms.people.models import User


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
    return _waits(enrolment.person_id, [enrolment]).get(enrolment.pk)


def waits_of(person: User) -> list[tuple[CoursePage, Wait]]:
    """What the certificates of a person wait for, by course, the latest first. Five queries at most, whatever their number."""
    there = Certificate.objects.filter(person=person, enrolment__isnull=False).exclude(state=Certificate.State.VOID)
    rows = Enrolment.objects.filter(person=person, state=Enrolment.State.COMPLETED).select_related("course")
    enrolments = list(rows.exclude(pk__in=there.values("enrolment")))
    waits = _waits(person.pk, enrolments) if enrolments else {}
    return [(row.course, waits[row.pk]) for row in enrolments if row.pk in waits]


def _waits(person_pk: int, enrolments: list[Enrolment]) -> dict[int, Wait]:
    """By enrolment, the first thing to wait for, for those of one person that have no certificate yet; four queries."""
    keys = [row.pk for row in enrolments]
    in_sitting = in_open_sitting(keys)
    holds = {hold.enrolment_id: hold for hold in Hold.objects.waiting().filter(enrolment__in=keys)}
    is_stopped = IssuingStop.objects.in_force().about([person_pk]).exists()
    by_batch = CoursePolicy.objects.filter(
        course__in=[row.course_id for row in enrolments], mode=CoursePolicy.Mode.BATCH
    )
    in_batches = set(by_batch.values_list("course", flat=True))
    waits = {}
    for row in enrolments:
        if row.pk in in_sitting:
            waits[row.pk] = _minutes_words()
        elif row.pk in holds:
            waits[row.pk] = hold_words(holds[row.pk])
        elif is_stopped:
            waits[row.pk] = _stop_words()
        elif row.course_id in in_batches:
            waits[row.pk] = _batch_words()
    return waits


def _minutes_words() -> Wait:
    text = _("Il sera délivré quand le surveillant aura fermé la séance, un jour après sa fin au plus tard.")
    return Wait(_("Votre certificat attend le procès-verbal de la séance"), text)


def _stop_words() -> Wait:
    text = _("La délivrance des certificats est arrêtée pour le moment. Le vôtre part dès la reprise.")
    return Wait(_("Votre certificat attend"), text)


def _batch_words() -> Wait:
    text = _("Les certificats de cette formation sont délivrés ensemble, après l’accord de deux personnes.")
    return Wait(_("Votre certificat attend d’être approuvé"), text)


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

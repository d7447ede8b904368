"""Holder and officer before what is held, batched, corrected and stopped, in a browser, on a phone and on a desk."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from certificates.actions.act_batches import propose_acts
from certificates.actions.batches import propose_batch
from certificates.actions.corrections import ask_for_correction
from certificates.actions.stopping import stop_issuing
from certificates.models import Certificate, CoursePolicy, Design, Hold
from certificates.permissions import DESIGN, OFFICER
from certificates.tasks.signing import issue
from courses.outline import course_outline
from lms.learning import rules
from lms.learning.models import Completion, Enrolment, RapidFinish
from tests.certificates.makers import (
    Payload,
    make_certificate,
    make_completion,
    make_officer,
    make_unit,
    make_user,
    place,
)
from tests.factories.courses import LessonPageFactory, QuestionFactory, QuizPageFactory, course_with

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 1280)
WIDTH = "Math.max(...[...document.querySelectorAll('form > .button')].map((one) => one.getBoundingClientRect().right))"


@pytest.fixture
def held():
    """A certificate held, its learner in a unit."""
    course = course_with(lessons=0, quiz=False, title="Écrire un courriel administratif")
    for title in ("Dire l’objet d’abord", "Répondre à tous, ou non", "Classer"):
        LessonPageFactory(parent=course, title=title)
    QuizPageFactory(parent=course, questions=[QuestionFactory() for _ in range(5)])
    items, now = course_outline(course.pk, course.outline.version).items, timezone.now()
    enrolment = Enrolment.objects.create(
        person=make_user("Afi", "DOSSOU"), course=course, state="completed", enrolled_at=now
    )
    Completion.objects.create(
        enrolment=enrolment, completed_at=now, content_version=1,
        conditions=[condition.as_json() for condition in rules.conditions(items, {})],
    )  # fmt: skip
    for item in items[:3]:
        RapidFinish.objects.create(
            enrolment=enrolment, item_id=item.id, words=600, seconds=4, least_seconds=60, occurred_at=now,
            source_key=f"lesson:{item.id}",
        )  # fmt: skip
    place(enrolment.person, make_unit())
    issue(Payload(enrolment=enrolment.pk))
    return Hold.objects.get()


@pytest.mark.parametrize("width", WIDTHS)
def test_learner_reads_why_and_answers_the_questions(open_page, axe, held, width):
    page = open_page(width=width, user=held.enrolment.person)
    page.goto(reverse("certificates:hold", args=[held.pk]))
    expect(page.get_by_role("heading", name="Certificat en attente")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Répondre aux questions").click()
    expect(page.get_by_role("heading", name="Quelques questions")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Remettre mes réponses").click()
    expect(page.get_by_text("Il manque des réponses")).to_be_visible()
    page.get_by_role("button", name="Remettre sans ces réponses").click()
    expect(page.get_by_text("Il fallait 80 %")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_officer_opens_each_page_of_the_register(open_page, axe, held, width):
    unit = held.enrolment.person.posts.get().unit
    officer = make_officer(unit, *OFFICER, *DESIGN)
    certificate = make_certificate(make_user("Koffi", "DOSSSOU"))
    place(certificate.person, unit)
    correction = ask_for_correction(
        certificate, "Koffi", "DOSSOU", "Une faute de frappe", "acte.pdf", b"%PDF-1.4", timezone.now()
    )
    completion = make_completion()
    place(completion.enrolment.person, unit)
    course = completion.enrolment.course
    CoursePolicy.objects.create(course=course, mode="batch")
    now, everyone = timezone.now(), Certificate.objects.filter(pk=certificate.pk)
    acts = propose_acts("suspend", everyone, make_user(is_superuser=True), "Doute", "", now)
    stop_issuing(officer, "Listes de présence à vérifier", now, unit)
    bulk = reverse("wagtail_bulk_action", args=["certificates", "certificate", "revoke"])
    page = open_page(width=width, user=officer)
    for address, told in {
        reverse("certificate_holds:index"): "Certificats retenus",
        reverse("certificate_holds:decide", args=[held.pk]): "Débloquer : délivrer le certificat",
        reverse("certificate_register:act", args=["suspendre", certificate.pk]): "Ne rien faire",
        reverse("certificate_register:inspect", args=[certificate.pk]): certificate.printed_name,
        reverse("certificate_corrections:decide", args=[correction.pk]): "Une faute de frappe",
        reverse("certificate_batches:choose"): "Voir qui attend",
        reverse("certificate_batches:propose", args=[course.pk]): "Proposer ce lot",
        reverse("certificate_policies:index"): course.title,
        reverse("certificate_stop"): "Reprendre la délivrance",
        reverse("certificate_register:index"): "de cette liste",
        reverse("certificate_acts:index"): str(acts),
        reverse("certificate_acts:batch", args=[acts.pk]): "Approuver fait l’acte",
        f"{bulk}?id={certificate.pk}&next=/": "Ce qui serait refusé",
        reverse("certificate_designs:edit", args=[Design.objects.first().pk]): "Versions employées",
        reverse("certificate_updates:index"): "Mises à jour",
    }.items():
        page.goto(address)
        expect(page.get_by_text(told).first).to_be_attached()
        assert page.evaluate(WIDTH) <= width, address
        axe(page)
    batch = propose_batch(course, officer, "Promotion de novembre", timezone.now())
    page.goto(reverse("certificate_batches:batch", args=[batch.pk]))
    expect(page.get_by_text("une autre personne doit l’approuver")).to_be_visible()
    axe(page)


def test_holder_asks_for_another_name_without_javascript(open_page, axe, held):
    certificate = make_certificate(held.enrolment.person)
    page = open_page(width=360, javascript=False, user=certificate.person)
    page.goto(reverse("certificates:correction", args=[certificate.pk]))
    page.get_by_label("Nom", exact=True).fill("DOSSA")
    page.get_by_label("Ce qui ne va pas").fill("Une faute de frappe")
    page.get_by_label("Justificatif").set_input_files(
        files=[{"name": "acte.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}]
    )
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("à contrôler par les RH")).to_be_visible()

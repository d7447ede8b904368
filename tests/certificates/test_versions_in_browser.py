"""A trainer marks a version and a holder comes up to it, in a browser: seen before confirmed, and no more than what changed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from certificates.models import Certificate, KnowledgeCheck
from tests.certificates.makers import make_user
from tests.certificates.updated import age, bank_of, certify, make_followed_course, rewrite

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_trainer_marks_and_holder_reads_and_answers_what_changed(open_page, axe, run_jobs):
    course = make_followed_course()
    held = certify(course, make_user("Afi", "DOSSOU"))
    course = rewrite(course, "lecon-2")
    office = open_page(width=1280, user=make_user("Ada", "AGOSSOU", is_superuser=True, is_staff=True))
    office.goto(reverse("certificate_mark_version", args=[course.pk]))
    expect(office.get_by_label("Leçon 2")).to_be_checked()
    axe(office)
    office.get_by_label("Ce qui change, en une phrase").fill("Le délai de réponse passe à dix jours.")
    office.get_by_label(str(bank_of(course)[0])).check()
    office.get_by_role("button", name="Voir qui est concerné").click()
    expect(office.get_by_role("heading", name="1 personne concernée")).to_be_visible()
    axe(office)
    office.get_by_role("button", name="Confirmer et informer ces personnes").click()
    expect(office.get_by_text("Demande aux titulaires")).to_be_visible()
    run_jobs("certificates.assign_version")

    page = open_page(width=360, javascript=False, user=held.person)
    page.goto(reverse("certificates:mine"))
    expect(page.get_by_text("1 leçon à revoir, 1 question.")).to_be_visible()
    page.get_by_role("link", name="Mettre mon certificat à jour").click()
    expect(page.get_by_role("heading", name="Mettre mon certificat à jour")).to_be_visible()
    page.get_by_role("link", name="Leçon 2").first.click()
    page.get_by_role("button", name="J’ai revu cette leçon").click()
    expect(page.get_by_text("C’est noté : vous avez revu « Leçon 2 ».")).to_be_visible()
    page.get_by_role("link", name="Mettre mon certificat à jour").click()
    page.get_by_role("button", name="Répondre aux questions").click()
    expect(page.get_by_text("Question 1 sur 1")).to_be_visible()
    age(KnowledgeCheck.objects.get())
    page.get_by_label("Juste").check()
    page.get_by_role("button", name="Remettre mes réponses").click()
    expect(page.get_by_text("C’est à jour")).to_be_visible()
    new = Certificate.objects.get(former=held)
    assert (new.origin, new.printed.content_version) == ("update", 2)

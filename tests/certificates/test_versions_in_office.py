"""Substantial versions in the back office: who marks, who proposes, who decides, who reads the list of the holders asked."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from certificates.actions.versions import VersionRefused, decide_version
from certificates.models import Recertification, SubstantialVersion
from certificates.permissions import VIEW_UPDATE
from courses.actions.branches import keep_branch
from courses.models import ProducerPage
from tests.certificates.makers import make_officer, make_unit, make_user, place
from tests.certificates.updated import bank_of, certify, make_followed_course, mark, rewrite
from tests.factories.courses import make_reviewer, make_trainer
from tests.factories.people import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def trainer(unit):
    return make_trainer(unit, first_name="Ada", last_name="AGOSSOU")


@pytest.fixture
def course(unit, trainer):
    course = make_followed_course(parent=ProducerPage.objects.get(unit=unit))
    certify(course)
    return rewrite(course, "lecon-2")


@pytest.fixture
def partner_course(unit, trainer, course):
    """The same, in a branch where nothing is published without its review."""
    branch = ProducerPage.objects.get(unit=unit)
    branch.is_partner = True
    branch.save()
    keep_branch(branch)
    return course


def is_refused(response):
    """As Wagtail answers who may not: back to the dashboard, which says so."""
    return (response.status_code, getattr(response, "url", "")) == (302, reverse("wagtailadmin_home"))


def address(course):
    return reverse("certificate_mark_version", args=[course.pk])


def chosen(course, **fields):
    lessons = [page.pk for page in course.get_children().filter(title="Leçon 2")]
    return {"reason": "Le délai change.", "lessons": lessons, "questions": [bank_of(course)[0].pk], **fields}


def test_trainer_sees_what_changes_for_whom_before_confirming(client, course, trainer, run_jobs):
    client.force_login(trainer)
    shown = client.get(address(course)).content.decode()
    assert "Leçon 2</label>" in " ".join(shown.split()) and "comparer dans un nouvel onglet" in shown
    assert "Leçon 1" not in shown
    assert "1 personne a un certificat en cours de validité" in shown
    assert "/revisions/compare/" in shown
    wrong = client.post(address(course), chosen(course, act="preview", lessons=[]))
    assert wrong.status_code == 422
    assert "Cochez au moins une leçon" in wrong.content.decode() and "Le délai change." in wrong.content.decode()
    seen = client.post(address(course), chosen(course, act="preview"))
    page = seen.content.decode()
    assert "1 personne concernée" in page and "1 leçon à revoir" in page and "1 question" in page
    assert not SubstantialVersion.objects.exists()
    assert (
        "1 personne concernée" in client.post(address(course), chosen(course, act="confirm")).content.decode()
    )  # unseen
    confirmed = client.post(address(course), chosen(course, act="confirm", seen=seen.context["seen"]), follow=True)
    assert "La version est signalée" in confirmed.content.decode()
    run_jobs()
    page = client.get(confirmed.redirect_chain[-1][0]).content.decode()
    assert "1 personne invitée à se mettre à jour : 0 l’ont fait, 1 reste à le faire." in " ".join(page.split())
    again = client.post(address(course), chosen(course, act="confirm", seen=seen.context["seen"]))
    assert again.status_code == 422 and SubstantialVersion.objects.count() == 1


def test_trainers_of_other_branches_and_learners_are_kept_out(client, course, trainer):
    version = mark(course, trainer)
    page = reverse("certificate_versions:version", args=[version.pk])
    other = make_trainer()
    client.force_login(other)
    assert is_refused(client.get(address(course)))  # a published course is seen, and not theirs
    assert is_refused(client.post(address(course), chosen(course, act="confirm")))
    assert client.get(page).status_code == 404
    assert str(version) not in client.get(reverse("certificate_versions:index")).content.decode()
    with pytest.raises(VersionRefused):
        mark(course, other)
    client.force_login(make_user())
    assert client.get(address(course)).status_code == 403  # no way into the back office
    assert client.get(page).status_code == 403


def test_what_a_partner_proposes_waits_for_a_reviewer_of_the_branch(client, partner_course, trainer, unit, run_jobs):
    client.force_login(trainer)
    seen = client.post(address(partner_course), chosen(partner_course, act="preview"))
    assert "Proposer à la relecture" in seen.content.decode()
    client.post(address(partner_course), chosen(partner_course, act="confirm", seen=seen.context["seen"]))
    run_jobs()
    version = SubstantialVersion.objects.get()
    assert (version.state, Recertification.objects.count()) == ("à relire", 0)
    page = reverse("certificate_versions:version", args=[version.pk])
    assert is_refused(client.post(page, {"act": "confirm"}))  # one’s own
    for stranger in (make_reviewer(), make_trainer()):
        client.force_login(stranger)
        assert client.post(page, {"act": "confirm"}).status_code == 404
        with pytest.raises(VersionRefused):
            decide_version(version, stranger, True, "", timezone.now())
    reviewer = make_reviewer(unit)
    client.force_login(reviewer)
    listed = client.get(reverse("certificate_versions:index") + "?state=waiting").content.decode()
    assert str(version) in listed
    assert "Confirmer demande à 1 personne" in client.get(page).content.decode()
    assert "Dites à la personne" in client.post(page, {"act": "refuse"}, follow=True).content.decode()
    client.post(page, {"act": "confirm", "comment": "Vérifié."})
    run_jobs()
    assert Recertification.objects.count() == 1
    (letter,) = [message for message in mail.outbox if message.to == [trainer.email]]
    assert letter.subject == "Version importante de « Messagerie » : en vigueur"
    assert is_refused(client.post(page, {"act": "confirm"}))  # decided


def test_a_refused_proposal_asks_nobody_and_may_be_made_again(partner_course, trainer, unit, run_jobs):
    version = mark(partner_course, trainer)
    with pytest.raises(VersionRefused, match="attend déjà"):
        mark(partner_course, trainer)
    decide_version(version, make_reviewer(unit), False, "Trop tôt.", timezone.now())
    run_jobs()
    assert Recertification.objects.count() == 0
    assert mark(partner_course, trainer).state == "à relire"


@pytest.mark.parametrize("count", [1, 3])
def test_officers_list_who_was_asked_at_the_same_cost(
    client, course, trainer, count, run_jobs, django_assert_num_queries
):
    sight, hidden = make_unit("S1"), make_unit("S2")
    people = [make_user("Marie", f"N{number}") for number in range(count)]
    stranger = make_user("Cachée", "AILLEURS")
    for person in people:
        place(person, sight)
    place(stranger, hidden)
    course.content_version = 1
    course.save_revision().publish()
    for person in [*people, stranger]:
        certify(course, person)
    rewrite(course, "lecon-3")
    mark(course, trainer)
    run_jobs()
    client.force_login(make_officer(sight, VIEW_UPDATE))
    listing = reverse("certificate_updates:index")
    client.get(listing)
    with django_assert_num_queries(11):
        shown = client.get(listing).content.decode()
    assert all(str(person) in shown for person in people)
    assert "AILLEURS" not in shown
    lines = b"".join(client.get(f"{listing}?export=csv").streaming_content).decode().splitlines()
    assert len(lines) == 1 + count and "1 leçon à revoir" in lines[1]
    client.force_login(make_officer(sight))
    assert is_refused(client.get(listing))


def test_someone_elses_update_is_not_found(client, course, trainer, run_jobs):
    mark(course, trainer)
    run_jobs()
    update = Recertification.objects.get()
    client.force_login(make_user())
    assert client.get(update.get_absolute_url()).status_code == 404
    for act in ("questions", "finish"):
        assert client.post(update.get_absolute_url(), {"act": act}).status_code == 404

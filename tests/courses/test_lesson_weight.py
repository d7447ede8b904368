"""The weight of a lesson, told to its author: panel, budget, content checker."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.content_checks import CHECK, RULE
from courses.rules.weight import ASKED, FRAME_BYTES, PICTURES_BUDGET, SHOWN, LessonWeight, MediaPiece
from courses.weight import gzip_bytes, lesson_weight
from lms.learning.models import Enrolment
from tests.factories.courses import LessonPageFactory
from tests.factories.lesson_body import every_block
from tests.factories.people import UserFactory


def as_learner(page) -> str:
    """The lesson as shown to someone enrolled in its course."""
    person = UserFactory()
    Enrolment.objects.create(person=person, course=page.get_parent().specific, enrolled_at=timezone.now())
    learner = Client()
    learner.force_login(person)
    return learner.get(page.url).content.decode()


def test_sums_of_a_weight():
    pieces = (MediaPiece("Schéma", 30_000, SHOWN), MediaPiece("Film", 900_000, ASKED), MediaPiece("Son", 100, ASKED))
    weight = LessonWeight(text_bytes=4_000, pieces=pieces)
    assert (weight.first_view_bytes, weight.shown_bytes, weight.asked_bytes) == (FRAME_BYTES + 4_000, 30_000, 900_100)
    assert weight.is_within_budget


@pytest.mark.parametrize(
    ("text_bytes", "pictures", "too_heavy"),
    [
        (60_000 - FRAME_BYTES, PICTURES_BUDGET, (False, False)),
        (60_001 - FRAME_BYTES, 0, (True, False)),
        (0, PICTURES_BUDGET + 1, (False, True)),
    ],
)
def test_budgets(text_bytes, pictures, too_heavy):
    weight = LessonWeight(text_bytes, (MediaPiece("Image", pictures, SHOWN),))
    assert (weight.is_text_too_heavy, weight.are_pictures_too_heavy) == too_heavy
    assert weight.is_within_budget is not any(too_heavy)


def test_compressed_as_the_server_does():
    text = "Bonjour à toutes et à tous. " * 500
    assert abs(gzip_bytes(text) - len(gzip.compress(text.encode(), 6))) < 20


@pytest.mark.django_db
def test_files_of_a_lesson_are_weighed_where_they_are_fetched():
    page = LessonPageFactory(body=every_block())
    weight = lesson_weight(page.body)
    assert weight.text_bytes == gzip_bytes(str(page.body.render_as_block()))
    assert [piece.label for piece in weight.shown] == ["Schéma", "Schéma", "Schéma"]
    assert [(piece.label, piece.size_bytes) for piece in weight.asked] == [
        *(("Le film", 840_000), ("Les sous-titres", 2_100), ("Le son", 290_000), ("Modèle de note", 46_000)),
    ]


@pytest.mark.django_db
def test_missing_files_weigh_nothing():
    page = LessonPageFactory(body=every_block())
    for child in page.body:
        if child.block_type == "image":
            child.value.file.storage.delete(child.value.file.name)
    assert lesson_weight(page.body, "").shown == []


@pytest.mark.django_db
def test_frame_weighs_what_the_budget_says():
    """All that the page of an empty lesson fetches, compressed, fits FRAME_BYTES and fills most of it."""
    page = LessonPageFactory(body=[("prose", "")], micro_action="")
    html = as_learner(page)
    assets = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', html))
    total = gzip_bytes(html) + sum(gzip_bytes(Path(finders.find(name)).read_text()) for name in assets)
    assert 0.8 * FRAME_BYTES < total <= FRAME_BYTES


@pytest.mark.django_db
def test_author_sees_the_weight(admin_client):
    page = LessonPageFactory(body=every_block())
    html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    panel = html.partition('class="lesson-weight"')[2].replace("\N{NO-BREAK SPACE}", " ")
    assert "(budget : 60 ko)" in panel
    assert "<td>Le film</td><td>840 ko</td>" in panel
    assert "help-warning" not in panel.partition("</table>")[0]


@pytest.mark.django_db
def test_author_is_warned_above_the_budget(admin_client, monkeypatch):
    monkeypatch.setattr("courses.rules.weight.FIRST_VIEW_BUDGET", 100)
    page = LessonPageFactory()
    html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "partagez cette leçon en deux" in html


@pytest.mark.django_db
def test_content_checker_knows_the_budget(admin_client):
    page = LessonPageFactory()
    html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    told = json.loads(re.search(r'id="checker-axe-configuration" type="application/json">(.*?)</script>', html)[1])
    assert [rule["selector"] for rule in told["spec"]["rules"] if rule["id"] == RULE] == ["[data-within-budget]"]
    assert RULE in told["options"]["runOnly"]
    assert [check["id"] for check in told["spec"]["checks"]].count(CHECK) == 1
    assert told["messages"][RULE]["error_name"] == "Leçon trop lourde pour un téléphone"


@pytest.mark.django_db
def test_learners_are_told_nothing_of_it(admin_client):
    page = LessonPageFactory()
    shown = as_learner(page)
    assert '<div class="prose">' in shown
    assert "data-within-budget" not in shown
    draft = admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()
    assert 'data-within-budget="true"' in draft

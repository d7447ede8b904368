"""The health address: what a supervisor learns without signing in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.core.models import Job

pytestmark = pytest.mark.django_db


def test_health_answers_anonymously_that_nothing_waits(client):
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json() == {"base": "joignable", "plus_ancienne_tache_en_attente_secondes": 0}


def test_health_says_how_long_the_oldest_due_job_has_waited(client):
    now = timezone.now()
    for minutes in (-60, 3, 2):  # the first is not due yet
        Job.objects.create(name="x", key=str(minutes), run_after=now - timedelta(minutes=minutes), created_at=now)
    assert 180 <= client.get("/sante/").json()["plus_ancienne_tache_en_attente_secondes"] <= 182

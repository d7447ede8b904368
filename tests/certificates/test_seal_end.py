"""The end of the seal's certificate, told of 90, 30 and 7 days before."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.actions import warn_of_seal_end
from certificates.checks import seal_in_use, seal_is_fit_and_lasts
from certificates.tasks.watches import watch_seal
from lms.core.models import AuditEntry


def before_the_end(days):
    return seal_in_use().not_valid_after_utc - timedelta(days=days)


@pytest.mark.django_db
def test_each_alarm_is_one_entry_of_the_audit_trail_and_a_line_each_night(caplog):
    for days in (91, 90, 89, 30, 29, 7, 6, 5):
        warn_of_seal_end(before_the_end(days))
    told = AuditEntry.objects.filter(verb="seal.ends_soon").order_by("pk")
    assert [entry.details["days"] for entry in told] == [90, 30, 7]
    levels = [record.levelno for record in caplog.records if record.name == "certificates.actions.watching"]
    assert levels == [logging.WARNING] * 4 + [logging.ERROR] * 3
    assert "(dans 5 jours)" in caplog.text


@pytest.mark.django_db
def test_nightly_task_says_nothing_of_a_seal_that_lasts_nor_of_none(settings, tmp_path):
    watch_seal()
    settings.LMS_PKI_DIR = tmp_path
    watch_seal()
    assert not AuditEntry.objects.filter(verb="seal.ends_soon").exists()


@pytest.mark.parametrize(
    ("days", "said"), [(30, "(dans 30 jours)"), (1, "(dans moins de deux jours)"), (-1, "(c’est passé)")]
)
def test_check_warns_the_operator_to_the_last_and_after(days, said, monkeypatch):
    now = before_the_end(days)
    assert seal_is_fit_and_lasts(None) == []
    monkeypatch.setattr(timezone, "now", lambda: now)
    (found,) = seal_is_fit_and_lasts(None)
    assert found.id == "lms.W003"
    assert said in found.msg
    assert not found.is_serious()

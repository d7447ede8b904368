"""The remembered user and the content policies."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from lms.core.middleware import cached_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return get_user_model().objects.create_user("ama@example.org", "x", first_name="Ama")


@pytest.fixture
def ask(client, user):
    """The user a request of the signed-in browser is answered for."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def request_user():
        request = RequestFactory().get("/")
        request.session = client.session
        return cached_user(request)

    return request_user


def test_the_user_is_read_once_a_minute(ask, user, django_assert_num_queries):
    assert ask() == user
    with django_assert_num_queries(0):
        assert ask().first_name == "Ama"


def test_a_saved_user_is_read_anew(ask, user):
    ask()
    user.first_name = "Afi"
    user.save()
    assert ask().first_name == "Afi"


def test_a_changed_password_ends_the_session(ask, user):
    ask()
    user.set_password("y")
    user.save()
    assert ask() == AnonymousUser()


def test_a_remembered_user_with_another_hash_is_not_believed(ask, user):
    ask()
    # As another process would have changed it: this one's cache keeps the old row.
    get_user_model().objects.filter(pk=user.pk).update(password="!other")
    assert ask() == user  # for at most a minute, as promised
    from django.core.cache import cache

    cache.clear()
    assert ask() == AnonymousUser()


def test_a_deactivated_user_is_out_at_once(ask, user):
    ask()
    user.is_active = False
    user.save()
    assert ask() == AnonymousUser()


def test_a_deleted_user_is_out_at_once(ask, user):
    ask()
    user.delete()
    assert ask() == AnonymousUser()


def test_nobody_is_remembered_for_an_anonymous_browser(client):
    request = RequestFactory().get("/")
    request.session = client.session
    assert not isinstance(cached_user(request), SimpleLazyObject)
    assert cached_user(request) == AnonymousUser()


def test_pages_of_the_site_have_the_strict_policy(client):
    policy = client.get("/sante/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy.split("; ")
    assert "http" not in policy


def test_only_the_back_office_has_the_looser_one(client, user):
    user.is_superuser = user.is_staff = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    policy = client.get("/gestion/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "http" not in policy


def test_body_larger_than_any_form_is_refused_unread(client, settings):
    settings.LMS_BODY_MAX_BYTES, settings.LMS_BACK_OFFICE_BODY_MAX_BYTES = 1000, 2000
    assert client.post("/verifier/fichier/", {"pdf": "x" * 400}).status_code == 422
    assert client.post("/verifier/fichier/", {"pdf": "x" * 1400}).status_code == 400
    assert client.post("/gestion/images/add/", {"file": "x" * 1400}).status_code == 302  # to the login
    assert client.post("/gestion/images/add/", {"file": "x" * 2400}).status_code == 400

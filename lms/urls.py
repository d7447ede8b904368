"""All addresses: each app's own, then Wagtail's pages."""

from importlib.util import find_spec

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.core import views as core_views

# Pages are public unless their type says otherwise in its `serve` (lessons and quizzes do).
login_not_required(wagtail_views.serve)

urlpatterns = [
    path("sante/", core_views.health, name="health"),
    path("accessibilite/", core_views.accessibility, name="accessibility"),
    path("media/<path:path>", core_views.media, name="media"),
    path("gestion/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("compte/", include("allauth.urls")),
]
APPS = ("lms.hr", "certificates", "lms.assessment", "lms.learning", "courses", "lms.people")
urlpatterns += [path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")]
urlpatterns += [path("", include(wagtail_urls))]

"""All addresses: each app's own, then Wagtail's pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from courses import media_files
from courses.back_office.question_tags import tag_autocomplete
from lms.core import views as core_views

# Pages are public unless their type says otherwise in its `serve` (lessons and quizzes do).
login_not_required(wagtail_views.serve)

# One door: Wagtail's two login forms know neither the second factor nor the limit on attempts.
to_the_login = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))

urlpatterns = [
    path("sante/", core_views.health, name="health"),
    path("accessibilite/", core_views.accessibility, name="accessibility"),
    path("identite/<slug:key>.css", core_views.identity_colours, name="identity_colours"),
    path("media/<path:path>", core_views.media, name="media"),
    path("gestion/login/", to_the_login, name="back_office_login"),
    path("_util/login/", to_the_login, name="page_login"),
    path("gestion/tag-autocomplete/courses/questiontag/", tag_autocomplete),  # in place of Wagtail's, which shows all
    path("gestion/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<path:document_filename>", media_files.document, name="document"),
    path("documents/", include(wagtaildocs_urls)),
    path("compte/", include("allauth.urls")),
    path("", include("lms.hr.urls")),
    path("", include("certificates.urls")),
    path("", include("lms.assessment.urls")),
    path("", include("lms.learning.urls")),
    path("", include("courses.urls")),
    path("", include("lms.people.urls")),
    path("", include(wagtail_urls)),
]

"""What a WSGI server serves (gunicorn: `lms.wsgi:application`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")

application = get_wsgi_application()

from lms.core.checks import refuse_unsafe_start  # noqa: E402  (Django must be ready)

refuse_unsafe_start()

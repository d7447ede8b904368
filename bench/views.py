"""The floors: what a page or a save costs Django when there is nothing of ours in it but the frame of the pages."""

import json
import time
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from bench.models import Mark
from lms.learning.models import Enrolment


@cache
def props() -> dict:
    """What `bench.content` left for the floors: the text of the real pages, so that sizes are the same."""
    return json.loads((settings.LMS_DATA_DIR / "props.json").read_text())


@login_not_required
def bare(request):
    """The anonymous catalogue's very bytes, with nothing done to make them."""
    return HttpResponse(props()["catalogue"])


def plain_lesson(request):
    """A lesson without Wagtail: authenticate, read the enrolment, render the text and the list of steps."""
    lesson = props()["lesson"]
    enrolment = get_object_or_404(Enrolment, person=request.user, course=lesson["course_id"])
    context = lesson | {"enrolment": enrolment, "body": mark_safe(lesson["body"])}
    return render(request, "bench/plain_lesson.html", context)


def plain_home(request):
    """A learner's space: authenticate, read the enrolments with their courses, render the list."""
    enrolments = Enrolment.objects.filter(person=request.user).select_related("course")
    context = {"enrolments": enrolments, "filling": mark_safe(props()["home"])}
    return render(request, "bench/plain_home.html", context)


@require_POST
def plain_write(request):
    """A form that writes one row: authenticate, check the token, insert, send back."""
    Mark.objects.create(person=request.user, label="post", value=request.POST["value"], written_at=time.time())
    return redirect("/plancher/espace/")

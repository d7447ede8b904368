"""A lesson, the page most read of all, and saying it is done."""

from hashlib import blake2b

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.models import CoursePage
from courses.outline import QUIZ, OutlineItem, lesson_body_html
from lms.learning import actions, pace
from lms.learning.models import Enrolment, LessonRemark
from lms.learning.study import Study, find_study, micro_action
from lms.learning.views.steps import outline_html

# Changes with each start of the server: what templates or style sheets changed is never taken for unchanged.
STARTED = timezone.now().isoformat()


@require_safe
def lesson(request, course, item):
    """A lesson for who is enrolled; the address of a quiz leads to its own page.

    One query when caches are warm, a second when the learner comes from another page of the course.
    """
    study = find_study(request.user, course)
    if study is None:
        return _send_to_enrol(request, course)
    found = study.outline.item(item)
    if found is None or not found.is_open_to(request.user):
        raise Http404
    if found.kind == QUIZ:
        return redirect("assessment:quiz", found.id)
    if study.last_item_id != found.id:
        Enrolment.objects.filter(pk=study.enrolment_id).update(last_item=found.id)
    etag = _etag(request, study, found)
    unchanged = None if _has_messages(request) else get_conditional_response(request, etag=etag)
    response = unchanged or render(request, "learning/lesson.html", _context(study, found))
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_POST
def lesson_done(request, course, item):
    """Record that the lesson is done, then go on to the next step."""
    study = find_study(request.user, course)
    if study is None:
        return _send_to_enrol(request, course)
    found = study.outline.item(item)
    if found is None or found.kind == QUIZ or not found.is_open_to(request.user):
        raise Http404
    enrolment = Enrolment(pk=study.enrolment_id)
    now = timezone.now()
    opened_at = pace.opened_at(request.POST.get("ouverte", ""), enrolment.pk, found.id)
    with transaction.atomic():  # whoever hears that the course is completed knows at what pace
        if actions.finish_lesson(enrolment, found, now) and opened_at:
            words = len(strip_tags(lesson_body_html(found.id, found.body_key)).split())
            pace.record_pace(enrolment, found.id, words, opened_at, now, f"lesson:{enrolment.pk}:{found.id}")
    if study.is_completed and found in study.asked_again:
        return _to_what_is_asked_again(request, study, found)
    following = study.outline.after(found)
    if following:
        return redirect(following.url)
    study = find_study(request.user, course)
    if study.is_completed:
        messages.success(request, _("Bravo, vous avez terminé cette formation. Votre certificat se prépare."))
        return redirect("learning:progress", study.enrolment_id)
    messages.info(request, _("Leçon terminée. Voici ce qu’il vous reste à faire."))
    return redirect("learning:progress", study.enrolment_id)


def _to_what_is_asked_again(request, study, done):
    """On to the next lesson that changed, or to the course, which says what is left."""
    following = next((item for item in study.asked_again if item is not done), None)
    messages.success(request, _("C’est noté : vous avez revu « %(title)s ».") % {"title": done.title})
    return redirect(following.url if following else study.outline.url)


def _send_to_enrol(request, slug):
    get_object_or_404(CoursePage.objects.live().only("pk"), slug=slug)
    messages.info(request, _("Inscrivez-vous à cette formation pour ouvrir ses leçons et son évaluation."))
    return redirect("learning:course", slug)


def _context(study: Study, item: OutlineItem) -> dict:
    outline = study.outline
    return {
        "course": outline,
        "course_url": outline.url,
        "crumbs": [(_("Mon espace"), reverse("learning:home")), (outline.title, outline.url), (item.title, None)],
        "lesson": {"title": item.title, "duration_minutes": item.minutes, "micro_action": micro_action(item)},
        "body": lesson_body_html(item.id, item.body_key),
        "outline_html": outline_html(study, item),
        "position": item.position,
        "step_count": len(outline.items),
        "progress_percent": study.percent,
        "previous": outline.before(item),
        "next": outline.after(item),
        "is_enrolled": True,
        "is_done": item.id in study.done_ids,
        "is_asked_again": item in study.asked_again,
        "done_url": f"{item.url}terminer/",
        "opening": pace.opening_of(study.enrolment_id, item.id, timezone.now()),
        "progress_url": reverse("learning:progress", args=[study.enrolment_id]),
        "remark_url": f"{item.url}remarque/",
        "remark_length": LessonRemark.MAX_LENGTH,
    }


def _has_messages(request) -> bool:
    return bool(len(messages.get_messages(request)))


def _etag(request, study: Study, item: OutlineItem) -> str:
    """What the page is made of. With the learner's CSRF secret, lest a token outlive a login."""
    get_token(request)
    secret = request.META["CSRF_COOKIE"]
    parts = (STARTED, secret, request.user.pk, str(request.user), item.body_key, sorted(study.done_ids), study.state)
    what = (parts, item.id, item in study.asked_again, study.outline.id, study.version)
    return f'"{blake2b(repr(what).encode(), digest_size=12).hexdigest()}"'

"""A programme as its page shows it: its courses in order, its hours and its competences. As many queries for one course as for ten."""

from dataclasses import dataclass

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import CompetenceGain, CoursePage, ProgrammePage
from courses.outline import course_url


@dataclass(frozen=True)
class ShownPart:
    """One course of a programme, for one visitor. `is_open`: whether they find it in the catalogue."""

    course_id: int
    slug: str
    title: str
    summary: str
    url: str
    minutes: int
    in_person_minutes: int
    is_required: bool
    is_open: bool


def parts_of(programme: ProgrammePage, user) -> list[ShownPart]:
    """The courses of a programme (a draft's in a preview), in order."""
    parts = list(programme.parts.all())
    courses = CoursePage.objects.in_bulk([part.course_id for part in parts])
    is_open = set(CoursePage.objects.visible_to(user).filter(pk__in=courses).values_list("pk", flat=True))
    return [
        ShownPart(
            course_id=part.course_id,
            slug=course.slug,
            title=course.title,
            summary=course.summary,
            url=course_url(course.slug),
            minutes=course.duration_minutes,
            in_person_minutes=course.in_person_minutes,
            is_required=part.is_required,
            is_open=part.course_id in is_open,
        )
        for part in parts
        for course in [courses[part.course_id]]
    ]


def programme_sheet(programme: ProgrammePage, parts: list[ShownPart]) -> dict:
    """What the page says to everyone; hours and competences are those of the courses that the visitor may find."""
    found = [part for part in parts if part.is_open]
    return {
        "programme": programme,
        "crumbs": [(_("Formations"), reverse("courses:catalogue")), (programme.title, None)],
        "parts": parts,
        "minutes": sum(part.minutes for part in found),
        "in_person_minutes": sum(part.in_person_minutes for part in found),
        "gains": best_gains([part.course_id for part in found]),
        "audience": [profile.name for profile in programme.audience.all()],
    }


def best_gains(course_ids: list[int]) -> list[dict]:
    """In each competence the highest level that one of the courses leads to; one query."""
    gains = CompetenceGain.objects.filter(course__in=course_ids).select_related("competence")
    best: dict[str, CompetenceGain] = {}
    for gain in gains.order_by("competence__code", "level"):
        best[gain.competence.code] = gain
    return [{"competence": gain.competence.name, "level": gain.level} for gain in best.values()]


def programme_url(slug: str) -> str:
    """The address of a programme: the same for the direct route and for Wagtail."""
    return f"{reverse('courses:programmes')}{slug}/"


def programme_cards(programmes) -> list[dict]:
    """The cards of programmes in the catalogue; one query."""
    counted = programmes.annotate(
        course_count=Count("parts", distinct=True), minutes=Sum("parts__course__duration_minutes")
    )
    return [
        {
            "title": programme.title,
            "url": programme_url(programme.slug),
            "summary": programme.summary,
            "code": programme.slug,
            "minutes": programme.minutes,
            "courses": programme.course_count,
        }
        for programme in counted
    ]

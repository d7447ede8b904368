"""The demo's programme: some of its courses in order, and who follows it."""

from datetime import datetime

from wagtail.models import Page

from courses.models import CoursePage, ProgrammeCourse, ProgrammePage
from lms.core.datafiles import Entry
from lms.learning.programmes import follow_programme
from lms.people.models import User


def add_programme(entry: Entry, known: dict[str, User], now: datetime) -> bool:
    """Publish the programme beside its first course, and have `suivi_par` follow it; False where it exists.

    Raises CoursePage.DoesNotExist when it names a course that is not loaded.
    """
    if ProgrammePage.objects.filter(slug=entry.text("code")).exists():
        return False
    optional = entry.items_of("facultatives")
    parts = [
        ProgrammeCourse(course=CoursePage.objects.get(code=code), is_required=code not in optional, sort_order=rank)
        for rank, code in enumerate([*entry.items_of("obligatoires"), *optional])
    ]
    place = parts[0].course.get_parent()
    programme = ProgrammePage(
        title=entry.prose("title"),
        slug=entry.text("code"),
        summary=entry.prose("summary"),
        contact_email=entry.text("contact"),
        producer=parts[0].course.producer,
        optional_count=entry.number("au_moins", 0, len(optional)),
        parts=parts,
        live=False,
    )
    Page.objects.get(pk=place.pk).add_child(instance=programme)
    programme.save_revision().publish()
    for email in entry.items_of("suivi_par"):
        follow_programme(known[email], ProgrammePage.objects.get(pk=programme.pk), now)
    return True

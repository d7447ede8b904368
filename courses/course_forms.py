"""The form of a course in the editor: what can be guessed of a new one, and in a branch, the producer is its unit."""

from datetime import date, timedelta

from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm

from lms.people.models import Unit, User

REVIEWED_WITHIN = timedelta(days=365)


class CoursePageForm(WagtailAdminPageForm):
    """A trainer names their own unit, by saying so or by saying nothing; those who keep the catalogue name any.

    A producer that they gave stays. A new course is answered for by its author and reviewed within a year, unless they say
    otherwise.
    """

    def __init__(self, data=None, files=None, parent_page=None, *args, instance=None, for_user=None, **kwargs):
        parent = parent_page.specific if parent_page else None
        self.branch = parent if hasattr(parent, "unit") else None
        if instance is not None and instance.pk is None and for_user is not None:
            begin_course(instance, for_user, self.branch and self.branch.unit, timezone.localdate())
        super().__init__(data, files, parent_page, *args, instance=instance, for_user=for_user, **kwargs)
        if "producer" not in self.fields or self.branch is None or self._keeps_catalogue():
            return
        own = {self.branch.unit_id, self.instance.producer_id} - {None}
        self.fields["producer"].queryset = Unit.objects.filter(pk__in=own)

    def clean(self):
        cleaned = super().clean()
        if self.branch and "producer" in self.fields and not cleaned.get("producer") and "producer" not in self.errors:
            cleaned["producer"] = self.branch.unit
        return cleaned

    def _keeps_catalogue(self) -> bool:
        from courses.permissions import keeps_catalogue  # permissions stand above models

        return self.for_user is None or keeps_catalogue(self.for_user)


def begin_course(course, author: User, unit: Unit | None, today: date) -> None:
    """Fill what the sheet of a new course, or programme, leaves empty; `unit` is that of its branch."""
    course.contact_email = course.contact_email or author.email
    course.producer = course.producer or unit
    if hasattr(course, "review_due_on"):  # a programme has none: its courses have theirs
        course.review_due_on = course.review_due_on or today + REVIEWED_WITHIN

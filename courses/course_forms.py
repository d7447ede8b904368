"""The form of a course in the editor: in a branch, the producer is its unit."""

from wagtail.admin.forms import WagtailAdminPageForm

from lms.people.models import Unit


class CoursePageForm(WagtailAdminPageForm):
    """A trainer names their own unit, by saying so or by saying nothing; those who keep the catalogue name any.

    A producer that they gave stays.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        parent = self.parent_page.specific if self.parent_page else None
        self.branch = parent if hasattr(parent, "unit") else None
        if "producer" not in self.fields or self.branch is None or self._keeps_catalogue():
            return
        own = {self.branch.unit_id, self.instance.producer_id} - {None}
        self.fields["producer"].queryset = Unit.objects.filter(pk__in=own)
        self.fields["producer"].initial = self.branch.unit_id

    def clean(self):
        cleaned = super().clean()
        if self.branch and "producer" in self.fields and not cleaned.get("producer") and "producer" not in self.errors:
            cleaned["producer"] = self.branch.unit
        return cleaned

    def _keeps_catalogue(self) -> bool:
        from courses.permissions import keeps_catalogue  # permissions stand above models

        return self.for_user is None or keeps_catalogue(self.for_user)

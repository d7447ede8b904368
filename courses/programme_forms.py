"""The form of a programme in the editor: what is asked must be possible, and its courses are those its author may see."""

from django.utils.translation import gettext as _

from courses.course_forms import CoursePageForm
from courses.rules.programmes import OPEN_COURSES_ONLY, too_many_asked


class ProgrammePageForm(CoursePageForm):
    """As for a course, the producer is the unit of the branch and the contact its author, unless they say otherwise."""

    def clean(self):
        cleaned = super().clean()
        chosen = self.chosen_parts()
        for form, course in chosen:
            if not self.may_choose(course):
                form.add_error("course", _("Choisissez une formation publiée, ou l’une des vôtres."))
            elif not (self.is_deferred_validation or course.is_open):
                form.add_error("course", OPEN_COURSES_ONLY % {"title": course.title})
        optional = sum(not form.cleaned_data.get("is_required") for form, _course in chosen)
        asked = cleaned.get("optional_count")
        if asked is not None and (defect := too_many_asked(asked, optional)):
            self.add_error("optional_count", defect)
        return cleaned

    def chosen_parts(self):
        """The form of each course that is kept, with the course."""
        formset = self.formsets.get("parts")
        forms = formset.forms if formset and formset.is_valid() else []
        kept = [form for form in forms if not form.cleaned_data.get("DELETE")]
        return [(form, form.cleaned_data["course"]) for form in kept if form.cleaned_data.get("course")]

    def may_choose(self, course) -> bool:
        from courses.permissions import pages_in_sight  # permissions stand above models

        return course.live or self.for_user is None or pages_in_sight(self.for_user).filter(pk=course.pk).exists()

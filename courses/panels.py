"""The panel of the lesson editor that says how much the lesson weighs, as it was last saved."""

from wagtail.admin.panels import Panel

from courses.rules.weight import FIRST_VIEW_BUDGET, PICTURES_BUDGET
from courses.weight import lesson_weight


class LessonWeightPanel(Panel):
    """What a reader's phone fetches at first, while reading, and on request."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/back_office/lesson_weight.html"

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {
                "weight": lesson_weight(self.instance.body),
                "first_view_budget": FIRST_VIEW_BUDGET,
                "pictures_budget": PICTURES_BUDGET,
            }

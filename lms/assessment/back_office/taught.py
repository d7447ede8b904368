"""Lists for trainers: the rows of the courses they teach."""

from lms.assessment.permissions import TeachingPolicy
from lms.learning.register import RegisterIndexView, RegisterViewSet


class TaughtIndexView(RegisterIndexView):
    """The rows of the courses that who looks teaches. The model has a `taught_by(user)`."""

    def get_base_queryset(self):
        return self.model._default_manager.taught_by(self.request.user).select_related(*self.related)


class TaughtViewSet(RegisterViewSet):
    """A list of the courses one teaches and its exports; what is done about a row has pages of its own."""

    index_view_class = TaughtIndexView
    add_to_admin_menu = False  # they stand together in the menu

    @property
    def permission_policy(self):
        return TeachingPolicy(self.model)

"""Read-only lists of records in the back office, held to the one scoping rule: list, search, filter, export."""

from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from lms.core.spreadsheets import SafeExportMixin


class RegisterIndexView(SafeExportMixin, IndexView):
    """The rows about the people in scope of who looks."""

    view_permission = ""
    related: list[str] = []

    def get_base_queryset(self):
        rows = self.model._default_manager.visible_to(self.request.user, self.view_permission)
        return rows.select_related(*self.related)


class RegisterViewSet(ModelViewSet):
    """A list and its exports; records are facts, so nothing is added, changed or deleted by hand.

    The model has a `visible_to` of its own (`OwnedQuerySet`); `view_permission` is "app_label.codename".
    """

    view_permission = ""
    related: list[str] = []
    index_view_class = RegisterIndexView
    form_fields: list[str] = []
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = 50
    search_backend_name = None

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(
            **{"view_permission": self.view_permission, "related": self.related, **kwargs}
        )

    def get_common_view_kwargs(self, **kwargs):
        closed = ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        return super().get_common_view_kwargs(**{**dict.fromkeys(closed), **kwargs})

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in {"index", "index_results"}]

    def register_admin_url_finder(self):
        """Nothing of the back office links to an edit page there is none of."""

"""Wagtail's generic views held to the one scoping rule: a row out of scope is 404, whatever the address."""

from django.db import models
from django.http import Http404
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from lms.core.deletion import refuse_deletion
from lms.core.spreadsheets import SafeExportMixin


class ScopedPermissionPolicy(ModelPermissionPolicy):
    """The model's permissions, each on the rows of its own scope only (`in_scope_of` of the model's QuerySet)."""

    def user_has_permission_for_instance(self, user, action: str, instance: models.Model) -> bool:
        return self.instances_user_has_permission_for(user, action).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user, actions) -> models.QuerySet:
        rows = self.model._default_manager.none()
        for action in actions:
            if self.user_has_permission(user, action):
                rows |= self.model._default_manager.in_scope_of(user, self._get_permission_name(action))
        return rows


class ScopedObjectMixin:
    """A view of one row: 404 unless the row is in the scope of what the view does."""

    def get_object(self, *args, **kwargs):
        row = super().get_object(*args, **kwargs)
        actions = [self.permission_required] if self.permission_required else self.any_permission_required
        if not self.permission_policy.user_has_any_permission_for_instance(self.request.user, actions, row):
            raise Http404
        return row


class IndexView(SafeExportMixin, generic.IndexView):
    related: list[str] = []
    any_permission_required = ["add", "change", "delete", "view"]

    def get_base_queryset(self):
        rows = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, self.any_permission_required
        )
        return rows.select_related(*self.related)


class CreateView(generic.CreateView):
    """Creates by an action of the app: `act` is given the filled form."""

    def act(self, form):
        raise NotImplementedError

    def save_instance(self):
        return self.act(self.form)


class EditView(ScopedObjectMixin, generic.EditView):
    """Writes by an action of the app: `act` is given the filled form. The audit trail is the history."""

    def get_history_url(self):
        return None

    def act(self, form):
        raise NotImplementedError

    def save_instance(self):
        return self.act(self.form)


class DeleteView(ScopedObjectMixin, generic.DeleteView):
    def run_before_hook(self):
        return refuse_deletion(self.request, [self.object], self.index_url_name)


class HistoryView(ScopedObjectMixin, history.HistoryView):
    pass


class UsageView(ScopedObjectMixin, usage.UsageView):
    permission_required = "change"


class InspectView(ScopedObjectMixin, generic.InspectView):
    pass


class ScopedViewSet(ModelViewSet):
    """A ModelViewSet of which every view keeps to the scope. No chooser and no bulk action exist for its model."""

    index_view_class = IndexView
    delete_view_class = DeleteView
    history_view_class = HistoryView
    usage_view_class = UsageView
    inspect_view_class = InspectView
    copy_view_enabled = False
    list_per_page = 50

    @property
    def permission_policy(self):
        return ScopedPermissionPolicy(self.model)

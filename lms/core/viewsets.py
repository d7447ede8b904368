"""The job centre and the audit trail in the back office: lists, filters, exports, and replaying what failed."""

from urllib.parse import urlencode

import django_filters
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import StatusTagColumn
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import HeaderButton

from lms.core import jobs
from lms.core.models import AuditEntry, Job
from lms.core.permissions import ReadOnlyPolicy, can_operate_jobs
from lms.core.spreadsheets import SafeExportMixin


class JobAction(BulkAction):
    """An act of an operator on one or many jobs, asked for on one page and done by its POST."""

    models = [Job]
    classes = set()
    act = None

    def check_perm(self, obj):
        return can_operate_jobs(self.request.user)

    def get_all_objects_in_listing_query(self, parent_id):
        return list(self.eligible(Job.objects.all()).values_list("pk", flat=True))

    @classmethod
    def get_queryset(cls, model, object_ids):
        return cls.eligible(Job.objects.filter(pk__in=object_ids))

    def get_execution_context(self):
        return {"actor": self.request.user}

    @classmethod
    def execute_action(cls, objects, actor=None, **kwargs):
        return cls.act(Job.objects.filter(pk__in=[job.pk for job in objects]), actor), 0


class ReplayJobs(JobAction):
    display_name = _("Rejouer")
    action_type = "replay"
    aria_label = _("Rejouer les tâches choisies")
    template_name = "core/job_replay.html"
    act = staticmethod(jobs.replay)
    eligible = staticmethod(lambda rows: rows.replayable())

    def get_success_message(self, count, children):
        return ngettext("%d tâche va être rejouée.", "%d tâches vont être rejouées.", count) % count


class CancelJobs(JobAction):
    display_name = _("Annuler")
    action_type = "cancel"
    aria_label = _("Annuler les tâches choisies")
    template_name = "core/job_cancel.html"
    act = staticmethod(jobs.cancel)
    eligible = staticmethod(lambda rows: rows.cancellable())

    def get_success_message(self, count, children):
        return ngettext("%d tâche est annulée.", "%d tâches sont annulées.", count) % count


def job_action_url(action: str, ids, back_to: str) -> str:
    address = reverse("wagtail_bulk_action", args=["core", "job", action])
    return f"{address}?{urlencode({'id': ids, 'next': back_to})}"


class JobFilters(WagtailFilterSet):
    created_at = django_filters.DateFromToRangeFilter(label=_("Demandée entre"), widget=DateRangePickerWidget)

    class Meta:
        model = Job
        fields = ["state", "queue", "created_at"]


class JobIndex(SafeExportMixin, IndexView):
    """All jobs, the newest first, with what may be done about each."""

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if can_operate_jobs(self.request.user):
            here = self.request.get_full_path()
            if instance.state in (Job.State.FAILED, Job.State.CANCELLED):
                buttons.append(
                    MenuItem(_("Rejouer"), job_action_url("replay", instance.pk, here), icon_name="redirect")
                )
            if instance.state in (Job.State.WAITING, Job.State.FAILED):
                buttons.append(MenuItem(_("Annuler"), job_action_url("cancel", instance.pk, here), icon_name="cross"))
        return buttons

    @cached_property
    def header_buttons(self):
        if not can_operate_jobs(self.request.user) or not Job.objects.filter(state=Job.State.FAILED).exists():
            return []
        address = job_action_url("replay", "all", self.request.path)
        return [HeaderButton(_("Rejouer tout ce qui a échoué ou fut annulé"), url=address, icon_name="redirect")]


class JobViewSet(ModelViewSet):
    model = Job
    name = "jobs"
    url_prefix = "taches"
    icon = "cogs"
    menu_label = _("Tâches")
    index_view_class = JobIndex
    filterset_class = JobFilters
    list_display = [
        "name",
        "key",
        StatusTagColumn(
            "state",
            label=_("État"),
            accessor="get_state_display",
            primary=lambda job: job.state in (Job.State.RUNNING, Job.State.FAILED),
        ),
        "percent",
        "attempts",
        "on_behalf_of_label",
        "created_at",
        "finished_at",
    ]
    list_export = [
        "pk",
        *list_display[:2],
        "state",
        "percent",
        "note",
        "attempts",
        "error",
        "created_at",
        "finished_at",
    ]
    search_fields = ["name", "key", "error", "on_behalf_of_label"]
    search_backend_name = None
    list_per_page = 50
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    exclude_form_fields: list = []

    @property
    def permission_policy(self):
        return ReadOnlyPolicy(Job)


class AuditFilters(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)
    verb = django_filters.AllValuesFilter(label=_("Acte"))
    object_type = django_filters.AllValuesFilter(label=_("Nature de l’objet"))

    class Meta:
        model = AuditEntry
        fields = ["at", "verb", "object_type"]
        filter_overrides = {models.JSONField: {"filter_class": django_filters.CharFilter}}


class AuditIndex(SafeExportMixin, IndexView):
    """The whole trail, the newest first."""


class AuditViewSet(ModelViewSet):
    model = AuditEntry
    index_view_class = AuditIndex
    name = "audit"
    url_prefix = "journal"
    icon = "history"
    menu_label = _("Journal d’audit")
    filterset_class = AuditFilters
    list_display = ["at", "verb", "actor_label", "on_behalf_of_label", "object_label", "object_type"]
    list_export = [
        "at",
        "verb",
        "actor_pk",
        "actor_label",
        "on_behalf_of_label",
        "object_type",
        "object_pk",
        "object_label",
    ]
    search_fields = ["actor_label", "object_label", "on_behalf_of_label", "object_pk"]
    search_backend_name = None
    list_per_page = 50
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    exclude_form_fields: list = []

    @property
    def permission_policy(self):
        return ReadOnlyPolicy(AuditEntry)


class OperationsGroup(ModelViewSetGroup):
    """The operator's corner of the menu."""

    menu_label = _("Exploitation")
    menu_icon = "cogs"
    menu_order = 900
    items = (JobViewSet, AuditViewSet)

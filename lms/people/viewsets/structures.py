"""Units, posts, roles and admitted domains, as those who manage them see them."""

import django_filters
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from lms.people.actions import MatriculeTaken, change_role, grant_role, save_domain, save_post, save_unit
from lms.people.models import EmailDomain, Post, RoleAssignment, Unit, in_force_on
from lms.people.viewsets.forms import EmailDomainForm, PostForm, RoleForm, UnitForm
from lms.people.viewsets.people import units_in_view
from lms.people.viewsets.scope import CreateView, EditView, IndexView, ScopedViewSet


class DayColumn(Column):
    """A day in full: « il y a 2 ans » says too little of a post or a role."""

    def get_value(self, instance):
        value = super().get_value(instance)
        return date_format(value, "SHORT_DATE_FORMAT") if value else ""


class InForceFilterSet(WagtailFilterSet):
    """Dated rows of a unit: in force today or not, in which unit."""

    unit = django_filters.ModelChoiceFilter(label=_("Structure"), queryset=units_in_view, method="filter_unit")
    in_force = django_filters.ChoiceFilter(
        label=_("En cours"), choices=[("oui", _("Oui")), ("non", _("Non"))], method="filter_in_force"
    )

    def filter_unit(self, rows, name, unit):
        return rows.filter(unit__path__startswith=unit.path)

    def filter_in_force(self, rows, name, value):
        today = in_force_on(timezone.localdate())
        return rows.filter(today) if value == "oui" else rows.exclude(today)


# --- Units


class SaveUnit:
    def act(self, form):
        return save_unit(form.instance, parent=form.cleaned_data.get("parent"), by=self.request.user)


class UnitCreateView(SaveUnit, CreateView):
    pass


class UnitEditView(SaveUnit, EditView):
    pass


class UnitViewSet(ScopedViewSet):
    model = Unit
    name = "people_units"
    url_prefix = "structures"
    icon = "site"
    add_view_class = UnitCreateView
    edit_view_class = UnitEditView
    inspect_view_enabled = True
    inspect_view_fields = ["code", "name", "kind", "starts_on", "ends_on", "latitude", "longitude", "note"]
    list_display = [
        "name_in_tree",
        Column("code", label=_("Code")),
        Column("get_kind_display", label=_("Nature")),
        DayColumn("ends_on", label=_("Supprimée le")),
    ]
    list_filter = ["kind"]
    list_export = ["code", "name", "kind", "starts_on", "ends_on", "latitude", "longitude"]
    search_fields = ["name", "code"]
    search_backend_name = None
    ordering = "path"
    list_per_page = 150

    def get_form_class(self, for_update=False):
        return UnitForm


# --- Posts


class SavePost:
    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except MatriculeTaken:
            form.add_error(None, _("Une autre personne de cette structure a déjà le matricule de celle-ci."))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def act(self, form):
        return save_post(form.instance, by=self.request.user)


class PostCreateView(SavePost, CreateView):
    pass


class PostEditView(SavePost, EditView):
    pass


class PostIndexView(IndexView):
    related = ["person", "unit", "job_profile"]


class PostFilterSet(InForceFilterSet):
    class Meta:
        model = Post
        fields = ["job_profile", "is_primary"]


class PostViewSet(ScopedViewSet):
    model = Post
    name = "people_posts"
    url_prefix = "affectations"
    icon = "clipboard-list"
    index_view_class = PostIndexView
    add_view_class = PostCreateView
    edit_view_class = PostEditView
    filterset_class = PostFilterSet
    list_display = [
        "person",
        Column("unit", label=_("Structure"), sort_key="unit__name"),
        Column("title", label=_("Fonction"), sort_key="title"),
        Column("job_profile", label=_("Profil de poste"), sort_key="job_profile__name"),
        DayColumn("starts_on", label=_("Depuis le"), sort_key="starts_on"),
        DayColumn("ends_on", label=_("Jusqu’au"), sort_key="ends_on"),
    ]
    list_export = ["person", "unit", "title", "job_profile", "is_primary", "starts_on", "ends_on"]
    search_fields = ["person__last_name", "person__first_name", "person__email", "title"]
    search_backend_name = None
    ordering = ["person__last_name", "person__first_name", "-starts_on", "pk"]

    def get_form_class(self, for_update=False):
        return PostForm


# --- Roles


class RoleCreateView(CreateView):
    def act(self, form):
        return grant_role(**form.cleaned_data, by=self.request.user)


class RoleEditView(EditView):
    def act(self, form):
        return change_role(form.instance, by=self.request.user)


class RoleIndexView(IndexView):
    related = ["person", "group", "unit"]


class RoleFilterSet(InForceFilterSet):
    class Meta:
        model = RoleAssignment
        fields = ["group"]


class RoleViewSet(ScopedViewSet):
    model = RoleAssignment
    name = "people_roles"
    url_prefix = "roles"
    icon = "key"
    index_view_class = RoleIndexView
    add_view_class = RoleCreateView
    edit_view_class = RoleEditView
    filterset_class = RoleFilterSet
    list_display = [
        "person",
        Column("group", label=_("Rôle"), sort_key="group__name"),
        Column("unit", label=_("Structure"), sort_key="unit__name"),
        DayColumn("starts_on", label=_("Depuis le"), sort_key="starts_on"),
        DayColumn("ends_on", label=_("Jusqu’au"), sort_key="ends_on"),
    ]
    list_export = ["person", "group", "unit", "starts_on", "ends_on"]
    search_fields = ["person__last_name", "person__first_name", "person__email"]
    search_backend_name = None
    ordering = ["person__last_name", "person__first_name", "pk"]

    def get_form_class(self, for_update=False):
        return RoleForm


# --- Domains


class SaveDomain:
    def save_instance(self):
        return save_domain(self.form.instance, by=self.request.user)


class EmailDomainCreateView(SaveDomain, generic.CreateView):
    pass


class EmailDomainEditView(SaveDomain, generic.EditView):
    pass


class EmailDomainViewSet(ModelViewSet):
    model = EmailDomain
    name = "people_domains"
    url_prefix = "domaines"
    icon = "mail"
    menu_label = _("Domaines admis")
    add_view_class = EmailDomainCreateView
    edit_view_class = EmailDomainEditView
    copy_view_enabled = False
    list_display = ["domain", "note", BooleanColumn("is_active", label=_("Admis"))]
    search_fields = ["domain", "note"]
    search_backend_name = None

    def get_form_class(self, for_update=False):
        return EmailDomainForm

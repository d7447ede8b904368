"""People, as human resources see them: names and matricule corrected, accounts untouched."""

import django_filters
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column

from lms.people.actions import MatriculeTaken, correct_identity
from lms.people.forms import IdentityForm
from lms.people.models import Post, Unit, User
from lms.people.viewsets.scope import EditView, IndexView, ScopedPermissionPolicy, ScopedViewSet


class PeoplePermissionPolicy(ScopedPermissionPolicy):
    """Changing is `correct_user`; accounts are opened by their owners, closed by superusers, and never deleted here."""

    def user_has_permission(self, user, action):
        return action in {"change", "view"} and super().user_has_permission(user, action)

    def _get_permission_name(self, action):
        return "people.correct_user" if action == "change" else super()._get_permission_name(action)


def units_in_view(request):
    return Unit.objects.in_scope_of(request.user, "people.view_unit")


class PeopleFilterSet(WagtailFilterSet):
    unit = django_filters.ModelChoiceFilter(label=_("Structure"), queryset=units_in_view, method="filter_unit")

    class Meta:
        model = User
        fields = ["is_active"]

    def filter_unit(self, people, name, unit):
        return people.filter(pk__in=Post.objects.in_force().filter(unit__path__startswith=unit.path).values("person"))


class PeopleIndexView(IndexView):
    def get_base_queryset(self):
        posts = Post.objects.in_force().select_related("unit")
        return super().get_base_queryset().prefetch_related(Prefetch("posts", posts, to_attr="posts_in_force"))


class PeopleEditView(EditView):
    def get_form_kwargs(self):
        return {key: value for key, value in super().get_form_kwargs().items() if key != "for_user"}

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except MatriculeTaken:
            form.refuse_matricule()
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def act(self, form):
        return correct_identity(self.object, **form.cleaned_data, by=self.request.user)


class PeopleViewSet(ScopedViewSet):
    model = User
    name = "people_people"
    url_prefix = "personnes"
    icon = "user"
    menu_label = _("Personnes")
    index_view_class = PeopleIndexView
    edit_view_class = PeopleEditView
    filterset_class = PeopleFilterSet
    search_fields = ["last_name", "first_name", "email", "matricule"]
    search_backend_name = None
    ordering = ["last_name", "first_name", "pk"]
    list_display = [
        "__str__",
        Column("email", label=_("Adresse électronique"), sort_key="email"),
        Column("matricule", label=_("Matricule"), sort_key="matricule"),
        Column(
            "posts_in_force",
            label=_("Affectation"),
            accessor=lambda person: " ; ".join(f"{post.title or '–'}, {post.unit}" for post in person.posts_in_force),
        ),
        BooleanColumn("is_active", label=_("Compte actif")),
    ]
    list_export = ["last_name", "first_name", "email", "matricule", "is_active"]
    add_to_reference_index = False

    @property
    def permission_policy(self):
        return PeoplePermissionPolicy(self.model)

    def get_form_class(self, for_update=False):
        return IdentityForm

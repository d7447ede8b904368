"""How the certificates of each course are issued: at once or in batches, for ever or for a time."""

from django.forms import Select
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from certificates.actions.policies import save_policy
from certificates.models import CoursePolicy
from certificates.models.designs import courses_in_scope_of
from lms.people.viewsets.scope import CreateView, EditView, IndexView, ScopedViewSet


class CoursePolicyForm(WagtailAdminModelForm):
    """The course is chosen once, among those one answers for that have no rule yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["course"].disabled = True
        else:
            courses = courses_in_scope_of(self.for_user, "certificates.add_coursepolicy")
            self.fields["course"].queryset = courses.filter(certificate_policy__isnull=True).order_by("title")


class SavePolicy:
    def act(self, form):
        form.save(commit=False)
        return save_policy(form.instance, by=self.request.user)


class PolicyIndexView(IndexView):
    related = ["course"]


class PolicyCreateView(SavePolicy, CreateView):
    pass


class PolicyEditView(SavePolicy, EditView):
    pass


class CoursePolicyViewSet(ScopedViewSet):
    model = CoursePolicy
    name = "certificate_policies"
    url_prefix = "delivrance/regles"
    icon = "sliders"
    menu_label = gettext_lazy("Règles de délivrance")
    add_to_reference_index = False
    index_view_class = PolicyIndexView
    add_view_class = PolicyCreateView
    edit_view_class = PolicyEditView
    edit_handler = ObjectList(
        [FieldPanel("course", widget=Select), FieldPanel("mode"), FieldPanel("validity_months")],
        base_form_class=CoursePolicyForm,
    )
    list_display = [
        "course",
        Column("get_mode_display", label=gettext_lazy("Délivrance")),
        Column("validity_months", label=gettext_lazy("Validité (mois)")),
    ]
    search_fields = ["course__title", "course__code"]
    search_backend_name = None

"""The back office of programmes: their list."""

from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from courses.models import ProgrammePage


class ProgrammeIndexView(IndexView):
    add_item_label = gettext_lazy("Ajouter un parcours")


class ProgrammeViewSet(PageListingViewSet):
    """All the programmes that who looks may know of."""

    model = ProgrammePage
    index_view_class = ProgrammeIndexView
    icon = "list-ol"
    menu_label = gettext_lazy("Parcours")
    menu_order = 111
    add_to_admin_menu = True
    ordering = ["position", "title"]
    columns = [
        *(column for column in IndexView.base_columns if column.name != "parent"),
        Column("position", label=gettext_lazy("Ordre"), sort_key="position", width="8%"),
    ]

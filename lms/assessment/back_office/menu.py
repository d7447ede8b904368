"""The trainers' corner of the menu: what waits for them in the assessments of their courses."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSetGroup

from lms.assessment.back_office.allowances import AllowanceViewSet
from lms.assessment.back_office.appeals import AppealViewSet, FlagViewSet
from lms.assessment.back_office.marking import MarkingViewSet
from lms.assessment.back_office.regrading import RegradeViewSet
from lms.assessment.back_office.sittings import SittingViewSet


class AssessmentGroup(ModelViewSetGroup):
    menu_label = _("Évaluations")
    menu_icon = "tasks"
    menu_order = 130
    items = (MarkingViewSet, AppealViewSet, FlagViewSet, RegradeViewSet, AllowanceViewSet, SittingViewSet)

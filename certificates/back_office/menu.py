"""The menu « Certificats » of the back office: the register first, what waits for a decision, then how documents are made."""

from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup

from certificates.back_office.act_batches import ActBatchViewSet
from certificates.back_office.batches import BatchViewSet
from certificates.back_office.corrections import NameCorrectionViewSet
from certificates.back_office.designs import DesignViewSet
from certificates.back_office.holds import HoldViewSet
from certificates.back_office.policies import CoursePolicyViewSet
from certificates.back_office.register import CertificateViewSet
from certificates.back_office.updates import RecertificationViewSet
from certificates.permissions import STOP


class StopItem(MenuItem):
    """Shown to those who may stop issuing."""

    def is_shown(self, request):
        return request.user.has_perm(STOP)


class CertificatesGroup(ViewSetGroup):
    items = [
        CertificateViewSet,
        HoldViewSet,
        NameCorrectionViewSet,
        RecertificationViewSet,
        BatchViewSet,
        ActBatchViewSet,
        DesignViewSet,
        CoursePolicyViewSet,
    ]
    menu_label = gettext_lazy("Certificats")
    menu_name = "certificates"
    menu_icon = "success"
    menu_order = 260

    def get_submenu_items(self):
        label, order = gettext_lazy("Arrêt d’urgence"), len(self.items) + 1
        stop = StopItem(label, reverse("certificate_stop"), icon_name="warning", order=order)
        return [*super().get_submenu_items(), stop]

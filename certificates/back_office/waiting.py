"""What waits for those who answer for certificates: a line each on the dashboard."""

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.models import ActBatch, Hold, IssueBatch, NameCorrection
from certificates.permissions import APPROVE_BATCH, CHECK_NAME, DECIDE_HOLD, DECIDE_NAME
from lms.core.waiting import Waiting


def waiting_work(user):
    """Hook register_waiting_work: what is held, the names to check or decide, and what another person proposed."""
    if user.has_perm(DECIDE_HOLD):
        held = Hold.objects.visible_to(user, DECIDE_HOLD).filter(state=Hold.State.OPEN)
        yield row(_("Certificats retenus"), held, "certificate_holds", Hold.State.OPEN)
    for permission, state, label in (
        (CHECK_NAME, NameCorrection.State.ASKED, _("Noms à contrôler")),
        (DECIDE_NAME, NameCorrection.State.CHECKED, _("Noms à approuver")),
    ):
        if user.has_perm(permission):
            names = NameCorrection.objects.visible_to(user, permission).filter(state=state)
            yield row(label, names, "certificate_corrections", state)
    if user.has_perm(APPROVE_BATCH):
        for model, name, label in (
            (IssueBatch, "certificate_batches", _("Lots de certificats à approuver")),
            (ActBatch, "certificate_acts", _("Actes en nombre à approuver")),
        ):
            proposed = model.objects.visible_to(user).filter(state=model.State.PROPOSED).exclude(proposed_by=user)
            yield row(label, proposed, name, model.State.PROPOSED)


def row(label: str, waiting, viewset: str, state: str) -> Waiting:
    return Waiting(label, waiting.count(), f"{reverse(f'{viewset}:index')}?state={state}")

"""Acts on many certificates of the register: those ticked, or all that answer to the filter; a dry run, then a proposal."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from certificates.actions.act_batches import KINDS, LARGEST_BATCH, dry_run, propose_acts
from certificates.actions.proposals import BatchRefused
from certificates.back_office.acts import ACTS
from certificates.back_office.register import CertificateViewSet
from certificates.forms import BulkActForm
from certificates.models import ActBatch, Certificate
from certificates.permissions import VIEW

BECOMES = {
    ActBatch.Act.SUSPEND: gettext_lazy("suspendu"),
    ActBatch.Act.LIFT: gettext_lazy("valide"),
    ActBatch.Act.REISSUE: gettext_lazy("remplacé par un nouveau numéro"),
    ActBatch.Act.REVOKE: gettext_lazy("révoqué"),
}
SHOWN = 500  # lines of each table of a dry run; the others are proposed with them


def listed(request):
    """The certificates that the register lists with these filters and this search; none when a filter cannot be read."""
    index = CertificateViewSet().index_view
    view = index.view_class(**index.view_initkwargs)
    view.setup(request)
    if view.filters and not view.filters.is_valid():
        return Certificate.objects.none()
    return view.get_queryset()


class ManyAct(BulkAction):
    """The page of one act: what it would do to each certificate chosen, why it is refused to others, the reason asked."""

    models = [Certificate]
    template_name = "certificates/office/bulk_act.html"
    form_class = BulkActForm
    act = ""
    slug = ""  # of the same act on one certificate, whose words are said here too

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm(KINDS[self.act].permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def chosen(self):
        """What was ticked or filtered, among what one may see."""
        asked = self.request.GET.getlist("id")
        if "all" in asked:
            return listed(self.request)
        mine = Certificate.objects.visible_to(self.request.user, VIEW)
        rows = mine.filter(pk__in=[int(pk) for pk in asked if pk.isdecimal() and len(pk) < 19])
        if not rows.exists():
            raise Http404
        return rows

    def get_actionable_objects(self):
        """(what would be done, {why it would not be to others}), of which the form shows and the batch keeps the first."""
        chosen = self.chosen()
        self.count = chosen.count()
        if self.count > LARGEST_BATCH:
            return [], {"refused": []}
        foreseen = dry_run(self.act, chosen, self.request.user)
        doable = [line.certificate for line in foreseen if not line.refusal]
        return doable, {"refused": [line for line in foreseen if line.refusal]}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        doable, refused = context["items"], context["refused"]
        return context | {
            "act": ACTS[self.slug],
            "becomes": BECOMES[self.act],
            "count": self.count,
            "largest": LARGEST_BATCH,
            "is_too_large": self.count > LARGEST_BATCH,
            "doable_count": len(doable),
            "refused_count": len(refused),
            "items": doable[:SHOWN],
            "refused": refused[:SHOWN],
            "shown": SHOWN,
            "is_filtered": "all" in self.request.GET.getlist("id"),
        }

    def prepare_action(self, objects, objects_without_access):
        """In place of acting at once: propose, and show the proposal."""
        said = self.cleaned_form.cleaned_data
        rows = Certificate.objects.filter(pk__in=[row.pk for row in objects])
        try:
            batch = propose_acts(self.act, rows, self.request.user, said["motive"], said["note"], timezone.now())
        except BatchRefused:
            messages.error(self.request, _("Rien n’est proposé : cet acte ne s’applique à aucun de ces certificats."))
            return redirect(self.next_url)
        messages.success(self.request, _("Lot proposé. Une autre personne doit l’approuver."))
        return redirect("certificate_acts:batch", batch.pk)


class SuspendMany(ManyAct):
    act, slug, action_type, action_priority = ActBatch.Act.SUSPEND, "suspendre", "suspend", 10
    display_name = gettext_lazy("Suspendre…")
    aria_label = gettext_lazy("Suspendre les certificats choisis")


class LiftMany(ManyAct):
    act, slug, action_type, action_priority = ActBatch.Act.LIFT, "lever-la-suspension", "lift", 20
    display_name = gettext_lazy("Lever la suspension…")
    aria_label = gettext_lazy("Lever la suspension des certificats choisis")


class ReissueMany(ManyAct):
    act, slug, action_type, action_priority = ActBatch.Act.REISSUE, "delivrer-de-nouveau", "reissue", 30
    display_name = gettext_lazy("Délivrer de nouveau…")
    aria_label = gettext_lazy("Délivrer de nouveau les certificats choisis")


class RevokeMany(ManyAct):
    act, slug, action_type, action_priority = ActBatch.Act.REVOKE, "revoquer", "revoke", 40
    display_name = gettext_lazy("Révoquer…")
    aria_label = gettext_lazy("Révoquer les certificats choisis")


MANY_ACTS = (SuspendMany, LiftMany, ReissueMany, RevokeMany)

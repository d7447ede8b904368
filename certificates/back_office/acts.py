"""What an officer does to one certificate: each act says what it changes, asks why, and whether it is meant."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from certificates import actions, rules
from certificates.actions.act_batches import reissue
from certificates.forms import ActForm
from certificates.models import Certificate
from certificates.permissions import REISSUE, REVOKE, SUSPEND, VIEW, can_act_on_certificate


def issue_again(certificate, actor, reason, now):
    """Another number for what a void one was to say."""
    actions.issue_after_void(certificate, actor, now)


@dataclass(frozen=True)
class Act:
    """One act: in the address, on buttons, what it does and undoes, and who may do it."""

    slug: str
    label: str
    icon: str
    permission: str
    states: tuple[str, ...]
    run: Callable
    explanation: str
    meant: str
    done: str
    is_serious: bool = False


ACTS = {
    act.slug: act
    for act in (
        Act(
            "suspendre",
            gettext_lazy("Suspendre"),
            "time",
            SUSPEND,
            rules.ACTS_FROM["suspend"],
            actions.suspend_certificate,
            gettext_lazy(
                "Le temps de lever un doute. La page publique dira qu’il est suspendu et pourquoi, les niveaux qu’il prouve "
                "ne compteront plus ; tout revient si vous levez la suspension."
            ),
            gettext_lazy("Je confirme : la suspension est publique dès maintenant."),
            gettext_lazy("Certificat %(number)s suspendu."),
        ),
        Act(
            "lever-la-suspension",
            gettext_lazy("Lever la suspension"),
            "check",
            SUSPEND,
            rules.ACTS_FROM["lift"],
            actions.lift_suspension,
            gettext_lazy("Le certificat redevient valide, et les niveaux qu’il prouve comptent de nouveau."),
            gettext_lazy("Je confirme : le doute est levé."),
            gettext_lazy("Suspension du certificat %(number)s levée."),
        ),
        Act(
            "delivrer-de-nouveau",
            gettext_lazy("Délivrer de nouveau"),
            "copy",
            REISSUE,
            rules.ACTS_FROM["replace"],
            reissue,
            gettext_lazy(
                "Un nouveau document, avec un nouveau numéro, dit la même chose et prend la place de celui-ci dès qu’il est "
                "scellé. L’ancien est gardé, et sa page publique dit par quel certificat il est remplacé."
            ),
            gettext_lazy("Je confirme : l’ancien document ne vaudra plus."),
            gettext_lazy("Le certificat %(number)s va être remplacé : le nouveau document se prépare."),
        ),
        Act(
            "revoquer",
            gettext_lazy("Révoquer"),
            "cross",
            REVOKE,
            rules.ACTS_FROM["revoke"],
            actions.revoke_certificate,
            gettext_lazy(
                "Une fois révoqué, sa page publique dira pourquoi et depuis quand ; les niveaux qu’il prouve ne compteront "
                "plus."
            ),
            gettext_lazy("Je confirme : une révocation est définitive et publique."),
            gettext_lazy("Certificat %(number)s révoqué."),
            is_serious=True,
        ),
        Act(
            "annuler-le-numero",
            gettext_lazy("Annuler le numéro"),
            "cross",
            REISSUE,
            rules.ACTS_FROM["void"],
            actions.void_number,
            gettext_lazy(
                "Pour un document qui ne peut pas être fait. Le numéro reste au registre avec votre motif, et ne servira "
                "plus ; une fois la cause réparée, un autre numéro sera donné."
            ),
            gettext_lazy("Je confirme : ce numéro ne sera jamais délivré."),
            gettext_lazy("Numéro %(number)s annulé."),
            is_serious=True,
        ),
        Act(
            "donner-un-autre-numero",
            gettext_lazy("Donner un autre numéro"),
            "redirect",
            REISSUE,
            (Certificate.State.VOID,),
            issue_again,
            gettext_lazy("La cause est réparée : un nouveau numéro est donné, et le document refait."),
            gettext_lazy("Je confirme : la cause est réparée."),
            gettext_lazy("Un autre numéro va être donné à la place de %(number)s."),
        ),
    )
}


def acts_open_to(user, certificate: Certificate) -> list[Act]:
    """What `user` may do to a certificate in the state it is in."""
    open_acts = [act for act in ACTS.values() if certificate.state in act.states]
    return [act for act in open_acts if can_act_on_certificate(user, certificate, act.permission)]


@require_http_methods(["GET", "HEAD", "POST"])
def do_act(request, slug, pk):
    """Say what the act changes, ask why, then do it."""
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user, VIEW), pk=pk)
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    if not can_act_on_certificate(request.user, certificate, act.permission):
        raise PermissionDenied
    form = ActForm(request.POST or None, meant=act.meant)
    if request.method == "POST" and form.is_valid():
        try:
            act.run(certificate, request.user, form.cleaned_data["reason"], timezone.now())
        except actions.ActRefused:
            words = _("Rien n’a été fait : le certificat %(number)s est %(state)s.")
            said = {"number": certificate.printed_number, "state": certificate.state_in_words}
            messages.error(request, words % said)
        else:
            messages.success(request, str(act.done) % {"number": certificate.printed_number})
        return redirect("certificate_register:inspect", pk)
    context = {"certificate": certificate, "form": form, "act": act, "is_public": certificate.is_issued}
    return render(request, "certificates/office/act.html", context)

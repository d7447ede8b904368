"""The printed fields and the state of a certificate, in words, for screens."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import Certificate
from certificates.rules import printed_code, public_state
from certificates.snapshot import Snapshot
from certificates.verifying.seals import key_in_doubt
from certificates.words import (
    ASSURANCE_MEANINGS,
    ASSURANCE_NAMES,
    assessment_mode,
    day_in_words,
    hours_in_words,
    part_in_words,
)


@dataclass(frozen=True)
class Standing:
    """What is true of a certificate today: `state` names the look, the rest is said."""

    state: str
    title: str
    text: str


def printed_facts(printed: Snapshot) -> list[tuple[str, str]]:
    """Every field printed on the document, labelled, in the order of the document."""
    levels = [
        _("%(name)s : niveau %(level)s sur 5") % {"name": f"{row.code} · {row.name}", "level": row.level}
        + (f" ({row.level_name})" if row.level_name else "")
        for row in printed.competences
    ]
    facts = [
        (_("Document"), _("attestation de suivi") if printed.is_attestation else _("certificat")),
        (_("Titulaire"), printed.printed_name),
        (_("Parcours") if printed.is_of_programme else _("Formation"), printed.course_title),
        (_("Numéro"), printed.number),
        (_("Code"), printed_code(printed.public_code)),
        (_("Délivré le"), day_in_words(printed.issued_on)),
        (_("Valable jusqu’au"), printed.expires_on and day_in_words(printed.expires_on)),
        (_("Durée en ligne"), printed.duration_minutes and hours_in_words(printed.duration_minutes)),
        (_("Durée en présentiel"), printed.in_person_minutes and hours_in_words(printed.in_person_minutes)),
        (_("Compétences attestées"), "\n".join(levels) or _("aucune")),
        (_("Compétences abordées, sans niveau attesté"), "\n".join(printed.covered)),
        (_("Mode d’évaluation"), assessment_mode(printed)),
        (_("Niveau d’assurance"), f"{printed.assurance}, {ASSURANCE_NAMES[printed.proof]}"),
        (_("Ce que cela prouve"), ASSURANCE_MEANINGS[printed.proof]),
        (_("Formations du parcours"), "\n".join(part_in_words(part) for part in printed.parts)),
        (_("Version du contenu"), "" if printed.is_of_programme else str(printed.content_version)),
        (_("Délivré par"), f"{printed.issuer}, {printed.issuer_parent}"),
        (_("Signataire"), "\n".join(f"{row.name}, {row.title}" for row in printed.signed_by)),
    ]
    return [(label, value) for label, value in facts if value]


def public_facts(certificate: Certificate, name_is_shown: bool) -> list[tuple[str, str]]:
    """The printed fields as a stranger is shown them: without the name where it is masked or erased."""
    printed = certificate.printed
    if not name_is_shown:
        hidden = _("effacé du registre à sa demande") if certificate.erased_at else _("masqué par son titulaire")
        printed = replace(printed, printed_name=hidden)
    return printed_facts(printed)


def standing_of(certificate: Certificate, today: date) -> Standing:
    """In plain words, for someone who has ten seconds."""
    state = public_state(certificate.state, certificate.expires_on, today)
    since = day_in_words(timezone.localdate(certificate.state_changed_at))
    if state == "revoked":
        text = _("Il a été révoqué le %(day)s. Motif : %(reason)s") % {
            "day": since,
            "reason": certificate.state_reason,
        }
        return Standing(state, _("Ce certificat n’est plus valide : révoqué"), text)
    if state == "suspended":
        text = _("Il est suspendu depuis le %(day)s, le temps d’une vérification. Motif : %(reason)s") % {
            "day": since,
            "reason": certificate.state_reason,
        }
        return Standing(state, _("Ce certificat est suspendu : il ne vaut pas aujourd’hui"), text)
    if state == "replaced":
        text = _("%(reason)s Depuis le %(day)s, seul le nouveau document fait foi.") % {
            "day": since,
            "reason": certificate.state_reason,
        }
        return Standing(state, _("Ce certificat a été remplacé"), text)
    if state == "expired":
        text = _("Il était valable jusqu’au %(day)s.") % {"day": day_in_words(certificate.expires_on)}
        return Standing(state, _("Ce certificat a expiré"), text)
    text = _("Il figure dans notre registre. Comparez ce qui suit avec le document que vous tenez.")
    if updates := certificate.updates():
        version = max(row.printed.content_version for row in updates)
        text += " " + _(
            "Il porte sur la version %(old)s du contenu ; il existe un certificat plus récent de la même personne, pour la "
            "version %(new)s de la formation."
        ) % {"old": certificate.printed.content_version, "new": version}
    if key := key_in_doubt(certificate):
        text += " " + _(
            "Attention : la clé du cachet de son fichier est compromise depuis le %(day)s, et rien ne prouve que ce fichier "
            "est d’avant. Fiez-vous à ce qui est écrit ici ; un nouveau document sera délivré."
        ) % {"day": day_in_words(timezone.localdate(key.compromised_at))}
    return Standing(state, _("Ce certificat est authentique et valide"), text)

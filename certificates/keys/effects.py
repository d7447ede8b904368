"""What an act on a key would change, in sentences, before anybody does it."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.keys.purposes import Purpose
from certificates.models import SealKey

SHOWN = 20


def effects_of_introducing(purpose: str, label: str) -> list[str]:
    waiting = SealKey.objects.filter(purpose=purpose, state=SealKey.State.NEXT).first()
    return [
        _("La clé « %(label)s » (%(purpose)s) entre au registre : elle est publiée tout de suite.")
        % {"label": label, "purpose": purpose},
        in_use(purpose) or _("Aucune clé ne signe pour cet usage aujourd’hui."),
        _(
            "Elle ne signe rien avant manage.py keys activate. Publiez-la 30 jours avant, que ceux qui vérifient la connaissent."
        ),
        *([_("Refusé : « %(key)s » attend déjà.") % {"key": waiting}] if waiting else []),
    ]


def effects_of_activating(key: SealKey) -> list[str]:
    former = SealKey.objects.in_use_for(key.purpose).exclude(pk=key.pk).first()
    lines = [_("La clé « %(key)s » est essayée, puis signe dès la prochaine tâche.") % {"key": key}]
    if former:
        lines.append(_("« %(key)s » est retirée pour toujours : elle ne signe plus.") % {"key": former})
        lines += what_stays_valid(former)
    return [*lines, *end_of(key)]


def effects_of_retiring(key: SealKey) -> list[str]:
    lines = [_("« %(key)s » est retirée pour toujours : elle ne signe plus.") % {"key": key}, *what_stays_valid(key)]
    return [*lines, *what_stops(key)]


def effects_of_compromising(key: SealKey, since: datetime) -> list[str]:
    sealed, doubtful = key.certificates_sealed().count(), key.certificates_in_doubt(since).count()
    numbers = [row.printed_number for row in key.certificates_in_doubt(since)[:SHOWN]]
    lines = [
        _("« %(key)s » est déclarée compromise depuis le %(since)s, pour toujours : elle ne signe plus.")
        % {"key": key, "since": f"{timezone.localtime(since):%d/%m/%Y %H:%M}"},
        ngettext(
            "%(count)d certificat daté d’avant par un service d’horodatage reste valable.",
            "%(count)d certificats datés d’avant par un service d’horodatage restent valables.",
            sealed - doubtful,
        )
        % {"count": sealed - doubtful},
        ngettext(
            "%(count)d certificat que rien ne date d’avant est à délivrer de nouveau ; la vérification le dira.",
            "%(count)d certificats que rien ne date d’avant sont à délivrer de nouveau ; la vérification le dira.",
            doubtful,
        )
        % {"count": doubtful},
    ]
    if numbers:
        more = "…" if doubtful > SHOWN else "."
        lines.append(", ".join(numbers) + more)
    if key.purpose == Purpose.PDF:
        lines.append(_("Faites aussi révoquer son certificat par l’autorité qui l’a délivré."))
    return [*lines, *what_stops(key)]


def what_stays_valid(key: SealKey) -> list[str]:
    if key.purpose != Purpose.PDF:
        return [_("Ce qu’elle a signé reste valable, et sa clé publique publiée.")]
    count = key.certificates_sealed().count()
    return [
        ngettext(
            "Le certificat qu’elle a scellé reste valable, et sa clé publique publiée.",
            "Les %(count)d certificats qu’elle a scellés restent valables, et sa clé publique publiée.",
            count,
        )
        % {"count": count}
    ]


def what_stops(key: SealKey) -> list[str]:
    if key.state != SealKey.State.ACTIVE:
        return []
    return [_("Plus aucune clé ne signe pour cet usage : les tâches attendront que la prochaine soit activée.")]


def in_use(purpose: str) -> str:
    key = SealKey.objects.in_use_for(purpose).first()
    return _("« %(key)s » continue de signer.") % {"key": key} if key else ""


def end_of(key: SealKey) -> list[str]:
    if key.valid_to is None:
        return []
    return [
        _("Son certificat finit le %(day)s ; elle ne signe plus le dernier jour.")
        % {"day": f"{timezone.localtime(key.valid_to):%d/%m/%Y}"}
    ]

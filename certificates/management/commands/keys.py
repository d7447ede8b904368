"""The keys, for the operator: listed, introduced, activated, retired, declared compromised. Without --yes, only said."""

from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from certificates.actions.keys import KeyRefused, activate_key, compromise_key, introduce_key, retire_key
from certificates.keys import effects as key_effects
from certificates.keys.introduced import new_key, refuse_sandbox_label
from certificates.keys.purposes import Purpose
from certificates.models import SealKey
from certificates.sealing.port import SealerRefused, SealerUnavailable
from certificates.sealing.room import key_in_use, try_key

NOTHING_DONE = "Rien n’est fait. Ajoutez --yes pour le faire."


class Command(BaseCommand):
    help = (
        "Les clés qui signent : leur liste, la prochaine, celle qui signe, celles qui furent retirées ou compromises."
    )

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="Toutes les clés, leur état, leur fin, les signatures de l’heure.")
        acts.add_parser("adopt", help="Inscrit au registre la première clé de chaque usage que les réglages donnent.")
        introduce = acts.add_parser("introduce", help="Publie la prochaine clé d’un usage, qui ne signe pas encore.")
        introduce.add_argument("purpose", choices=Purpose.values)
        introduce.add_argument("--label", required=True, help="son nom dans le jeton ou au service de signature")
        introduce.add_argument("--kind", choices=SealKey.Kind.values, help="où elle est tenue (LMS_SEALER)")
        introduce.add_argument("--certificates", default="", help="fichier PEM : son certificat, puis ceux au-dessus")
        introduce.add_argument("--public-key", default="", help="fichier PEM, pour une clé sans certificat")
        for name, told in {
            "activate": "L’essaie, et la fait signer à la place de celle qui signe.",
            "retire": "Elle ne signe plus ; ce qu’elle a signé reste valable.",
            "compromise": "Elle ne signe plus ; ce que rien ne date d’avant est à délivrer de nouveau.",
            "doubtful": "Les certificats à délivrer de nouveau après une compromission, un numéro par ligne.",
        }.items():
            act = acts.add_parser(name, help=told)
            act.add_argument("purpose", choices=Purpose.values)
            act.add_argument("label")
            if name == "compromise":
                act.add_argument("--since", required=True, help="la date la plus ancienne possible : 2028-03-01T08:00")
                act.add_argument("--reason", required=True, help="ce qui le fait croire : c’est publié")
        for name in ("introduce", "activate", "retire", "compromise"):
            acts.choices[name].add_argument("--yes", action="store_true", help="le faire, et non seulement le dire")

    def handle(self, *args, act, **options):
        try:
            getattr(self, f"do_{act}")(**options)
        except (KeyRefused, SealerRefused, SealerUnavailable) as refusal:
            raise CommandError(str(refusal)) from refusal

    def do_list(self, **options):
        for key in SealKey.objects.published().with_signatures_of_the_hour(timezone.now()):
            end = f"jusqu’au {timezone.localtime(key.valid_to):%d/%m/%Y}" if key.valid_to else "sans fin fixée"
            self.stdout.write(
                f"{key.purpose:20} {key.label:24} {key.kind:10} {SealKey.State(key.state).value:12} {end:22} "
                f"{key.signatures}/{settings.LMS_KEY_QUOTA_PER_HOUR} signatures cette heure  kid {key.kid}"
            )
        if not SealKey.objects.exists():
            self.stdout.write(
                "Aucune clé au registre : la première signature y inscrit la clé des réglages (keys adopt)."
            )

    def do_adopt(self, **options):
        for purpose in Purpose.values:
            try:
                key = key_in_use(purpose)
            except SealerRefused as refusal:
                self.stderr.write(f"{purpose} : {refusal}")
            else:
                self.stdout.write(f"{purpose} : « {key.label} » est active (kid {key.kid}).")

    def do_introduce(self, purpose, label, kind, certificates, public_key, yes, **options):
        now, kind = timezone.now(), kind or settings.LMS_SEALER
        if kind == SealKey.Kind.LOCAL and not yes:
            refuse_sandbox_label(label)  # the key itself is made when it is asked for in earnest
            new = None
        else:
            new = new_key(purpose, label, kind, certificates, public_key, now)
        if self.is_confirmed(key_effects.effects_of_introducing(purpose, label), yes):
            self.done(introduce_key(new, now))

    def do_activate(self, purpose, label, yes, **options):
        key = self.find(purpose, label)
        if self.is_confirmed(key_effects.effects_of_activating(key), yes):
            self.done(activate_key(key, try_key, timezone.now()))

    def do_retire(self, purpose, label, yes, **options):
        key = self.find(purpose, label)
        if self.is_confirmed(key_effects.effects_of_retiring(key), yes):
            self.done(retire_key(key, timezone.now()))

    def do_compromise(self, purpose, label, since, reason, yes, **options):
        key, since = self.find(purpose, label), moment(since)
        if self.is_confirmed(key_effects.effects_of_compromising(key, since), yes):
            self.done(compromise_key(key, since, reason, timezone.now()))

    def do_doubtful(self, purpose, label, **options):
        for certificate in self.find(purpose, label).certificates_in_doubt():
            self.stdout.write(certificate.printed_number)

    def find(self, purpose, label) -> SealKey:
        key = SealKey.objects.filter(purpose=purpose, label=label).order_by("-pk").first()
        if key is None:
            raise CommandError(f"Aucune clé « {label} » pour « {purpose} » : manage.py keys list.")
        return key

    def is_confirmed(self, effects: list[str], yes: bool) -> bool:
        for line in effects:
            self.stdout.write(f"• {line}")
        if not yes:
            self.stdout.write(NOTHING_DONE)
        return yes

    def done(self, key: SealKey) -> None:
        self.stdout.write(f"Fait : « {key} » est {SealKey.State(key.state).label} (kid {key.kid}).")


def moment(text: str) -> datetime:
    """A date and hour of here, or with its zone. Raises CommandError."""
    try:
        at = parse_datetime(text if "T" in text or " " in text else f"{text}T00:00")
    except ValueError:
        at = None
    if at is None:
        raise CommandError(f"« {text} » n’est pas une date : écrivez-la ainsi, 2028-03-01T08:00.")
    return at if timezone.is_aware(at) else timezone.make_aware(at)

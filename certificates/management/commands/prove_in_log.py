"""Prove that the acts on a certificate are in the log: every hash is computed again, down to the dated root."""

from itertools import pairwise

from django.core.management.base import BaseCommand, CommandError

from certificates.logged import extension_between, logged_acts
from certificates.models import Certificate, LogEntry, TreeHead
from certificates.rules.merkle import is_extension, leaf_hash


class Command(BaseCommand):
    help = "Prouve que les actes d’un certificat sont au journal ; sans numéro, vérifie la chaîne entière."

    def add_arguments(self, parser):
        parser.add_argument("number", nargs="?", help="numéro imprimé, comme CTD-2026-000123")

    def handle(self, *args, number, **options):
        if number is None:
            return self.check_chain()
        try:
            series, year, rank = number.rsplit("-", 2)
            certificate = Certificate.objects.get(series=series, year=int(year), number=int(rank))
        except (ValueError, Certificate.DoesNotExist) as error:
            raise CommandError("Aucun certificat ne porte ce numéro.") from error
        acts = logged_acts(certificate)
        if not acts:
            raise CommandError("Aucun acte de ce certificat n’est encore sous une racine : elle est faite chaque nuit.")
        for act in acts:
            if not act.holds:
                raise CommandError(f"La ligne {act.entry.number} ne mène pas à la racine {act.head.root}.")
            self.stdout.write(f"{act.entry.number} {act.entry.entry}")
        head = acts[0].head
        dated = f", horodatée le {head.stamped_at:%d/%m/%Y %H:%M} UTC" if head.stamped_at else ", sans horodatage"
        self.stdout.write(f"Prouvé : racine {head.root} sur {head.size} lignes{dated}.")
        return None

    def check_chain(self):
        previous, count = "", 0
        for entry in LogEntry.objects.order_by("number").iterator():
            if entry.number != count or leaf_hash(entry.entry.encode()).hex() != entry.leaf:
                raise CommandError(f"La ligne {count} n’est pas celle qui fut écrite.")
            if f'"previous":"{previous}"' not in entry.entry:
                raise CommandError(f"La ligne {count} ne suit pas la précédente.")
            previous, count = entry.leaf, count + 1
        self.stdout.write(f"Chaîne entière : {count} lignes.")
        heads = list(TreeHead.objects.order_by("size", "pk"))
        for first, last in pairwise(heads):
            roots = bytes.fromhex(first.root), bytes.fromhex(last.root)
            if not is_extension(first.size, last.size, extension_between(first, last), *roots):
                raise CommandError(f"La racine {last.root} ne prolonge pas la racine {first.root}.")
        self.stdout.write(f"Racines : {len(heads)}, chacune prolonge la précédente.")

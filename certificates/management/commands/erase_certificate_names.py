"""Erase a person's name from their certificates, which stay verifiable by whoever types the name."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import ngettext

from certificates.actions import erase_name
from certificates.models import Certificate, NameCorrection, WorkApplication
from lms.core.append_only import ERASED
from lms.people.models import User


class Command(BaseCommand):
    help = "Efface le nom d’une personne de ses certificats, pour toujours. Ils restent confirmés à qui tape le nom imprimé."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--motif", required=True, help="pourquoi : écrit au journal d’audit")
        parser.add_argument("--oui", action="store_true", help="le faire ; sinon, dire seulement ce qui serait fait")

    def handle(self, *args, email, motif, oui, **options):
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError("Personne n’a cette adresse.")
        asked = NameCorrection.objects.filter(certificate=OuterRef("pk"), erased_at__isnull=True)
        stated = WorkApplication.objects.filter(certificate=OuterRef("pk")).exclude(statement=ERASED)
        still = Q(erased_at__isnull=True) | Exists(asked) | Exists(stated)
        named = Certificate.objects.filter(still, person=person).order_by("pk")
        certificates = named.exclude(state=Certificate.State.RESERVED)  # void numbers print a name too
        if under_way := len(named) - len(certificates):
            raise CommandError(
                ngettext(
                    "%(n)d certificat est en cours de délivrance : attendez qu’il soit délivré, ou annulez son numéro.",
                    "%(n)d certificats sont en cours de délivrance : attendez qu’ils soient délivrés, ou annulez leurs numéros.",
                    under_way,
                )
                % {"n": under_way}
            )
        for certificate in certificates:
            self.stdout.write(certificate.printed_number)
            if oui:
                erase_name(certificate, None, motif, timezone.now())
        if not oui:
            said = ngettext(
                "%(n)d certificat ; ajoutez --oui pour effacer le nom, sans retour possible. Les demandes de correction du nom et "
                "leurs justificatifs, et ce qui fut écrit de l’application au travail, sont effacés avec lui.",
                "%(n)d certificats ; ajoutez --oui pour effacer le nom, sans retour possible. Les demandes de correction du nom et "
                "leurs justificatifs, et ce qui fut écrit de l’application au travail, sont effacés avec lui.",
                len(certificates),
            )
            self.stdout.write(said % {"n": len(certificates)})

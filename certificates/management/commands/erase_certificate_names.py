"""Erase a person's name from their certificates, which stay verifiable by whoever types the name."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.actions import erase_name
from certificates.models import Certificate
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
        certificates = Certificate.objects.published().filter(person=person, erased_at__isnull=True)
        for certificate in certificates:
            self.stdout.write(certificate.printed_number)
            if oui:
                erase_name(certificate, None, motif, timezone.now())
        if not oui:
            self.stdout.write(
                f"{len(certificates)} certificats ; ajoutez --oui pour effacer le nom, sans retour possible."
            )

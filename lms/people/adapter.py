"""How accounts are opened: with allauth, and from an admitted professional e-mail domain only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lms.people.models import EmailDomain
from lms.people.rules import may_open_account

DOMAINS_SHOWN = 6


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own, which also knows the admitted domains.

    The check belongs to the forms that bring a new address (sign-up, added address), not to `clean_email`: that one
    also serves password reset, where an existing account must not be told apart from none.
    """

    def check_domain(self, email: str) -> str:
        """The address, if it may open an account. Raises ValidationError, which says what to do."""
        domains = dict(EmailDomain.objects.values_list("domain", "is_active"))
        if may_open_account(email, domains):
            return email
        admitted = [domain for domain, is_active in domains.items() if is_active][:DOMAINS_SHOWN]
        raise ValidationError(
            _(
                "Les comptes sont réservés aux adresses professionnelles de l’administration (%(domains)s…). "
                "Utilisez la vôtre ; si le domaine de votre structure n’est pas encore admis, demandez à votre "
                "service informatique ou des ressources humaines de le faire ajouter par l’équipe de la plateforme."
            ),
            code="domain_not_admitted",
            params={"domains": ", ".join(admitted)},
        )

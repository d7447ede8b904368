"""How accounts are opened: with allauth, and a professional e-mail address only."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass

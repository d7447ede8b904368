"""What people announce; sent inside the transaction that changes them."""

from django.dispatch import Signal

# Roles, their dates or the tree changed what some may do where; kwargs: person (User, None for all), on (date, None
# for today). Whoever keeps rights of their own by unit writes them anew.
scopes_changed = Signal()

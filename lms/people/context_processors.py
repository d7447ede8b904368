"""What every page's frame asks: the site's name, and which doors to show."""

from django.core.cache import cache
from django.utils.functional import SimpleLazyObject

from lms.core.identity import identity
from lms.people.permissions import navigation_rights

NAVIGATION_SECONDS = 60


def _rights(user) -> dict[str, bool]:
    if not user.is_authenticated:
        return navigation_rights(user)
    return cache.get_or_set(f"people:navigation:{user.pk}", lambda: navigation_rights(user), NAVIGATION_SECONDS)


def navigation(request) -> dict:
    """`site_name`, `site_identity`, `nav_may_see_people`, `nav_may_open_backoffice`; asked only when shown, remembered a minute.

    They choose which links are drawn and protect nothing: each page asks its own right.
    """
    rights = SimpleLazyObject(lambda: _rights(request.user))
    return {
        "site_name": SimpleLazyObject(lambda: identity().name),
        "site_identity": SimpleLazyObject(identity),
        "nav_may_see_people": SimpleLazyObject(lambda: rights["people"]),
        "nav_may_open_backoffice": SimpleLazyObject(lambda: rights["backoffice"]),
    }

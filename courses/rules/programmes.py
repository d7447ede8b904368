"""When what a programme asks for is possible."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NO_COURSES = gettext_lazy("Un parcours publié a au moins une formation.")
OPEN_COURSES_ONLY = gettext_lazy(
    "« %(title)s » n’est pas au catalogue : publiez-la d’abord, ou retirez-la du parcours."
)


def too_many_asked(asked: int, optional: int) -> str:
    """Why one cannot complete `asked` optional courses where there are `optional`; "" when one can."""
    if asked <= optional:
        return ""
    if not optional:
        return _(
            "Aucune formation du parcours n’est facultative : indiquez 0, ou décochez « obligatoire » pour certaines."
        )
    return ngettext(
        "Le parcours n’a qu’une formation facultative : indiquez 1 au plus.",
        "Le parcours n’a que %(n)d formations facultatives : indiquez %(n)d au plus.",
        optional,
    ) % {"n": optional}

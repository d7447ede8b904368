"""How the list of people narrows: words, structure, profile, competence, gap, order."""

from dataclasses import dataclass

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.hr.models import Colleague
from lms.people.models import Post, Unit, User
from lms.skills.models import MAX_LEVEL, Competence, JobProfile

ORDERS = {
    "nom": ["last_name", "first_name"],
    "structure": ["unit_name", "last_name", "first_name"],
    "profil": ["profile_name", "last_name", "first_name"],
    "atteints": ["reached_count", "last_name", "first_name"],
    "ecart": ["total_gap", "last_name", "first_name"],
}


class UnitField(forms.ModelChoiceField):
    """Units as a tree: each set off by its depth under the topmost one offered."""

    def label_from_instance(self, unit):
        return "\N{NO-BREAK SPACE}" * 3 * (unit.depth - 1) + unit.name


class UnitFilter(django_filters.ModelChoiceFilter):
    """People with a post in force in the unit or below it."""

    field_class = UnitField

    def filter(self, queryset, unit):
        if unit is None:
            return queryset
        posts = Post.objects.in_force().filter(person=OuterRef("pk"), unit__path__startswith=unit.path)
        return queryset.filter(Exists(posts))


def units_of(request):
    """The structures a person may choose among: those of their roles, and those where the people they manage work."""
    user = request.user
    managed = Post.objects.in_force().filter(manager=user)
    in_scope = Unit.objects.in_scope_of(user, "people.view_user")
    return Unit.objects.filter(Q(pk__in=in_scope.values("pk")) | Q(pk__in=managed.values("unit")))


class ColleagueFilter(django_filters.FilterSet):
    """Filters of /equipe/; expects a queryset with `with_gaps`."""

    q = django_filters.CharFilter(label=_("Nom ou matricule"), method="filter_words")
    structure = UnitFilter(label=_("Structure"), queryset=units_of, empty_label=_("Toutes les structures"))
    profil = django_filters.ModelChoiceFilter(
        label=_("Profil de poste"), field_name="profile_id", method="filter_profile",
        queryset=JobProfile.objects.all(), empty_label=_("Tous les profils"),
    )  # fmt: skip
    competence = django_filters.ModelChoiceFilter(
        label=_("Compétence"), queryset=Competence.objects.select_related("area"), method="filter_competence",
        empty_label=_("Toutes les compétences"),
    )  # fmt: skip
    ecart = django_filters.ChoiceFilter(
        label=_("Écart"), method="filter_gap", empty_label=_("Avec ou sans écart"),
        choices=[("0", _("Profil atteint")), ("1", _("Avec un écart"))]
        + [(str(n), _("Écart d’au moins %(n)d") % {"n": n}) for n in (2, 3, MAX_LEVEL, 10, 20)],
    )  # fmt: skip
    tri = django_filters.ChoiceFilter(
        method="filter_order", widget=forms.HiddenInput,
        choices=[(prefix + name, name) for name in ORDERS for prefix in ("", "-")],
    )  # fmt: skip

    class Meta:
        model = Colleague
        fields: list[str] = []

    def filter_words(self, queryset, name, value):
        """Every word is found somewhere in the name, the address or the matricule."""
        for word in value.split():
            queryset = queryset.filter(
                Q(last_name__icontains=word)
                | Q(first_name__icontains=word)
                | Q(email__icontains=word)
                | Q(matricule__icontains=word)
            )
        return queryset

    def filter_profile(self, queryset, name, profile):
        return queryset.filter(profile_id=profile.pk)

    def filter_competence(self, queryset, name, competence):
        return queryset.with_gap_in(competence, timezone.localdate())

    def filter_gap(self, queryset, name, value):
        """A gap in the chosen competence, or else over the whole profile; only people who have a profile."""
        wanted = int(value)
        measure = "competence_gap" if self.form.cleaned_data.get("competence") else "total_gap"
        queryset = queryset.filter(required_count__gt=0)
        return queryset.filter(**{f"{measure}__gte": wanted} if wanted else {measure: 0})

    def filter_order(self, queryset, name, value):
        return queryset  # ordering is applied once, by `filter_queryset`, whether or not it was asked for

    def filter_queryset(self, queryset):
        order = self.form.cleaned_data.get("tri") or "nom"
        fields = ORDERS[order.lstrip("-")]
        first = f"-{fields[0]}" if order.startswith("-") else fields[0]
        return super().filter_queryset(queryset).order_by(first, *fields[1:], "pk")


def colleagues_seen_by(user: User):
    """The people `user` may see, with their posts and gaps of today."""
    return Colleague.objects.visible_to(user).with_gaps(timezone.localdate())


COLUMNS = [
    ("nom", _("Personne")),
    ("structure", _("Structure")),
    ("profil", _("Profil de poste")),
    ("atteints", _("Niveaux atteints")),
    ("ecart", _("Écart total")),
]


@dataclass(frozen=True)
class Column:
    """A heading that orders the list: where its link leads, and how it is ordered now (`aria-sort`)."""

    name: str
    label: str
    query: str
    sort: str


def without(parameters, *names) -> str:
    """The parameters of the address but these, ready for another to follow ("q=afi&", or "")."""
    other = parameters.copy()
    for name in names:
        other.pop(name, None)
    return f"{other.urlencode()}&" if other else ""


def columns(parameters) -> list[Column]:
    """The headings for these parameters of the address (a QueryDict): the same filters, another order, page one."""
    current = parameters.get("tri") or "nom"
    found = []
    for name, label in COLUMNS:
        other = parameters.copy()
        other.pop("page", None)
        other["tri"] = f"-{name}" if current == name else name
        sort = {name: "ascending", f"-{name}": "descending"}.get(current, "none")
        found.append(Column(name, label, other.urlencode(), sort))
    return found

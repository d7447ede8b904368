"""Forms of the back office: what may be chosen is what the one who chooses has in scope."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from lms.people.models import EmailDomain, Post, RoleAssignment, Unit, User
from lms.people.rules import Role, email_domain


class PersonByEmailField(forms.EmailField):
    """A person, named by their address: a list of everyone would show people out of scope."""

    def clean(self, value):
        email = super().clean(value)
        if not email:
            return None
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise ValidationError(_("Aucun compte actif n’a cette adresse : la personne doit d’abord ouvrir le sien."))
        return person

    def prepare_value(self, value):
        if isinstance(value, int):
            return User.objects.values_list("email", flat=True).get(pk=value)
        return value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class UnitChoiceField(forms.ModelChoiceField):
    """A unit, drawn in its tree."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Unit.objects.none(), **kwargs)

    def label_from_instance(self, unit):
        return unit.name_in_tree()


class UnitForm(WagtailAdminModelForm):
    parent = UnitChoiceField(label=_("Rattachée à"), required=False)

    class Meta:
        model = Unit
        fields = ["name", "code", "kind", "starts_on", "ends_on", "latitude", "longitude", "note"]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}
        help_texts = {"code": _("Sigle ou numéro officiel ; les fichiers importés retrouvent la structure par lui.")}

    field_order = ["name", "code", "kind", "parent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        act = "change" if self.instance.pk else "add"
        choices = Unit.objects.in_scope_of(self.for_user, f"people.{act}_unit")
        self.parent_before = self.instance.get_parent() if self.instance.pk else None
        if self.instance.pk and (self.parent_before is None or self.parent_before not in choices):
            del self.fields["parent"]  # the top of one's scope stays where it is
            return
        if self.instance.pk:
            choices = choices.exclude(path__startswith=self.instance.path)
        self.fields["parent"].queryset = choices
        self.fields["parent"].initial = self.parent_before
        self.fields["parent"].required = True

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("Cette date précède celle de la création."))
        return data


class PostForm(WagtailAdminModelForm):
    person = PersonByEmailField(label=_("Adresse électronique de la personne"))
    unit = UnitChoiceField(label=_("Structure"))
    manager = PersonByEmailField(label=_("Adresse électronique du responsable"), required=False)

    class Meta:
        model = Post
        fields = ["person", "unit", "title", "job_profile", "manager", "is_primary", "starts_on", "ends_on"]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        act = "change" if self.instance.pk else "add"
        self.in_scope = Unit.objects.in_scope_of(self.for_user, f"people.{act}_post")
        self.fields["unit"].queryset = self.in_scope
        if self.instance.pk:
            del self.fields["person"]

    def clean_person(self):
        person = self.cleaned_data["person"]
        self.refuse_who_serves_elsewhere(person)
        return person

    def clean_ends_on(self):
        """A post that is over is not opened again for who left since."""
        ends_on, today = self.cleaned_data["ends_on"], timezone.localdate()
        was_over = self.instance.pk and self.instance.ends_on and self.instance.ends_on < today
        if was_over and (ends_on is None or ends_on >= today):
            self.refuse_who_serves_elsewhere(self.instance.person)
        return ends_on

    def refuse_who_serves_elsewhere(self, person):
        """Whoever serves elsewhere is not taken into one's own scope: their data would come along."""
        current = person.posts.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))
        if current.exclude(pk=self.instance.pk).exclude(unit__in=self.in_scope).exists():
            raise ValidationError(
                _(
                    "Cette personne a une affectation dans une structure que vous ne gérez pas : celle-ci doit d’abord y mettre fin."
                )
            )


class RoleForm(WagtailAdminModelForm):
    person = PersonByEmailField(label=_("Adresse électronique de la personne"))
    unit = UnitChoiceField(label=_("Structure"), help_text=_("Le rôle vaut pour elle et tout ce qui en dépend."))

    class Meta:
        model = RoleAssignment
        fields = ["person", "group", "unit", "starts_on", "ends_on"]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("person", "group", "unit"):
                del self.fields[name]
            return
        self.fields["unit"].queryset = Unit.objects.in_scope_of(self.for_user, "people.add_roleassignment")
        if not self.for_user.is_superuser:
            self.fields["group"].queryset = self.fields["group"].queryset.filter(name__in=list(Role))

    def clean_person(self):
        person = self.cleaned_data["person"]
        if person == self.for_user and not self.for_user.is_superuser:
            raise ValidationError(_("On ne se confie pas un rôle à soi-même : un autre administrateur doit le faire."))
        return person

    def clean_ends_on(self):
        """One's own role is not made to last longer either."""
        before, after = self.instance.ends_on, self.cleaned_data["ends_on"]
        is_own = self.instance.pk and self.instance.person == self.for_user and not self.for_user.is_superuser
        if is_own and before and (after is None or after > before):
            raise ValidationError(_("On ne prolonge pas son propre rôle : un autre administrateur doit le faire."))
        return after

    def clean(self):
        data = super().clean()
        starts_on = data.get("starts_on") or self.instance.starts_on
        if data.get("ends_on") and starts_on and data["ends_on"] < starts_on:
            self.add_error(
                "ends_on",
                _("Cette date précède le début ; pour retirer un rôle, indiquez la veille du jour où il cesse."),
            )
        return data


class EmailDomainForm(WagtailAdminModelForm):
    class Meta:
        model = EmailDomain
        fields = ["domain", "is_active", "note"]
        help_texts = {
            "domain": _("Par exemple gouv.bj ; ses sous-domaines sont admis aussi, sauf ceux listés à part."),
            "is_active": _(
                "Décoché, plus personne n’ouvre de compte depuis ce domaine ; les comptes existants restent."
            ),
        }

    def clean_domain(self):
        domain = self.cleaned_data["domain"].strip().lower().removeprefix("@")
        if email_domain(f"a@{domain}") != domain:
            raise ValidationError(_("Écrivez un nom de domaine simple, par exemple gouv.bj."))
        return domain

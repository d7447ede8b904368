"""The editor of a question: the banks it may be in, and its code there."""

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Collection

from courses.models.banks import banks_written_by, home_bank, read_with, shared_bank


class QuestionForm(WagtailAdminModelForm):
    """A question is written in a bank its author may add to; it may join the common one, and stays there."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_banks(self.instance.collection_id if self.instance.pk else None)

    def offer_banks(self, held: int | None) -> None:
        """Offer the banks a question in `held` may be in; a new one (None), any that its author writes in."""
        banks = banks_written_by(self.for_user) if self.for_user else Collection.objects.all()
        if held:
            banks = banks.filter(pk=shared_bank().pk) if held != shared_bank().pk else Collection.objects.none()
            banks = banks | Collection.objects.filter(pk=held)
        elif self.for_user and (home := home_bank(self.for_user)):
            self.initial["collection"] = home.pk
        field = self.fields["collection"]
        field.queryset, field.empty_label = banks, None
        field.disabled = len(banks) == 1

    def clean(self):
        cleaned = super().clean()
        bank, code = cleaned.get("collection"), cleaned.get("code")
        if bank and code:
            alike = type(self.instance).objects.filter(code=code, collection__in=read_with(bank))
            if alike.exclude(pk=self.instance.pk).exists():
                self.add_error("code", _("Une autre question a déjà ce code : choisissez-en un autre."))
        return cleaned

"""What the import of course files remembers, so that a second run changes nothing and a trainer's work is left alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from courses.models.questions import Question


class ImportedContent(models.Model):
    """One page or question made from a file: where it came from, and how both sides looked when last imported."""

    key = models.CharField(_("clé"), max_length=200, unique=True)
    page = models.ForeignKey(Page, models.SET_NULL, null=True, related_name="+", verbose_name=_("page"))
    question = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="+", verbose_name=_("question"))
    source = models.CharField(_("empreinte du fichier"), max_length=64)
    state = models.CharField(_("empreinte du contenu"), max_length=64)

    class Meta:
        verbose_name = _("contenu importé")
        verbose_name_plural = _("contenus importés")

    def __str__(self):
        return self.key

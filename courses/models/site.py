"""The pages around courses: home and catalogue."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from courses.models.course import CoursePage
from courses.models.taught import PRIVATE_PAGE_OPTIONS

CATALOGUE_SLUG = "formations"  # the direct routes of learners start there
FIRST_COURSES = 3  # shown on the home page


class HomePage(Page):
    """The front door of the site."""

    introduction = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CataloguePage"]
    max_count = 1
    page_description = _("La porte d’entrée du site. Il n’y en a qu’une.")
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("page d’accueil")

    def get_context(self, request, *args, **kwargs):
        from courses.cards import course_cards  # cards stand above models

        first = CoursePage.objects.visible_to(request.user).in_order()
        return super().get_context(request, *args, **kwargs) | {
            "cards": course_cards(first.with_card_facts()[:FIRST_COURSES])
        }


class CataloguePage(Page):
    """The list of courses."""

    introduction = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["courses.HomePage"]
    subpage_types = ["courses.ProducerPage", "courses.CoursePage", "courses.ProgrammePage"]
    max_count = 1
    page_description = _("La liste des formations. Ajoutez-y une page par formation.")
    private_page_options = PRIVATE_PAGE_OPTIONS
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("catalogue")

    def clean(self):
        super().clean()
        if self.slug != CATALOGUE_SLUG:
            raise ValidationError({"slug": _("L’adresse du catalogue reste « %(slug)s ».") % {"slug": CATALOGUE_SLUG}})

    def serve(self, request, *args, **kwargs):
        """In a normal request the direct route answers; this one serves Wagtail's previews, by the same view."""
        from courses.views import catalogue_response  # views stand above models

        return catalogue_response(request, self)

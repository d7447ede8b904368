"""The branches of the catalogue: where each organisation writes its courses, among its own trainers."""

from django.contrib.auth.models import Group
from django.db import models
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Collection, Page, PageManager, PagePermissionTester
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet

from courses.models.taught import PRIVATE_PAGE_OPTIONS
from lms.people.models import Unit

PARTNER_KINDS = [Unit.Kind.COMPANY, Unit.Kind.ASSOCIATION]


def producer_field(help_text: str) -> models.ForeignKey:
    """The unit that answers for something, if any is named."""
    label = _("structure productrice")
    return models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, help_text=help_text
    )


class ProducerQuerySet(PageQuerySet):
    def written_by(self, user):
        """Branches in which `user` may write."""
        return self.filter(pk__in=page_permission_policy.instances_user_has_permission_for(user, "add").values("pk"))

    def under_review(self):
        """Branches whose trainers publish nothing by themselves."""
        return self.filter(models.Q(is_partner=True) | models.Q(needs_review=True))


class ProducerPage(Page):
    """The branch of one organisation. Learners know nothing of it: the address of its courses is that of the catalogue.

    `group` (the trainers whose role covers the unit), `reviewers` (those whose role lets them review it) and `collection`
    (its images and documents) are made and kept by `courses.actions.branches`.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="producer_page", verbose_name=_("structure"))
    is_partner = models.BooleanField(
        _("partenaire privé"),
        default=False,
        help_text=_(
            "Ses formateurs ne voient que leurs propres fichiers et questions, et ne publient rien sans relecture."
        ),
    )
    needs_review = models.BooleanField(
        _("relecture obligatoire"),
        default=False,
        help_text=_("Rien n’est publié dans cet espace sans relecture pédagogique ; toujours vrai pour un partenaire."),
    )
    group = models.OneToOneField(Group, models.PROTECT, null=True, editable=False, related_name="producer_page")
    reviewers = models.OneToOneField(Group, models.PROTECT, null=True, editable=False, related_name="reviewed_page")
    collection = models.OneToOneField(
        Collection, models.PROTECT, null=True, editable=False, related_name="producer_page"
    )

    objects = PageManager.from_queryset(ProducerQuerySet)()

    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.CoursePage", "courses.ProgrammePage"]
    page_description = _("L’espace où les formateurs d’une structure ou d’un partenaire écrivent leurs formations.")
    private_page_options = PRIVATE_PAGE_OPTIONS
    admin_default_ordering = "title"
    content_panels = [
        *Page.content_panels,
        FieldPanel("unit"),
        MultiFieldPanel([FieldPanel("is_partner"), FieldPanel("needs_review")], heading=_("Publication")),
    ]
    promote_panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = _("espace de formation")
        verbose_name_plural = _("espaces de formation")

    def set_url_path(self, parent):
        """The catalogue's own, so that the courses of every branch stand side by side there."""
        self.url_path = parent.url_path
        return self.url_path

    def permissions_for_user(self, user):
        return BranchPermissionTester(user, self)

    def serve(self, request, *args, **kwargs):
        return redirect("courses:catalogue")

    @property
    def may_publish(self):
        """Whether its trainers publish by themselves."""
        return not (self.is_partner or self.needs_review)


class BranchPermissionTester(PagePermissionTester):
    """Trainers write inside their branch; the branch itself is the matter of those who keep the catalogue.

    Otherwise a partner would declare itself none, and publish.
    """

    def __init__(self, user, page):
        super().__init__(user, page)
        if user.is_active and not user.is_superuser:
            self.permissions_above = {
                granted.permission.codename.removesuffix("_page")
                for granted in self.permission_policy.get_cached_permissions_for_user(user)
                if page.path.startswith(granted.page.path) and page.path != granted.page.path
            }

    def keeps(self, act: str) -> bool:
        return self.user.is_active and (self.user.is_superuser or act in self.permissions_above)

    def can_edit(self):
        return self.keeps("change")

    def can_delete(self, ignore_bulk=False):
        return self.keeps("change") and super().can_delete(ignore_bulk)

    def can_publish(self):
        return self.keeps("publish")

    def can_unpublish(self):
        return self.keeps("publish") and super().can_unpublish()

    def can_lock(self):
        return self.keeps("lock")

    def can_copy(self):
        return False  # one branch a unit

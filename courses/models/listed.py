"""What the catalogue lists, as each visitor may see it: courses and programmes."""

from wagtail.models import PageViewRestriction
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet

from courses.rules.words import folded


class ListedQuerySet(PageQuerySet):
    """Pages of the catalogue with `position` and `search_words`."""

    def visible_to(self, user):
        """Pages `user` (or an anonymous) finds in the catalogue: published, not closed to them."""
        pages = self.live()
        if user.is_superuser:
            return pages
        closed = PageViewRestriction.objects.exclude(restriction_type=PageViewRestriction.NONE)
        if user.is_authenticated:
            closed = closed.exclude(restriction_type=PageViewRestriction.LOGIN).exclude(
                restriction_type=PageViewRestriction.GROUPS, groups__in=user.groups.all()
            )
        for path in closed.values_list("page__path", flat=True):
            pages = pages.exclude(path__startswith=path)
        return pages

    def taught_by(self, user):
        """Pages that `user` may write."""
        return self.filter(pk__in=page_permission_policy.instances_user_has_permission_for(user, "change").values("pk"))

    def in_order(self):
        return self.order_by("position", "title", "pk")

    def matching(self, words: str):
        """Pages that hold each of the words (or its beginning, or any part), whatever the case and accents."""
        for word in folded(words).split():
            self = self.filter(search_words__contains=word)
        return self

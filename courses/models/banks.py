"""Whose questions are whose: each branch of the catalogue has its bank, and the branches of the State share one more.

A bank is a Wagtail collection, the one that holds the images of a branch too: that of the branch, or « Bibliothèque commune ».
Who may do what there is granted to groups, as for images (`courses.actions.branches`).
"""

from django.db.models import Q
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, Page
from wagtail.permission_policies.collections import CollectionPermissionPolicy

from courses.models.producer import ProducerPage

SHARED_COLLECTION = "Bibliothèque commune"


class BankPolicy(CollectionPermissionPolicy):
    """What is granted on questions, bank by bank; nobody deletes one: attempts name their versions."""

    def _check_perm(self, user, actions, collection=None):
        kept = set(actions) - {"delete"}
        return bool(kept) and super()._check_perm(user, kept, collection)


question_policy = BankPolicy("courses.Question")


def shared_bank() -> Collection:
    """What all trainers of the State share; made with what lay in the open library before it."""
    if shared := Collection.objects.filter(depth=2, name=SHARED_COLLECTION).first():
        return shared
    root = Collection.get_first_root_node()
    shared = root.add_child(name=SHARED_COLLECTION)
    for model in (get_image_model(), get_document_model()):
        model.objects.filter(collection=root).update(collection=shared)
    return shared


def branch_of(page: Page) -> ProducerPage | None:
    """The branch a page stands in; none in the open catalogue."""
    return ProducerPage.objects.ancestor_of(page, inclusive=True).select_related("collection").first()


def bank_of(page: Page) -> Collection:
    """The bank of the branch a page stands in; in the open catalogue, the common one."""
    branch = branch_of(page)
    return (branch and branch.collection) or shared_bank()


def reach_of(bank: Collection) -> list[int]:
    """The banks that those who write in this one may ask questions of, itself first: a partner asks its own alone."""
    return banks_open_to(ProducerPage.objects.filter(collection=bank).first())


def banks_open_to(branch: ProducerPage | None) -> list[int]:
    """The banks that pages of a branch may ask questions of, whoever looks: those that its writers reach (one query)."""
    own = [branch.collection_id] if branch and branch.collection_id else []
    return own if branch and branch.is_partner else [*own, shared_bank().pk]


def read_with(bank: Collection) -> list[int]:
    """The banks some reader of this one reads too, so that a code names one question: the common one is read with all."""
    if bank != shared_bank():
        return reach_of(bank)
    return [
        bank.pk,
        *ProducerPage.objects.filter(is_partner=False, collection__isnull=False).values_list("collection", flat=True),
    ]


def widest_bank_of(page: Page) -> Collection:
    """Where the questions of a page go that nobody wrote here: the common one, or the partner's in whose branch it is."""
    return Collection.objects.get(pk=reach_of(bank_of(page))[-1])


def banks_written_by(user):
    """The banks to which `user` may add a question."""
    banks = question_policy.collections_user_has_permission_for(user, "add")
    return banks.filter(Q(producer_page__isnull=False) | Q(pk=shared_bank().pk))


def home_bank(user) -> Collection | None:
    """Where a question that `user` writes goes unless they say otherwise: their own bank when they have one, else the common one."""
    banks, shared = list(banks_written_by(user)), shared_bank()
    own = [bank for bank in banks if bank != shared]
    if shared in banks and len(own) != 1:
        return shared
    return own[0] if own else None

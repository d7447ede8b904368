"""The branches of the catalogue: opened for each unit that writes, with what its trainers may do and who they are."""

from datetime import date

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from courses.actions.review import attach_review
from courses.models import CataloguePage, CoursePage, ProducerPage
from courses.models.banks import shared_bank
from courses.models.producer import PARTNER_KINDS
from courses.reviewing import REVIEW
from lms.people.models import RoleAssignment, Unit, User

WRITE = "courses.write_course"
WRITER_ACTS, PUBLISHER_ACTS = ["add", "change"], ["publish", "lock"]
# The least right that lets one walk through pages in the back office; it opens nothing to be written.
READER_ACTS = ["unlock"]
# Whoever adds a file may change it; the others of the branch may too.
BANK_ACTS = ["add", "change", "view"]
OWN_FILES, SHARED_FILES = ["add", "change", "choose"], ["add", "choose"]


@transaction.atomic
def sync_branches(person: User | None = None, on: date | None = None) -> None:
    """Open the branches that trainers miss, and make the members of each those whose role covers its unit.

    Branches older than the review are given it.
    Nothing before there is a catalogue. `person` narrows it to theirs.
    """
    if not CataloguePage.objects.exists():
        return
    roles = RoleAssignment.objects.carrying(WRITE, on).exclude(unit__kind=Unit.Kind.STATE)
    roles = roles.filter(person=person) if person else roles
    for unit in Unit.objects.filter(pk__in=roles.values("unit"), producer_page=None):
        open_branch(unit)
    for branch in ProducerPage.objects.filter(Q(reviewers=None) | Q(workflowpage=None)):
        keep_branch(branch)
    sync_members(person, on)


@transaction.atomic
def open_branch(unit: Unit) -> ProducerPage:
    """The branch of a unit, made where it is missing; it takes in the courses that name the unit in the open catalogue.

    Locks the catalogue.
    """
    catalogue = CataloguePage.objects.select_for_update().get()
    if branch := ProducerPage.objects.filter(unit=unit).first():
        return branch
    branch = ProducerPage(
        title=unit.name,
        slug=f"espace-{unit.code.lower()}",
        unit=unit,
        is_partner=unit.kind in PARTNER_KINDS,
        live=False,
    )
    catalogue.add_child(instance=branch)
    branch.save_revision().publish()
    for course in CoursePage.objects.child_of(catalogue).filter(producer=unit):
        course.move(branch, "last-child")
    return ProducerPage.objects.get(pk=branch.pk)


@transaction.atomic
def keep_branch(branch: ProducerPage) -> None:
    """Give a branch its groups, its collection and its review, and each group what it may do: that, and nothing more."""
    if branch.collection is None:
        branch.collection = Collection.get_first_root_node().add_child(name=branch.title[:255])
    branch.group = _group_named(branch.group, f"Formateurs – {branch.unit.code}")
    branch.reviewers = _group_named(branch.reviewers, f"Relecteurs – {branch.unit.code}")
    ProducerPage.objects.filter(pk=branch.pk).update(
        group=branch.group, reviewers=branch.reviewers, collection=branch.collection
    )
    attach_review(branch)
    _grant_pages(branch, branch.group, WRITER_ACTS + (PUBLISHER_ACTS if branch.may_publish else []))
    _grant_pages(branch, branch.reviewers, READER_ACTS)
    branch.group.permissions.clear()  # all that it may do is granted in its tree and its collections
    own, shared = _acts_on(OWN_FILES, BANK_ACTS), _acts_on(SHARED_FILES, BANK_ACTS)
    _grant_collections(branch.group, {branch.collection: own, shared_bank(): set() if branch.is_partner else shared})


@transaction.atomic
def sync_members(person: User | None = None, on: date | None = None) -> None:
    """Make members of a branch's groups those whose role stands at its unit, or above it, and nobody else."""
    branches = list(ProducerPage.objects.exclude(group=None).values_list("group", "reviewers", "unit__path"))
    _sync_groups([(group, path) for group, _reviewers, path in branches], WRITE, person, on)
    _sync_groups([(reviewers, path) for _group, reviewers, path in branches if reviewers], REVIEW, person, on)


def _sync_groups(branches: list[tuple[int, str]], right: str, person: User | None, on: date | None) -> None:
    """`branches`: for each, its group for this right, and the path of its unit."""
    roles = RoleAssignment.objects.carrying(right, on)
    held = User.groups.through.objects.filter(group__in=[group for group, _path in branches])
    if person:
        roles, held = roles.filter(person=person), held.filter(user=person)
    wanted = {
        (group, holder)
        for holder, above in roles.order_by().values_list("person", "unit__path")
        for group, path in branches
        if path.startswith(above)
    }
    present = set(held.values_list("group", "user"))
    for group, holder in present - wanted:
        Group.objects.get(pk=group).user_set.remove(holder)
    for group, holder in wanted - present:
        Group.objects.get(pk=group).user_set.add(holder)


def _group_named(group: Group | None, name: str) -> Group:
    """The group under this name, which follows the code of the unit."""
    if group is None:
        return Group.objects.get_or_create(name=name)[0]
    Group.objects.filter(pk=group.pk).update(name=name)
    return group


def _grant_pages(branch: ProducerPage, group: Group, acts: list[str]) -> None:
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=[f"{act}_page" for act in acts]
    )
    GroupPagePermission.objects.filter(group=group).exclude(page=branch, permission__in=permissions).delete()
    for permission in permissions:
        GroupPagePermission.objects.get_or_create(group=group, page=branch, permission=permission)


def _acts_on(files: list[str], questions: list[str]) -> set[str]:
    """What these acts on images and documents, and on questions, are called."""
    return {f"{act}_{model}" for act in files for model in ("image", "document")} | {
        f"{act}_question" for act in questions
    }


def _grant_collections(group: Group, acts_in: dict[Collection, set[str]]) -> None:
    """Grant these acts in each collection: those, and no others."""
    for collection, acts in acts_in.items():
        permissions = Permission.objects.filter(
            content_type__app_label__in=["wagtailimages", "wagtaildocs", "courses"], codename__in=acts
        )
        held = GroupCollectionPermission.objects.filter(group=group, collection=collection)
        held.exclude(permission__in=permissions).delete()
        for permission in permissions:
            held.get_or_create(group=group, collection=collection, permission=permission)

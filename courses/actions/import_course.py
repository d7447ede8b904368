"""Bringing in a whole course: what would happen, by doing it and taking it back; then doing it, all in one transaction."""

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Collection, Page

from courses.actions.imports import AlreadyAsked, as_rows, forget_file, keep_preview
from courses.actions.library import files_kept_if_done
from courses.actions.site import ensure_site
from courses.addresses import free_slug
from courses.imports.remarks import ERROR, ImportRefused, Remark
from courses.models import CourseImport, CoursePage, Question
from courses.models.banks import bank_of, reach_of, read_with
from courses.packages.fields import PAGES
from courses.packages.loading import Loader, reasons
from courses.packages.reading import Package, read_package
from courses.packages.writing import THE_COURSE, Rows, Writer
from courses.permissions import pages_in_sight, place_of_new_courses
from lms.core import audit
from lms.core.jobs import enqueue
from lms.people.models import User

JOB = "courses.import_course"


class Outcome:
    """What an import does: counts by name, remarks, and the course it makes (None when there is nothing to make)."""

    def __init__(self):
        self.counts: Counter = Counter(
            dict.fromkeys(("module", "lesson", "quiz", "question", "reused", "file", "unchanged"), 0)
        )
        self.remarks: list[Remark] = []
        self.course: CoursePage | None = None

    @property
    def is_refused(self) -> bool:
        return any(remark.level == ERROR for remark in self.remarks)


class DryRun(Exception):
    """Raised to take everything back."""


def rehearse(package: Package, user: User, as_copy: bool = False) -> Outcome:
    """What importing would do, the installation being as it is: it is done, and taken back. Raises ImportRefused."""
    outcome = Outcome()
    with suppress(DryRun), files_kept_if_done() as files, transaction.atomic():
        _carry_out(package, user, as_copy, outcome, files, is_rehearsal=True)
        raise DryRun
    outcome.course = None
    return outcome


def carry_out(package: Package, user: User, as_copy: bool = False) -> Outcome:
    """Import a course as drafts: all of it, or nothing, files included. Raises ImportRefused."""
    outcome = Outcome()
    with files_kept_if_done() as files, transaction.atomic():
        _carry_out(package, user, as_copy, outcome, files)
    return outcome


def _carry_out(
    package: Package, user: User, as_copy: bool, outcome: Outcome, files: list, is_rehearsal: bool = False
) -> None:
    said = package.manifest["course"]
    place = place_of_new_courses(user) or ensure_site()
    bank = bank_of(place)
    known = CoursePage.objects.filter(Q(live=True) | Q(pk__in=pages_in_sight(user).values("pk")))
    held = known.filter(code=said["code"]).first()
    if held and not as_copy:
        if Writer(held).manifest() == package.manifest:
            outcome.counts["unchanged"] = 1
            return
        message = _("Une formation « %(code)s » est déjà ici, différente : importez celle-ci comme une copie.")
        outcome.remarks.append(Remark(ERROR, _("la formation"), message % {"code": said["code"][:80]}))
        return
    loader = Loader(Question.objects.within(bank))
    try:
        _load_assets(package, bank, user, loader, outcome, files, is_rehearsal)
        _load_questions(package.manifest["questions"], bank, user, loader, outcome)
        outcome.course = Tree(loader, user, outcome).load(said, place)
    except (IntegrityError, zipfile.BadZipFile) as error:
        raise ImportRefused(_("La formation contient deux fois ce qui doit être unique.")) from error
    except ValidationError as error:
        raise ImportRefused(reasons(error)) from error
    outcome.remarks += loader.remarks


# --- Files


def _load_assets(
    package: Package,
    bank: Collection,
    user: User,
    loader: Loader,
    outcome: Outcome,
    files: list,
    is_rehearsal: bool,
) -> None:
    """The images and documents, those that `user` may choose already taken as they are.

    In a rehearsal, none is written but the pictures of questions, of which a version keeps a copy.
    """
    asked = json.dumps(package.manifest["questions"]) if is_rehearsal else ""
    for key, told in package.manifest["assets"].items():
        model, policy = _library_of(told["kind"])
        data = package.asset(key)
        item = _held(policy.instances_user_has_permission_for(user, "choose"), told, data)
        if item is None:
            about = {name: told[name] for name in ("title", "description") if name in told}
            item = model(**about, uploaded_by_user=user, collection=bank)
            item.file, item.file_size = ContentFile(data, key), len(data)
            item.file_hash = sha1(data)
            outcome.counts["file"] += 1
            if not is_rehearsal or key in asked:
                item.save()
                files.append(item.file)
        loader.found[told["kind"], key] = item.pk or 0


def _library_of(kind: str) -> tuple:
    return (get_image_model(), image_policy) if kind == "image" else (get_document_model(), document_policy)


def _held(items: QuerySet, told: dict, data: bytes):
    """The one of these files of the library that has this content, under the same title; None when there is none."""
    about = {name: told[name] for name in ("title", "description") if name in told}
    alike = items.filter(Q(file_size=len(data)) | Q(file_size=None), **about).order_by("pk")
    return next((item for item in alike if item.get_file_hash() == sha1(data)), None)


def sha1(data: bytes) -> str:
    """What the library knows a content by."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


# --- Questions


def _load_questions(said: list[dict], bank: Collection, user: User, loader: Loader, outcome: Outcome) -> None:
    """Those within the bank's reach already are taken; one whose code is another question's gets a code of its own."""
    alike, reach = Question.objects.filter(collection__in=read_with(bank)), reach_of(bank)
    for one in said:
        code = one["code"]
        where = _("question « %(code)s »") % {"code": code[:60]}
        for wanted in (code, _own_code(one)):
            held = alike.filter(code=wanted).first()
            if held is None:
                _make_question({**one, "code": wanted}, where, bank, user, loader)
                outcome.counts["question"] += 1
            elif held.collection_id not in reach or not _is_same(held, {**one, "code": wanted}):
                continue
            else:
                outcome.counts["reused"] += 1
            if wanted != code:
                loader.codes[code] = wanted
                message = _("La banque a une autre question de ce code : celle-ci prend le code « %(code)s ».")
                loader.warn(where, message % {"code": wanted})
            break


def _own_code(said: dict) -> str:
    mark = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:10]
    return f"{said['code'][:100]}-{mark}"


def _is_same(held: Question, said: dict) -> bool:
    return Rows().row(held) == said


def _make_question(said: dict, where: str, bank: Collection, user: User, loader: Loader) -> Question:
    question = loader.fill(Question(collection=bank, author=user), said, where)
    try:
        question.full_clean()
    except ValidationError as error:
        raise ImportRefused(f"{where} : {reasons(error)}") from error
    question.save()
    if not isinstance(said["tags"], list) or not all(isinstance(tag, str) for tag in said["tags"]):
        raise ImportRefused(_("%(where)s : les étiquettes n’ont pas la forme attendue.") % {"where": where})
    question.tags.set(said["tags"])
    return question


# --- Pages


class Tree:
    """The pages of a course being made, as drafts."""

    def __init__(self, loader: Loader, user: User, outcome: Outcome):
        self.loader, self.user, self.outcome = loader, user, outcome
        self.unfinished: list[tuple[Page, dict, str]] = []  # they link to pages made after them

    def load(self, said: dict, place: Page) -> CoursePage:
        """The course and all below it, in its place. Raises ImportRefused, ValidationError."""
        said = {**said, "code": _free_code(said["code"]), "slug": free_slug(place, str(said.get("slug"))[:200])}
        course = self._add(CoursePage(), said, place, _("la formation"))
        self.loader.found["page", THE_COURSE] = course.pk
        self._add_below(course, said["pages"])
        for page, row, where in self.unfinished:
            self.loader.fill(page, row, where, only_texts=True)
            page.save()
            page.save_revision(user=self.user, clean=False)
        return CoursePage.objects.get(pk=course.pk)

    def _add_below(self, parent: Page, pages: list[dict]) -> None:
        for said in pages:
            self.outcome.counts[said["type"]] += 1
            where = _("« %(title)s »") % {"title": str(said.get("title"))[:60]}
            page = self._add(PAGES[said["type"]](), said, parent, where)
            self._add_below(page, said["pages"])

    def _add(self, page: Page, said: dict, parent: Page, where: str) -> Page:
        self.loader.awaits_page = False
        self.loader.fill(page, said, where)
        page.live, page.owner = False, self.user
        try:
            Page.objects.get(pk=parent.pk).add_child(instance=page)
            page.clean()
        except ValidationError as error:
            raise ImportRefused(f"{where} : {reasons(error)}") from error
        self.loader.found["page", page.slug] = page.pk
        if self.loader.awaits_page:
            self.unfinished.append((page, said, where))
        else:
            page.save_revision(user=self.user, clean=False)
        return page


def _free_code(wanted: str) -> str:
    """The code, followed by a number if a course has it already."""
    number, code = 1, wanted
    while CoursePage.objects.filter(code=code).exists():
        number += 1
        code = f"{wanted[:70]}-{number}"
    return code


# --- The import as its author lives it


def begin_course_import(name: str, data: bytes, user: User, now: datetime) -> CourseImport:
    """Read an archive, rehearse its import, keep it: the preview. Raises ImportRefused."""
    outcome = rehearse(read_package(data), user)
    begun = CourseImport(name=name[:200], created_by=user, counts=outcome.counts, remarks=as_rows(outcome.remarks))
    return keep_preview(begun, data, now)


@transaction.atomic
def confirm_course_import(begun: CourseImport, user: User, as_copy: bool) -> CourseImport:
    """Ask for the import in the background; locks it. Raises AlreadyAsked."""
    begun = CourseImport.objects.select_for_update().get(pk=begun.pk)
    if begun.state != CourseImport.State.PREVIEW:
        raise AlreadyAsked
    begun.as_copy, begun.state = as_copy, CourseImport.State.ASKED
    begun.job = enqueue(JOB, key=f"{JOB}:{begun.pk}", payload={"import": begun.pk}, on_behalf_of=user)
    begun.save()
    return begun


def run_course_import(pk: int, now: datetime, told: Callable[[int], None] = lambda percent: None) -> CourseImport:
    """Read the archive again and bring the course in, all or nothing; again changes nothing."""
    begun = CourseImport.objects.select_related("created_by").get(pk=pk)
    if begun.state != CourseImport.State.ASKED:
        return begun
    told(10)
    with begun.file.open("rb") as file:
        data = file.read()
    try:
        package = read_package(data)
        told(30)  # the rest is one transaction: what it says is seen when it ends
        with files_kept_if_done() as files, transaction.atomic():
            begun = CourseImport.objects.select_for_update(of=("self",)).select_related("created_by").get(pk=pk)
            if begun.state != CourseImport.State.ASKED:
                return begun
            outcome = Outcome()
            _carry_out(package, begun.created_by, begun.as_copy, outcome, files)
            _finish(begun, outcome, now)
    except ImportRefused as refusal:
        outcome = Outcome()
        outcome.remarks.append(Remark(ERROR, _("la formation"), str(refusal)))
        with transaction.atomic():
            _finish(begun, outcome, now)
    return begun


def _finish(begun: CourseImport, outcome: Outcome, now: datetime) -> None:
    begun.state = CourseImport.State.REFUSED if outcome.is_refused else CourseImport.State.DONE
    begun.counts, begun.remarks, begun.finished_at = outcome.counts, as_rows(outcome.remarks), now
    begun.course = outcome.course
    forget_file(begun)
    begun.save()
    audit.record("course.import", actor=begun.created_by, obj=begun, state=begun.state, **outcome.counts)

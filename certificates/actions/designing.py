"""What is done to designs: saved, put in service, frozen at their first use."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from certificates.models import Design, DesignVersion
from courses.models import CoursePage
from lms.core import audit
from lms.people.models import Unit, User


@transaction.atomic
def save_design(design: Design, by: User) -> Design:
    """Save a design with its signatories and logos; in service, it takes the place of the one there was.

    What was issued is not concerned: its version is frozen.
    """
    if design.is_in_service:
        for former in rivals(design).select_for_update():
            former.is_in_service = False
            former.save(update_fields=["is_in_service"])
            audit.record("certificate.design_withdrawn", by, former)
    design.save()
    audit.record("certificate.design_saved", by, design, in_service=design.is_in_service)
    return design


def rivals(design: Design):
    """The designs in service at the same place."""
    same = {"kind": design.kind, "unit": design.unit, "course": design.course, "is_in_service": True}
    return Design.objects.filter(**same).exclude(pk=design.pk)


def design_for(kind: str, course: CoursePage) -> Design | None:
    """The most precise design in service: of the course, of its producer or the nearest unit above, of the platform."""
    return Design.objects.for_course(kind, course).prefetch_related("logos", "signatories").first()


def version_for(kind: str, course: CoursePage, now: datetime) -> DesignVersion | None:
    """The version in use of the design of a course; none where there is no design."""
    design = design_for(kind, course)
    return version_in_use(design, now) if design else None


def design_for_producer(kind: str, producer: Unit | None) -> Design | None:
    """That of a programme: of its producer or the nearest unit above, of the platform."""
    return Design.objects.for_producer(kind, producer).prefetch_related("logos", "signatories").first()


@transaction.atomic
def version_in_use(design: Design, now: datetime) -> DesignVersion:
    """The version of what the design says now: the one documents already have, or the next; locks the design then."""
    content = design.content()
    if version := design.versions.filter(sha256=content.sha256).first():
        return version
    Design.objects.select_for_update().get(pk=design.pk)
    if version := design.versions.filter(sha256=content.sha256).first():
        return version
    last = design.versions.aggregate(last=Max("number"))["last"] or 0
    return design.versions.create(number=last + 1, content=content.to_json(), sha256=content.sha256, first_used_at=now)

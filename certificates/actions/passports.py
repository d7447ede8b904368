"""A passport asked for by its holder, made by the signing worker, erased with the names."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from certificates import rules, storage
from certificates.lasting.signature import SealedDocument
from certificates.models import Certificate, Passport
from certificates.passports.content import PassportContent, PassportLine, without_names
from lms.core import audit
from lms.core.identity import identity
from lms.core.jobs import enqueue
from lms.core.models import Job
from lms.people.models import User

JOB = "certificates.make_passport"
OVER = (Job.State.FAILED, Job.State.CANCELLED)


class NothingToList(Exception):
    """The person has no certificate to put in a passport."""


class TooManyPassports(Exception):
    """The person asked for as many as a day allows."""


@transaction.atomic
def ask_for_passport(person: User, with_kept: bool, now: datetime) -> Passport:
    """Freeze what the person holds and ask for its PDF; while one is in preparation, that one.

    `with_kept`: list those too that the person keeps for whom they give the link. Locks the person. Raises NothingToList,
    TooManyPassports.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    passports = Passport.objects.filter(person=person)
    if waiting := passports.filter(state=Passport.State.ASKED).first():
        if not is_given_up(waiting):
            return waiting
        passports.filter(pk=waiting.pk).update(state=Passport.State.FAILED)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = passports.filter(asked_at__gte=midnight).exclude(state=Passport.State.FAILED)
    if of_today.count() >= settings.LMS_PASSPORTS_PER_DAY:
        raise TooManyPassports
    content = content_of(person, with_kept, now)
    passport = Passport.objects.create(
        person=person, public_code=content.public_code, content=content.to_json(), asked_at=now
    )
    audit.record("passport.ask", person, passport)
    enqueue(JOB, key=job_key(passport), payload={"passport": passport.pk}, on_behalf_of=person)
    return passport


def job_key(passport: Passport) -> str:
    return f"passport:{passport.pk}"


def is_given_up(passport: Passport) -> bool:
    """Whether nobody will make it any more; one query."""
    return Job.objects.filter(key=job_key(passport), state__in=OVER).exists()


def listed_certificates(person: User):
    """Those a passport lists, the newest first: all that were issued, but for the replaced and those without name."""
    rows = Certificate.objects.published().filter(person=person, erased_at__isnull=True)
    return rows.exclude(state=Certificate.State.REPLACED).order_by("-issued_on", "-pk")


def content_of(person: User, with_kept: bool, now: datetime) -> PassportContent:
    """Everything the passport will say, as it is now; one query. Raises NothingToList."""
    rows = listed_certificates(person)
    rows = rows if with_kept else rows.exclude(visibility=Certificate.Visibility.LINK)
    lines = tuple(line_of(certificate) for certificate in rows)
    if not lines:
        raise NothingToList
    code = rules.new_public_code()
    return PassportContent(
        public_code=code,
        verification_url=f"{settings.LMS_PUBLIC_URL}/p/{code}/",
        printed_name=rules.composed(str(person)),
        dated_at=now.replace(microsecond=0),
        site_name=identity().name,
        issuer=settings.LMS_ISSUER,
        issuer_parent=settings.LMS_ISSUER_PARENT,
        lines=lines,
    )


def line_of(certificate: Certificate) -> PassportLine:
    printed = certificate.printed
    return PassportLine(
        number=certificate.printed_number,
        public_code=certificate.public_code,
        address=f"{settings.LMS_PUBLIC_URL}{certificate.shared_path}",
        printed_name=printed.printed_name,
        course_title=printed.course_title,
        is_attestation=printed.is_attestation,
        assurance=printed.assurance,
        state=certificate.state_today,
        issued_on=printed.issued_on,
        expires_on=certificate.expires_on,
        competences=printed.competences,
        covered=printed.covered,
        proof=printed.proof,
        parts=tuple(part.title for part in printed.parts),
    )


def publish_passport(passport: Passport, sealed: SealedDocument, now: datetime) -> bool:
    """Keep the sealed file of a passport in preparation; False when another worker did so first, or it was erased.

    One UPDATE decides; the file of who loses, which prints a name, is not kept.
    """
    name, sha256 = storage.keep(sealed.content), storage.fingerprint(sealed.content)
    won = Passport.objects.filter(pk=passport.pk, state=Passport.State.ASKED).update(
        state=Passport.State.MADE,
        made_at=now,
        stamped_at=sealed.stamp.made_at if sealed.stamp else None,
        sha256=sha256,
        size_bytes=len(sealed.content),
        storage_name=name,
        seal_sha256=sealed.seal_sha256,
        is_specimen=sealed.is_specimen,
    )
    if not won and not Passport.objects.filter(storage_name=name).exists():
        storage.drop(name)
    return bool(won)


def erase_passports(person: User) -> None:
    """Erase the names from the passports of a person, for good, their files with them; inside a transaction.

    Their fingerprints stay: whoever kept a file still learns that it was ours.
    """
    for passport in Passport.objects.select_for_update().filter(person=person).exclude(state=Passport.State.ERASED):
        name = passport.storage_name
        Passport.objects.filter(pk=passport.pk).update(
            state=Passport.State.ERASED, content=without_names(passport.content), storage_name=""
        )
        if name:
            transaction.on_commit(partial(storage.drop, name))

"""The archive of a document: what independent tools say of it, years later too, and what is refused of it."""

import asyncio
import io
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import SignatureCoverageLevel
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from certificates.lasting.archive import Layout, OtherLayout, Proofs, archive
from certificates.lasting.port import CertificateRevoked, RevocationUnavailable, Stamp
from certificates.lasting.proofs import certificates_in
from certificates.lasting.revocation import read_answer
from certificates.lasting.signature import FirstStamp, Patience
from certificates.sealing.chain import in_der
from certificates.sealing.document import CMS_BYTES
from certificates.verifying.checking import check_pdf
from certificates.verifying.quarantine import check_apart
from certificates.verifying.verdicts import Verdict
from tests.certificates.workshop import Workshop

DAY, YEAR = timedelta(days=1), timedelta(days=365)
needs_pdfsig = pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
needs_qpdf = pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed (Debian: apt install qpdf)")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("workshop"), timezone.now().replace(microsecond=0))


@pytest.fixture(scope="module")
def levels(workshop):
    """The same document at each level, and stamped again."""
    first, second = workshop.sealed(None), workshop.sealed()
    archived = workshop.archived(second)
    return {
        "B-B": first.content,
        "B-T": second.content,
        "B-B to B-LTA": workshop.archived(first),
        "B-LTA": archived,
        "twice": workshop.archived(archived),
    }


LEVELS = ["B-B", "B-T", "B-B to B-LTA", "B-LTA", "twice"]


def verdict(workshop, content, now=None):
    return check_pdf(content, workshop.roots, workshop.time_roots, now).verdict


def test_archive_leaves_the_sealed_bytes_as_they_are_and_stays_light(levels):
    assert levels["B-LTA"].startswith(levels["B-T"])
    assert levels["twice"].startswith(levels["B-LTA"])
    assert levels["B-B to B-LTA"].startswith(levels["B-B"])
    assert len(levels["B-T"]) < 75_000
    assert len(levels["twice"]) < 100_000


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_intact_and_ours(level, levels, workshop):
    assert verdict(workshop, levels[level]) == Verdict.INTACT


@needs_pdfsig
@pytest.mark.parametrize("level", LEVELS)
def test_pdfsig_finds_every_level_valid_and_wholly_covered(level, levels, tmp_path):
    file = tmp_path / "certificat.pdf"
    file.write_bytes(levels[level])
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, check=True).stdout.decode()
    assert "Signature is Valid" in said
    covered = [line.strip("- ") for line in map(str.strip, said.splitlines()) if "otal document signed" in line]
    assert covered == ["Not total document signed"] * (len(covered) - 1) + ["Total document signed"]


@needs_qpdf
@pytest.mark.parametrize("level", LEVELS)
def test_qpdf_finds_no_fault_in_the_structure(level, levels, tmp_path):
    file = tmp_path / "certificat.pdf"
    file.write_bytes(levels[level])
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No syntax or stream encoding errors found" in done.stdout


def token_of(content, tmp_path):
    """The last time-stamp's token and what it covers, cut out as a stranger would."""
    ranges = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", content)
    start, end, length = map(int, ranges[-1])
    (tmp_path / "token.der").write_bytes(bytes.fromhex(content[start + 1 : end - 1].decode()))
    (tmp_path / "covered").write_bytes(content[:start] + content[end : end + length])
    return tmp_path / "token.der", tmp_path / "covered"


@pytest.mark.parametrize("level", ["B-LTA", "twice"])
def test_openssl_verifies_the_time_stamp_over_the_whole_file(level, levels, workshop, tmp_path):
    token, covered = token_of(levels[level], tmp_path)
    command = ["openssl", "ts", "-verify", "-data", covered, "-in", token, "-token_in"]
    # The gap leaves zeros after the token: openssl reads one DER value and stops.
    done = subprocess.run([*command, "-CAfile", workshop.time_roots[0]], capture_output=True, check=False, text=True)
    assert "Verification: OK" in done.stdout, done.stderr


def in_the_future(workshop, content, at):
    """What pyHanko says of the file, at that time, by the standard's own algorithm (ETSI EN 319 102-1, 5.6.3).

    It takes none but seals that were time-stamped at once, where the standard takes a time-stamp over the document too.
    """

    def policy(files):
        roots = [asn1_x509.Certificate.load(der_of(file)) for file in files]
        return CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(REQUIRE_REVINFO))

    spec = SignatureValidationSpec(policy(workshop.roots), ts_cert_validation_policy=policy(workshop.time_roots))
    seal = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures[0]
    run = simulate_future_ades_lta_validation(seal, PdfSignatureValidationSpec(spec), at)
    return asyncio.run(run).ades_subindic


def der_of(file):
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    return certificate.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("level", "years", "passes"),
    [("B-LTA", 1, True), ("B-LTA", 4, True), ("twice", 4, True), ("B-T", 4, False), ("B-LTA", 11, False)],
)  # fmt: skip
def test_pyhanko_follows_the_standard_to_the_same_end(level, years, passes, levels, workshop):
    found = in_the_future(workshop, levels[level], workshop.now + years * YEAR)
    assert (found == AdESPassed.OK) is passes


@pytest.mark.parametrize(
    ("level", "years", "expected"),
    [
        ("B-B", 2, Verdict.INTACT),
        ("B-B", 4, Verdict.EXPIRED),
        ("B-T", 4, Verdict.EXPIRED),
        ("B-LTA", 4, Verdict.INTACT),
        ("B-B to B-LTA", 9, Verdict.INTACT),
        ("twice", 9, Verdict.INTACT),
        ("twice", 11, Verdict.EXPIRED),
    ],
)
def test_seal_that_expired_is_good_when_the_archive_proves_it(level, years, expected, levels, workshop):
    assert verdict(workshop, levels[level], datetime.now(UTC) + years * YEAR) == expected


def test_archive_stamped_again_outlives_the_first_time_stamp(tmp_path):
    """Twelve years: the authority that first gave the time has ended, the one that gave it again stands."""
    first = Workshop(tmp_path / "first", timezone.now().replace(microsecond=0) - 12 * YEAR)
    archived = first.archived(first.sealed())
    assert verdict(first, archived) == Verdict.EXPIRED
    first.now += 8 * YEAR
    second = Workshop(tmp_path / "second", first.now)
    again = first.archived(archived, stamper=second.stamper)
    roots, times = first.roots, [*first.time_roots, *second.time_roots]
    assert check_pdf(again, roots, times).verdict == Verdict.INTACT
    assert check_pdf(again, roots, first.time_roots).verdict == Verdict.EXPIRED


def test_seal_revoked_before_it_was_stamped_is_refused(tmp_path):
    workshop = Workshop(tmp_path, timezone.now().replace(microsecond=0) - YEAR)
    sealed = workshop.sealed()
    good = workshop.archived(sealed)
    workshop.source.revoked_at[workshop.seal] = workshop.now - DAY
    workshop.keeper = workshop.new_keeper()
    with pytest.raises(CertificateRevoked, match="est révoqué depuis"):
        workshop.archived(sealed)
    answer = workshop.source.ask(
        workshop.seal, x509.load_pem_x509_certificate((tmp_path / "sandbox/issuing.pem").read_bytes())
    )
    forced = with_answer(workshop, sealed, answer[0])
    assert verdict(workshop, forced) == Verdict.REVOKED
    assert verdict(workshop, good) == Verdict.INTACT


def with_answer(workshop, sealed, answer):
    """An archive that holds another answer about the seal than one that says it is good."""
    certificates = map(in_der, certificates_in(sealed.content, last_only=False))
    return archive(sealed.content, Proofs.of(certificates, [answer], []), workshop.stamper).content


def test_what_is_said_of_the_seal_must_be_newer_than_the_seal(workshop):
    sealed = workshop.sealed()
    with pytest.raises(RevocationUnavailable, match="d’avant la signature"):
        workshop.archived(sealed, sealed_at=workshop.now + timedelta(hours=1))


def test_answer_signed_by_a_stranger_or_about_another_is_refused(workshop, tmp_path):
    issuing = x509.load_pem_x509_certificate((workshop.folder / "sandbox/issuing.pem").read_bytes())
    (answer,) = workshop.source.ask(workshop.seal, issuing)
    assert read_answer(answer, workshop.seal, issuing).is_ocsp
    other = Workshop(tmp_path, workshop.now)
    with pytest.raises(RevocationUnavailable, match="autre certificat"):
        read_answer(answer, other.seal, issuing)
    forged = bytearray(answer)
    forged[forged.rindex(workshop.source.responders[0].cert.certificate.signature) - 200] ^= 1
    with pytest.raises((RevocationUnavailable, ValueError)):
        read_answer(bytes(forged), workshop.seal, issuing)


class LongWinded:
    """A stamper whose tokens are long, as those of authorities with many certificates are."""

    def __init__(self, stamper, more):
        self.stamper, self.more, self.asked = stamper, more, 0

    def stamp(self, digest):
        self.asked += 1
        stamp = self.stamper.stamp(digest)
        return Stamp(stamp.token + bytes(self.more), stamp.made_at, stamp.chain)


def test_long_token_is_given_the_room_it_needs(workshop):
    stamper = LongWinded(workshop.stamper, 5000)
    archived = workshop.archived(workshop.sealed(), stamper=stamper)
    assert verdict(workshop, archived) == Verdict.INTACT
    assert stamper.asked == 2


def test_token_too_long_for_the_seal_is_left_to_the_archive(workshop):
    first = FirstStamp(LongWinded(workshop.stamper, CMS_BYTES), Patience(1))
    assert first(bytes(32), CMS_BYTES) == b""
    assert first.stamp is None


@pytest.mark.parametrize(
    "other",
    [
        lambda pdf: pdf[:-20],
        lambda pdf: pdf.replace(b"xref\n", b"xrff\n"),
        lambda pdf: pdf.replace(b"/AcroForm", b"/AcroFarm"),
        lambda pdf: pdf.replace(b"/Fields [", b"/Fuelds ["),
        lambda pdf: pdf.replace(b"/Annots [", b"/Onnats ["),
    ],
)
def test_document_laid_out_otherwise_is_refused(other, workshop):
    sealed = workshop.sealed()
    with pytest.raises(OtherLayout):
        archive(other(sealed.content), Proofs.of([], [], []), workshop.stamper)


# --- Attacks


def update(content, objects):
    """The file with these objects put over its own, as an editor of PDFs would save it."""
    layout = Layout(content)
    added, table = bytearray(content), []
    for number, body in sorted(objects(layout).items()):
        table.append(b"%d 1\n%010d 00000 n \n" % (number, len(added)))
        added += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at, root = len(added), re.search(rb"/Root \d+ 0 R", layout.trailer).group(0)
    added += b"xref\n" + b"".join(table)
    return bytes(added) + b"trailer\n<</Size 400 %s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        root,
        layout.last_table,
        at,
    )


def page_number(layout):
    root = int(re.search(rb"/Root (\d+) 0 R", layout.trailer).group(1))
    pages = int(re.search(rb"/Pages (\d+) 0 R", layout.object(root)).group(1))
    return int(re.search(rb"/Kids \[\s*(\d+) 0 R", layout.object(pages)).group(1))


def other_page(layout):
    """The page's content replaced."""
    page = page_number(layout)
    body = re.sub(rb"/Contents \d+ 0 R", b"/Contents 399 0 R", layout.object(page))
    return {page: body, 399: b"<</Length 4>>\nstream\nq Q \nendstream"}


@pytest.mark.parametrize("level", LEVELS)
def test_update_that_changes_the_page_is_refused_and_an_honest_time_stamp_does_not_launder_it(level, levels, workshop):
    changed = update(levels[level], other_page)
    assert verdict(workshop, changed) == Verdict.ALTERED
    assert verdict(workshop, workshop.archived(changed)) == Verdict.ALTERED


@pytest.mark.parametrize("level", ["B-LTA", "twice"])
def test_a_byte_changed_anywhere_in_an_archive_is_refused(level, levels, workshop):
    content = levels[level]
    for at in range(300, len(content), len(content) // 25):
        changed = bytearray(content)
        changed[at] ^= 1
        assert verdict(workshop, bytes(changed)) in (Verdict.ALTERED, Verdict.UNREADABLE, Verdict.UNSEALED), at


@pytest.mark.parametrize("level", LEVELS)
def test_bytes_after_the_end_and_a_file_cut_short_are_refused(level, levels, workshop):
    content = levels[level]
    for changed in (content + b"\n", content + content, content[:-30]):
        assert verdict(workshop, changed) in (Verdict.ALTERED, Verdict.UNREADABLE)


def test_archive_without_its_time_stamp_is_refused(levels, workshop):
    """Proofs added and nothing to close them: anybody may have added anything."""
    naked = update(levels["B-T"], lambda layout: {399: b"<</Type /DSS>>"})
    assert verdict(workshop, naked) == Verdict.ALTERED


def test_time_of_an_authority_we_do_not_trust_proves_nothing(workshop, tmp_path):
    stranger = Workshop(tmp_path, workshop.now)
    archived = workshop.archived(workshop.sealed(None), stamper=stranger.stamper)
    assert verdict(workshop, archived) == Verdict.INTACT
    assert verdict(workshop, archived, workshop.now + 4 * YEAR) == Verdict.EXPIRED


def test_archive_of_another_authority_is_foreign(levels, workshop, tmp_path):
    other = Workshop(tmp_path, workshop.now)
    assert check_pdf(levels["B-LTA"], other.roots, workshop.time_roots).verdict == Verdict.FOREIGN
    # A root trusted for the time makes no seal ours.
    assert check_pdf(levels["B-LTA"], workshop.time_roots, workshop.roots).verdict == Verdict.FOREIGN


def test_second_seal_is_refused(levels, workshop):
    """A time-stamp passed off as a second signature."""
    changed = levels["B-LTA"].replace(b"/Type /DocTimeStamp", b"/Type /Sig         ")
    assert verdict(workshop, changed) in (Verdict.UNSEALED, Verdict.ALTERED)


@pytest.mark.slow
def test_archive_is_checked_apart_with_the_same_verdict(levels, workshop):
    """In the process of its own, within its memory and time, the roots of seals and of the time kept apart."""
    archived = levels["twice"]
    assert check_apart(archived, workshop.roots, workshop.time_roots).verdict == Verdict.INTACT
    assert check_apart(archived, workshop.time_roots, workshop.roots).verdict == Verdict.FOREIGN
    assert check_apart(archived + b"x", workshop.roots, workshop.time_roots).verdict == Verdict.ALTERED


def test_last_time_stamp_covers_the_whole_file(levels):
    stamp = PdfFileReader(io.BytesIO(levels["twice"])).embedded_signatures[-1]
    assert stamp.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE

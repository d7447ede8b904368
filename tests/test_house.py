"""The house checks itself: direction of imports, public views, no inline script or style, pure rules, names."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("lms", "courses", "certificates")

# Every address that answers without signing in, by name. Adding one is a decision: say why in the view.
PUBLIC_VIEWS = {
    # core
    "health",
    "media",
    "accessibility",
    "identity_colours",
    # two addresses of Wagtail's that lead to the one login; its own forms, behind them, are never reached
    "back_office_login",
    "page_login",
    "wagtailadmin_login",
    "wagtailcore_login",
    # Wagtail: pages are public unless their type says otherwise in its `serve`
    "wagtail_serve",
    # the account's own pages: signing up and in, forgotten password, confirmation of the address
    "account_signup",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_authenticate",
    # what a citizen looks at before having an account
    "courses:catalogue",
    "learning:course",
    # programmes: their list leads to the catalogue, each has its sheet, as courses have
    "courses:programmes",
    "learning:programme",
    # anyone may check a certificate
    "certificates:verify",
    "certificates:verify_code",
    "certificates:verify_file",
    "certificates:file_check",
    "certificates:passport_code",
    "certificates:offline",
    "certificates:offline_data",
    "certificates:offline_worker",
    "certificates:offline_manifest",
    "certificates:log_proof",
    "certificates:api_heads",
    "certificates:api_log_proof",
    "certificates:did",
    "certificates:status_list",
    "certificates:api_keys",
    "certificates:api_states",
    "certificates:api_description",
    "certificates:api_certificate",
    "certificates:api_holder",
    "certificates:api_file",
}
# Open to the middleware because REST framework checks by itself; a test below sees that they send strangers away.
CHECKED_BY_WAGTAIL = "wagtailadmin_api:"


def python_files():
    return [
        path
        for package in (*PACKAGES, "bench")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def templates():
    """Ours; mail alone may carry styles."""
    folders = [ROOT / "templates", *(ROOT / package for package in PACKAGES)]
    found = [path for folder in folders for path in sorted(folder.rglob("*.html"))]
    return [path for path in found if "email" not in path.parts]


def short(path):
    return str(path.relative_to(ROOT))


def named_patterns(patterns, namespaces=()):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*namespaces, entry.name or str(entry.pattern)]), entry.callback
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from named_patterns(entry.url_patterns, inner)


def test_imports_point_down():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_view_that_answers_anonymously_is_listed():
    public = {
        name
        for name, view in named_patterns(get_resolver().url_patterns)
        if not getattr(view, "login_required", True) and not name.startswith(CHECKED_BY_WAGTAIL)
    }
    assert public - PUBLIC_VIEWS == set(), "public, but not listed in PUBLIC_VIEWS"
    assert PUBLIC_VIEWS - public == set(), "listed in PUBLIC_VIEWS, but not public (any more)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/gestion/", "/gestion/api/main/pages/", "/gestion/login/?next=/x/", "/_util/login/"]
)
def test_the_back_office_has_one_door(client, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/compte/")


@pytest.mark.django_db
def test_a_post_to_wagtails_login_signs_nobody_in(client, django_user_model):
    django_user_model.objects.create_superuser("admin@example.org", "secret")
    for address in ("/gestion/login/", "/_util/login/"):
        answer = client.post(address, {"username": "admin@example.org", "password": "secret"})
        assert answer.url.startswith("/compte/")
    assert "_auth_user_id" not in client.session


INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"']application/json)|<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", templates(), ids=short)
def test_templates_hold_no_inline_script_or_style(path):
    lines = path.read_text().splitlines()
    assert [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if INLINE.search(line)] == []


@pytest.mark.parametrize("path", python_files(), ids=short)
def test_modules_say_what_they_know_and_keep_to_the_house(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or not tree.body, "no docstring"
    for node in ast.walk(tree):
        where = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where}: relative import"
        if isinstance(node, ast.ExceptHandler):
            blind = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            assert not blind, f"{where}: except Exception"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"):
            allowed = "settings" in path.parts or path.name in ("bootstrap.py", "celery.py", "wsgi.py", "supervisor.py")
            assert allowed or "bench" in path.parts, f"{where}: the environment is read in lms/settings"


def rule_files():
    return [path for path in python_files() if path.name == "rules.py" or path.parent.name == "rules"]


IMPURE_MODULES = (
    "django.db",
    "django.http",
    "django.shortcuts",
    "django.core.cache",
    "celery",
    "requests",
    "urllib.request",
)
CLOCKS = ("timezone.now", "datetime.now", "datetime.today", "date.today", "time.time")


@pytest.mark.parametrize("path", rule_files(), ids=short)
def test_rules_are_pure_and_hinted(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith(IMPURE_MODULES), f"line {node.lineno}: imports {node.module}"
        if isinstance(node, ast.Call):
            assert not ast.unparse(node.func).endswith(CLOCKS), f"line {node.lineno}: the time is an argument"


@pytest.mark.parametrize(
    "path",
    [path for path in python_files() if {path.stem, path.parent.name} & {"rules", "actions", "permissions"}],
    ids=short,
)
def test_rules_actions_and_permissions_carry_hints(path):
    bare = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            hinted = node.returns is not None or any(argument.annotation for argument in arguments)
            if not hinted:
                bare.append(node.name)
    assert bare == []


def test_migrations_have_telling_names():
    names = [path.stem for package in PACKAGES for path in (ROOT / package).rglob("migrations/[0-9]*.py")]
    assert [name for name in names if re.search(r"_auto_|_\d{8}_", name)] == []


def test_no_drawers():
    drawers = {"utils", "helpers", "services", "common", "misc"}
    assert [short(path) for path in python_files() if {path.stem, path.parent.name} & drawers] == []


def test_nothing_is_loaded_from_third_parties():
    sources = [*templates(), *sorted((ROOT / "static").rglob("*.css")), *sorted((ROOT / "static").rglob("*.js"))]
    foreign = re.compile(r"(?:src|href)=[\"'](?:https?:)?//|url\([\"']?(?:https?:)?//|@import\s+[\"']http|import\(")
    found = [
        f"{short(path)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), 1)
        # A plain link to elsewhere loads nothing.
        if foreign.search(line) and not re.search(r"<a\s[^>]*href=", line)
    ]
    assert found == []


def browser_tests():
    found = sorted((ROOT / "tests").rglob("*.py"))
    return [
        path for path in found if re.search(r"^from playwright|\b(open_page|visit)\(", path.read_text(), re.MULTILINE)
    ]


# What Playwright reads at once, from the page about to be left as likely as from the one asked for.
READ_AT_ONCE = {
    *("all_inner_texts", "all_text_contents", "content", "get_attribute", "inner_html", "inner_text", "input_value"),
    *("is_checked", "is_disabled", "is_editable", "is_enabled", "is_hidden", "is_visible", "text_content", "title"),
}


def reads_at_once(node):
    """Whether it reads a page or a locator without waiting: `page.url`, `page.locator("h1").count()`."""
    if isinstance(node, ast.Attribute) and node.attr == "url":
        return isinstance(node.value, ast.Name)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    counts = node.func.attr == "count" and re.search(r"\.(locator|get_by_\w+)\(", ast.unparse(node.func))
    return node.func.attr in READ_AT_ONCE or bool(counts)


@pytest.mark.parametrize("path", browser_tests(), ids=short)
def test_browser_tests_wait_for_what_they_assert(path):
    asserted = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert)]
    found = [
        f"line {node.lineno}: {ast.unparse(node.test)}"
        for node in asserted
        if any(map(reads_at_once, ast.walk(node.test)))
    ]
    assert found == [], "write `expect(…)`, which waits"


PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_pictures_of_the_documents_exist_say_what_they_show_and_are_light(path):
    for words, address in PICTURE.findall(path.read_text()):
        picture = path.parent / address
        assert words.strip(), f"{address}: no words for those who do not see it"
        assert picture.is_file(), f"{address}: no such picture"
        assert picture.stat().st_size <= 60_000, f"{address}: heavier than 60 kB"


def test_every_picture_of_the_documents_is_shown_in_one():
    shown = {
        (path.parent / address).resolve() for path in DOCUMENTS for _, address in PICTURE.findall(path.read_text())
    }
    assert {path for path in (ROOT / "docs" / "img").iterdir() if path.resolve() not in shown} == set()

"""The shape of the code: names, floors, sizes, reasons. What the tools of `check` cannot say."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "qa_app"
TEMPLATES = ROOT / "templates"
SCRIPTS = ROOT / "static" / "js"

BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
LONGEST_FILE = 400
LONGEST_TEST_FILE = 600  # tables of cases are long and flat
# templates/<this>/: no feature's pages, but the frame and the pieces that pages share
SHARED_TEMPLATES = {"base", "errors"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def own_scripts() -> list[Path]:
    return sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def floors_contract() -> dict[str, Any]:
    contracts = project()["tool"]["importlinter"]["contracts"]
    return next(contract for contract in contracts if contract["id"] == "floors")


@pytest.fixture(scope="module")
def endpoints() -> set[str]:
    """Every endpoint of the app, read in a process of its own: this file needs no database."""
    listing = subprocess.run(
        [sys.executable, "-c", _LIST_ENDPOINTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(listing.split())


_LIST_ENDPOINTS = """
import tempfile, os
with tempfile.TemporaryDirectory() as folder:
    os.environ["QA_INSTANCE"] = folder
    from qa_app import create_app
    print(*{rule.endpoint for rule in create_app().url_map.iter_rules()}, sep="\\n")
"""


@pytest.mark.parametrize("path", modules("qa_app", "tests"), ids=name_of)
def test_a_module_has_a_name_that_says_what_it_holds(path: Path) -> None:
    parts = {*path.relative_to(ROOT).parts[:-1], path.stem}
    assert not parts & BANNED
    assert not {word for part in parts for word in part.split("_")} & BANNED


@pytest.mark.parametrize("path", sorted((*SCRIPTS.rglob("*"), *TEMPLATES.rglob("*"))), ids=name_of)
def test_a_page_or_script_has_a_name_that_says_what_it_holds(path: Path) -> None:
    assert not set(re.split(r"[_.\-]", path.name.lower())) & BANNED


@pytest.mark.parametrize("path", modules("qa_app"), ids=name_of)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if not tree.body and path.name == "__init__.py":
        return  # an empty marker file says all there is to say
    first = (ast.get_docstring(tree) or "").split("\n\n")[0]
    assert first, "no docstring"
    assert first.rstrip().endswith((".", ":")), first
    assert len(first) < 300, "more than a sentence"


@pytest.mark.parametrize(
    "path",
    [
        # a migration is a record, written once
        *(path for path in modules("qa_app", "tests") if "versions" not in path.parts),
        *sorted(TEMPLATES.rglob("*.html")),
        *own_scripts(),
    ],
    ids=name_of,
)
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    longest = LONGEST_TEST_FILE if "tests" in path.relative_to(ROOT).parts else LONGEST_FILE
    assert lines <= longest, f"{lines} lines: this file wants to be a package"


def test_every_folder_of_the_package_is_on_a_floor() -> None:
    contract = floors_contract()
    named = {name for layer in contract["layers"] for name in re.findall(r"\w+", layer)}
    exempt = set(contract["exhaustive_ignores"])
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert (folders | files) - exempt <= named
    assert not named & exempt


def test_the_floors_are_checked_whole() -> None:
    contract = floors_contract()
    assert contract["exhaustive"] is True
    assert contract["containers"] == ["qa_app"]
    assert "ignore_imports" not in contract, "an import against the floors is a design fault"


def test_the_standard_library_is_enough_to_import_the_package() -> None:
    """A fresh machine runs `python3 -m qa_app` before anything is installed."""
    code = "import qa_app, qa_app.__main__, qa_app.assets.vendor, qa_app.setup.tests, qa_app.setup.checks"
    # -S leaves site-packages out, -E the environment
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


RULES = [p for p in modules("qa_app") if "rules" in p.relative_to(PACKAGE).with_suffix("").parts]
IMPURE_MODULES = {"os", "time", "random", "secrets", "socket", "subprocess", "logging", "uuid"}
IMPURE_CALLS = {"now", "utcnow", "today", "open", "read_text", "write_text", "print"}


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rules_have_no_clock_no_chance_no_input_or_output(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & IMPURE_MODULES
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in IMPURE_MODULES
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name not in IMPURE_CALLS, f"line {node.lineno} calls {name}()"


def test_there_are_rules_to_look_at() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in RULES} >= {
        "inspections",
        "question_sets",
    }


@pytest.mark.parametrize("path", modules("qa_app", "tests"), ids=name_of)
def test_a_rule_switched_off_carries_its_reason(path: Path) -> None:
    pattern = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[\w, -]+\])?)(?P<rest>.*)$")
    if path == Path(__file__):
        return  # its own pattern would match itself
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        found = pattern.search(line)
        if found:
            assert re.search(r"[A-Za-z]{3}", found["rest"]), f"line {number}: no reason"


def pages() -> list[Path]:
    return sorted(
        path
        for path in TEMPLATES.rglob("*.html")
        if not path.name.startswith("_")
        and path.relative_to(TEMPLATES).parts[0] not in SHARED_TEMPLATES
    )


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=name_of)
def test_a_template_neither_trusts_text_nor_loads_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b", text), "|safe"
    assert "autoescape false" not in text
    assert not re.search(r"\sstyle\s*=", text), "an inline style: the security policy refuses it"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an inline handler: likewise"
    outside = re.findall(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", text
    )
    assert not outside, "something is loaded from another host"
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "nonce=" in script, script


def test_a_template_belongs_to_a_feature_and_to_a_view(endpoints: set[str]) -> None:
    """templates/<feature>/<view>.html shows endpoint <feature>.<view>.

    A view with a second face (a day, a welcome) names that template itself, in the same feature.
    """
    features = {endpoint.split(".")[0] for endpoint in endpoints if "." in endpoint}
    for path in pages():
        feature, name = path.relative_to(TEMPLATES).parts[0], str(path.relative_to(TEMPLATES))
        assert feature in features, name
        if f"{feature}.{path.stem}" not in endpoints:
            code = "".join(module.read_text("utf-8") for module in modules(f"qa_app/{feature}"))
            assert f'"{name}"' in code, f"{name} belongs to no view"


def test_a_folder_of_scripts_belongs_to_a_feature(endpoints: set[str]) -> None:
    features = {endpoint.split(".")[0] for endpoint in endpoints if "." in endpoint}
    folders = {path.name for path in SCRIPTS.iterdir() if path.is_dir()}
    assert folders <= features | {"base"}


def test_migrations_are_numbered_without_gap() -> None:
    found = sorted((PACKAGE / "migrations" / "versions").glob("*.py"))
    names = [path.name for path in found if path.name != "__init__.py"]
    assert names, "no migration"
    for expected, name in enumerate(names, start=1):
        assert re.fullmatch(rf"{expected:04d}_[a-z0-9_]+\.py", name), name


@pytest.mark.parametrize("lock", ["requirements.lock", "qa_app/assets/package-lock.json"])
def test_a_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert len(text) > 1000
    assert "://" not in text
    assert '"resolved"' not in text


def test_every_named_dependency_is_locked() -> None:
    described = project()["project"]
    extras = described["optional-dependencies"].values()
    named = [*described["dependencies"], *(line for extra in extras for line in extra)]
    locked = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    )
    wanted = {re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in named}
    assert wanted <= {name.lower().replace("_", "-") for name in locked}


def test_front_end_packages_are_pinned_exactly() -> None:
    manifest = json.loads((PACKAGE / "assets" / "package.json").read_text("utf-8"))
    versions = {**manifest["dependencies"], **manifest["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    assert versions["govuk-frontend"] == "6.3.0", "the jinja port matches this one only"


def test_the_readme_lists_every_setting_and_no_other() -> None:
    code = "".join(
        path.read_text("utf-8") for path in modules("qa_app") if "setup" not in path.parts
    )
    listed = set(
        re.findall(r"^\| `(QA_\w+)`", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    read = set(re.findall(r"\bQA_[A-Z_]+\b", (PACKAGE / "config.py").read_text("utf-8")))
    assert listed == read
    assert set(re.findall(r"\bQA_[A-Z_]+\b", code)) <= read, "settings are read in one place"


def test_every_decision_is_a_page_with_its_four_parts() -> None:
    found = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.name[:4] for path in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]
    for path in found:
        text = path.read_text("utf-8")
        for part in ("**Context.**", "**Decision.**", "**Costs.**", "**Look again**"):
            assert part in text, f"{path.name}: {part}"
        assert len(text.split()) < 600, f"{path.name} is more than a page"

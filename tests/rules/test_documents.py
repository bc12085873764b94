# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents exist and agree with the program."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.rules.sources import REPOSITORY, text_of

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/architecture.md",
    "docs/files.md",
    "docs/errors.md",
    "docs/privacy.md",
    "docs/terminology.md",
    "docs/dependencies.md",
    "docs/licences.md",
]
ALL_CODES = """
import importlib, json, pkgutil
import app
for module in pkgutil.walk_packages(app.__path__, "app."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from app.base.errors import known_errors
print(json.dumps(sorted(known_errors())))
"""


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """Codes of all known errors of the whole program."""
    run = subprocess.run(
        [sys.executable, "-c", ALL_CODES], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("page", PAGES)
def test_page_exists(page: str) -> None:
    assert (REPOSITORY / page).is_file(), f"{page} is missing"
    assert text_of(page).strip()


def test_errors_page_lists_exactly_the_codes(codes: set[str]) -> None:
    listed = set(re.findall(r"^\|\s*`([a-z0-9_]+)`", text_of("docs/errors.md"), re.MULTILINE))
    assert codes - listed == set(), "docs/errors.md does not list them"
    assert listed - codes == set(), "docs/errors.md lists codes that no error has"


def test_every_code_has_its_sentences(codes: set[str]) -> None:
    messages: dict[str, dict[str, dict[str, str]]] = {}
    for file in sorted((REPOSITORY / "app" / "base" / "messages").glob("*.toml")):
        messages |= tomllib.loads(file.read_text("utf-8"))
    for code in sorted(codes):
        assert code in messages, f"no message for {code}"
        english, chinese = (messages[code].get(language, {}) for language in ("en", "zh_CN"))
        for texts in (english, chinese):
            assert texts.get("title"), f"{code} has no title"
            assert texts.get("sentence"), f"{code} has no sentence"
        # Some errors leave nothing to do ("stopped as you asked"), but then in every language.
        assert bool(english.get("remedy")) == bool(chinese.get("remedy")), f"{code}: remedy"


def test_files_page_names_everything_on_disk(data_dir: Path) -> None:
    from app.base.paths import DataPaths

    page = text_of("docs/files.md")
    names = {
        value.name
        for name in dir(DataPaths)
        if not name.startswith("_")
        and isinstance(value := getattr(DataPaths(data_dir), name), Path)
        and value != data_dir
    }
    assert names
    assert {name for name in names if name not in page} == set()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    ]
    broken = [
        f"{page.relative_to(REPOSITORY)}: {target}"
        for page, target in links
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []

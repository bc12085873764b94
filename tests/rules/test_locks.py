# SPDX-License-Identifier: GPL-3.0-or-later
"""The locks pin by hash what pyproject.toml asks for, and name no host."""

import re
import tomllib

import pytest

from tests.rules.sources import REPOSITORY, text_of

LOCKS = [
    "requirements.lock",
    "requirements-dev.lock",
    "tests/servers/lrs.lock",
    "tests/servers/node.lock",
]


def pins(text: str) -> dict[str, str]:
    """Name and version of every `name==version` at the start of a line."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def project() -> dict[str, list[str]]:
    document = tomllib.loads(text_of("pyproject.toml"))
    groups: dict[str, list[str]] = document["dependency-groups"]
    return groups | {"run": document["project"]["dependencies"]}


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_has_a_hash_and_no_host(name: str) -> None:
    text = text_of(name)
    assert "://" not in text
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    bare = [
        entry.split()[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry
    ]
    assert pins(text)
    assert bare == []


def test_npm_lock_names_no_host() -> None:
    text = text_of("tests/servers/package-lock.json")
    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_locks_hold_what_the_project_asks_for() -> None:
    asked = project()
    run = pins(text_of("requirements.lock"))
    dev = pins(text_of("requirements-dev.lock"))
    for name, version in pins("\n".join(asked["run"])).items():
        assert run.get(name) == version, f"{name}: run python3 dev.py lock"
    for group in ("run", "dev", "authoring"):
        for name, version in pins("\n".join(asked[group])).items():
            assert dev.get(name) == version, f"{name}: run python3 dev.py lock"
    assert {name: version for name, version in dev.items() if name in run} == run


def test_every_dependency_is_pinned_exactly() -> None:
    loose = [
        line
        for lines in project().values()
        for line in lines
        if not re.fullmatch(r"\S+==\S+", line)
    ]
    assert loose == []


def test_every_dependency_is_described() -> None:
    page = REPOSITORY / "docs" / "dependencies.md"
    assert page.is_file(), "docs/dependencies.md is missing"
    text = page.read_text("utf-8").lower()
    missing = [
        name
        for name in pins("\n".join(project()["run"]))
        if name not in text and name.replace("-", "_") not in text
    ]
    assert missing == [], "docs/dependencies.md does not describe them"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium ends the process where its sandbox cannot work, so we look before it does."""

import os
from pathlib import Path

import pytest

from app.player import web_chromium
from app.player.web_chromium import has_sandbox, prepare_chromium

pytestmark = pytest.mark.linux


@pytest.fixture(autouse=True)
def teacher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An ordinary account on a system that has nothing against user namespaces."""
    has_sandbox.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(web_chromium, "_APPARMOR", tmp_path / "apparmor")
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    tool(monkeypatch, tmp_path, "exit 0")


def tool(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """An `unshare` that says so."""
    program = folder / "unshare"
    program.write_text(f"#!/bin/sh\n{body}\n", "ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def is_left_out() -> bool:
    """Whether Chromium is told to do without."""
    prepare_chromium()
    return os.environ.get("QTWEBENGINE_DISABLE_SANDBOX") == "1"


def test_an_ordinary_account_has_it_and_no_network() -> None:
    assert not is_left_out()
    flags = os.environ["QTWEBENGINE_CHROMIUM_FLAGS"]
    assert flags.startswith("--disable-gpu --host-resolver-rules=")
    prepare_chromium()
    assert os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] == flags


def test_root_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert is_left_out()


def test_a_kernel_without_namespaces_goes_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool(monkeypatch, tmp_path, "exit 1")
    assert is_left_out()


def test_apparmor_that_empties_namespaces_goes_without(tmp_path: Path) -> None:
    (tmp_path / "apparmor").write_text("1\n", "ascii")
    assert is_left_out()


def test_a_system_without_the_tool_is_left_to_chromium(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing here"))
    assert not is_left_out()


def test_a_choice_that_somebody_made_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "0")
    assert not is_left_out()

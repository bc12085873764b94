# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may install a version, when an idle machine does it, and how."""

from __future__ import annotations

import argparse
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.base import rights
from app.base.paths import DataPaths
from app.region.enrolment import parse_enrolment
from app.sync.lease import LessonLease
from app.sync.update_packages import Installed
from app.wiring import update
from app.wiring.console import Console
from app.wiring.errors import UpdateNotAdministratorError
from app.wiring.update_vault import Vault

REPOSITORY = Path(__file__).resolve().parents[3]
CHINA = timezone(timedelta(hours=8))
SATURDAY = datetime(2026, 11, 21, 10, tzinfo=CHINA)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=CHINA)
HERE = Installed("1.0.0", "windows-x64")


@pytest.fixture
def paths(data_dir: Path) -> DataPaths:
    made = DataPaths(data_dir)
    made.ensure()
    return made


def options(**more: object) -> argparse.Namespace:
    return argparse.Namespace(trust=None, when_idle=False, **more)


def test_a_program_that_nobody_installed_has_nothing_to_update(
    paths: DataPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert update.update(options(), paths, Console("en")) == 0
    assert "no newer version" in capsys.readouterr().out


def test_a_standard_account_is_told_who_may(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "installed_here", lambda: HERE)
    monkeypatch.setattr(update, "is_administrator", lambda: False)
    with pytest.raises(UpdateNotAdministratorError):
        update.update(options(), paths, Console("en"))


@pytest.mark.parametrize(
    ("local", "idle_s", "is_quiet"),
    [
        (SATURDAY, None, True),
        (SATURDAY, 3600.0, True),
        (SATURDAY, 30.0, False),
        (MONDAY, 3600.0, False),
        (MONDAY.replace(hour=19), 3600.0, True),
    ],
)
def test_an_idle_machine_updates_outside_lesson_hours(
    paths: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    local: datetime,
    idle_s: float | None,
    is_quiet: bool,
) -> None:
    monkeypatch.setattr(update, "idle_s", lambda: idle_s)
    assert update.is_quiet(paths, local) == is_quiet


def test_a_lesson_at_any_hour_keeps_updates_away(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LessonLease, "left_s", lambda _: 60.0)
    assert not update.is_quiet(paths, SATURDAY)


def test_packages_are_installed_without_a_question() -> None:
    assert update.setup_command(Path("K.exe"), HERE)[1:] == ["/S", "/AllUsers"]
    assert update.setup_command(Path("k.deb"), HERE)[:2] == ["dpkg", "--install"]


@pytest.mark.allow_warnings("app.wiring.update")
def test_a_setup_that_cannot_be_started_is_a_failure(tmp_path: Path) -> None:
    assert update.run_setup([tmp_path / "gone.exe", "/S"]) == -1
    assert update.run_setup(["false"]) == 1


def test_the_vault_keeps_roots_and_no_passwords(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.open()
    raw = (REPOSITORY / "resources_cache/enrolment.json").read_bytes()
    vault.trust(parse_enrolment(raw))
    (anchor,) = vault.anchors()
    assert anchor.root == parse_enrolment(raw).root
    (kept,) = (tmp_path / "vault").glob("*/root.json")
    assert "password" not in kept.read_text("utf-8")
    assert (tmp_path / "vault").stat().st_mode & 0o022 == 0


def test_rights_are_asked_of_the_system() -> None:
    assert rights.is_administrator() == (os.geteuid() == 0)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch for starting with the system changes what the system reads."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from app.base.errors import KnownError
from app.wiring import autostart
from app.wiring.autostart import Autostart, AutostartState


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "配置"))
    return tmp_path / "配置" / "autostart" / "kezhan.desktop"


def test_it_is_off_at_first_and_goes_on_and_off(entry: Path) -> None:
    switch = Autostart()
    assert switch.state() is AutostartState.OFF
    switch.switch(is_on=True)
    assert switch.state() is AutostartState.USER
    assert entry.is_file()
    switch.switch(is_on=False)
    switch.switch(is_on=False)
    assert switch.state() is AutostartState.OFF
    assert not entry.exists()


def test_the_system_is_told_to_start_this_program(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["/opt/课 栈/100%/Kezhan", autostart.IN_TRAY]
    monkeypatch.setattr(autostart, "start_command", lambda: command)
    Autostart().switch(is_on=True)
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(entry, "utf-8")
    said = parser["Desktop Entry"]["Exec"]
    assert shlex.split(said.replace("%%", "%")) == command


def test_a_folder_that_cannot_be_made_is_a_known_problem(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry.parent.parent.parent.mkdir(exist_ok=True)
    entry.parent.parent.write_text("a file where the folder should be")
    with pytest.raises(KnownError):
        Autostart().switch(is_on=True)
    assert Autostart().state() is AutostartState.OFF

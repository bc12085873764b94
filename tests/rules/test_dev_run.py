# SPDX-License-Identifier: GPL-3.0-or-later
"""`dev.py run` opens the window where there is no display, and says honestly what became of it."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

import dev


class Program:
    """Stands in for Kezhan itself: notes how it was started, leaves a picture if it is told to."""

    def __init__(self, exit_code: int = 0, *, leaves_picture: bool = True) -> None:
        self.exit_code = exit_code
        self.leaves_picture = leaves_picture
        self.arguments: list[str] = []
        self.environment: dict[str, str] = {}

    def __call__(self, module: str, arguments: list[str], **environment: str) -> int:
        assert module == "app"
        self.arguments, self.environment = arguments, environment
        if self.leaves_picture and "--screenshot" in arguments:
            picture = Path(arguments[arguments.index("--screenshot") + 1])
            picture.write_bytes(b"picture")
        return self.exit_code


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Program], Program]:
    """Let `dev.py run` start the given program in a checkout of its own, without a display."""

    def prepare(program: Program) -> Program:
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        monkeypatch.setattr(dev, "BUILD", tmp_path / "build")
        monkeypatch.setattr(dev, "set_up", lambda *groups, **locks: None)
        monkeypatch.setattr(dev, "call_module", program)
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        return program

    return prepare


@pytest.mark.linux
def test_without_display_it_runs_on_a_virtual_one_and_names_the_screenshot(
    start: Callable[[Program], Program], capsys: pytest.CaptureFixture[str]
) -> None:
    program = start(Program())
    assert dev.command_run([]) == 0
    assert "--screenshot" in program.arguments
    assert program.arguments[-1].endswith("data")
    assert program.environment["DISPLAY"].startswith(":")
    assert "build/screenshots/first-run.png" in capsys.readouterr().out


@pytest.mark.linux
def test_a_window_that_leaves_no_screenshot_is_a_failure(
    start: Callable[[Program], Program], capsys: pytest.CaptureFixture[str]
) -> None:
    start(Program(exit_code=0, leaves_picture=False))
    assert dev.command_run([]) == 1
    assert "left no screenshot" in capsys.readouterr().out


def test_the_program_decides_the_exit_code(start: Callable[[Program], Program]) -> None:
    start(Program(exit_code=1))
    assert dev.command_run(["status", "--json"]) == 1


def test_a_command_needs_no_display(start: Callable[[Program], Program]) -> None:
    program = start(Program())
    assert dev.command_run(["--data-dir", "elsewhere", "status"]) == 0
    assert program.arguments == ["--data-dir", "elsewhere", "status"]
    assert program.environment == {}


def test_own_wishes_win(start: Callable[[Program], Program], tmp_path: Path) -> None:
    program = start(Program())
    picture = str(tmp_path / "mine.png")
    assert dev.command_run([f"--data-dir={tmp_path}", "--screenshot", picture]) == 0
    assert program.arguments == [f"--data-dir={tmp_path}", "--screenshot", picture]


@pytest.mark.linux
def test_the_virtual_screen_answers_and_goes_away() -> None:
    with dev.virtual_screen() as environment:
        number = environment["DISPLAY"].removeprefix(":")
        address = f"/tmp/.X11-unix/X{number}"
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
    with socket.socket(socket.AF_UNIX) as client, pytest.raises(OSError, match=r"."):
        client.connect(address)

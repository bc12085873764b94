# SPDX-License-Identifier: GPL-3.0-or-later
"""The executables find what the setup was told, and start without it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.base.paths import DATA_DIR_VARIABLE, DataPaths
from app.base.settings import Settings, load_settings, save_settings
from app.lesson.package import write_package
from installer import setup, start


def install(folder: Path, text: str, encoding: str = "utf-16") -> Path:
    program = folder / "versions" / "1.0.0"
    program.mkdir(parents=True)
    (folder / start.INSTALLATION_NAME).write_text(text, encoding)
    return program


def told(data: Path, room: str = "") -> str:
    return f"[kezhan]\r\nformat=1\r\ndata_dir={data}\r\nroom={room}\r\n"


def test_the_data_directory_of_the_setup_reaches_the_program(tmp_path: Path) -> None:
    program = install(tmp_path / "程序", told(tmp_path / "课堂 100%数据"))
    environment: dict[str, str] = {}
    start.prepare(program, environment)
    assert environment == {DATA_DIR_VARIABLE: str(tmp_path / "课堂 100%数据")}


def test_what_the_environment_says_goes_first(tmp_path: Path) -> None:
    program = install(tmp_path, told(tmp_path / "a"))
    environment = {DATA_DIR_VARIABLE: "b"}
    start.prepare(program, environment)
    assert environment == {DATA_DIR_VARIABLE: "b"}


def test_the_portable_program_keeps_its_data_beside_itself(tmp_path: Path) -> None:
    (tmp_path / start.INSTALLATION_NAME).write_text(setup.PORTABLE, "utf-8")
    environment: dict[str, str] = {}
    start.prepare(tmp_path, environment)
    assert environment == {DATA_DIR_VARIABLE: str(tmp_path / "KezhanData")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\0\0\0",
        "[other]\n",
        "[kezhan]\nformat=2\ndata_dir=/x\n",
        "format",
        "[kezhan]\ndata_dir",
    ],
)
def test_a_damaged_or_newer_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    program = install(tmp_path, text, "utf-8")
    environment: dict[str, str] = {}
    start.prepare(program, environment)
    assert environment == {}


def test_without_a_setup_nothing_is_said(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    start.prepare(tmp_path, environment)
    assert environment == {}


def test_the_room_enters_the_first_settings_only(tmp_path: Path) -> None:
    program = install(tmp_path / "p", told(tmp_path / "d", "三年级一班"))
    paths = DataPaths(tmp_path / "d")
    start.prepare(program, {})
    assert load_settings(paths).room == "三年级一班"
    save_settings(paths, Settings(room="音乐室"))
    start.prepare(program, {})
    assert load_settings(paths).room == "音乐室"


def test_a_double_clicked_enrolment_is_told_from_a_command(tmp_path: Path) -> None:
    file = tmp_path / "县 平台.KEZHAN"
    file.write_text("{}", "utf-8")
    assert start.enrolment_file([str(file)]) == str(file)
    assert start.enrolment_file(["open", "x.kezhan"]) is None
    assert start.enrolment_file(["status"]) is None
    assert start.enrolment_file([]) is None


def test_a_double_clicked_lesson_list_is_no_enrolment(tmp_path: Path) -> None:
    lesson = tmp_path / "第一课时.kezhan"
    write_package(lesson, "第一课时", [], lambda _: None, lambda _: None, lambda: False)
    assert start.enrolment_file([str(lesson)]) is None
    lesson.unlink()
    assert start.enrolment_file([str(lesson)]) is None


def test_writing_without_a_console_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    start.give_streams()
    with sys.stdout, sys.stderr:
        assert sys.stdout.write("x") == 1
        assert sys.stderr.write("y") == 1

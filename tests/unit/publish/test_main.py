# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: exit codes, one sentence in the chosen language, JSON and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.base.errors import known_errors
from app.base.messages import words
from app.publish.__main__ import main
from app.region.fields import Reason
from tests.unit.region.samples import lesson, write_entries


@pytest.fixture
def region_dir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "区 域"
    assert main(["init", str(path), "--name", "试验区", "--issued", "2026-11-01"]) == 0
    assert "试验区" in capsys.readouterr().out
    return path


def test_the_whole_way(
    region_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_entries(tmp_path / "t.ndjson", [lesson("a"), lesson("b")])
    schools = tmp_path / "s.csv"
    schools.write_text("学校代码,校名,上级中心校,班级,教室\nS1,一小,,,\n", encoding="utf-8")
    region = str(region_dir)
    for arguments in (
        ["add", region, "--entries", str(table)],
        ["build", region, "--issued", "2026-11-02T08:00:00+08:00"],
        ["check", region, "--at", "2026-11-03"],
        ["remove", region, "a"],
        ["build", region, "--issued", "2026-11-03"],
        ["build", region, "--issued", "2026-11-03"],
        ["rotate", region, "--role", "root", "--issued", "2026-11-04"],
        ["enrol", region, "--schools", str(schools)],
        ["check", region, "--at", "2026-11-05"],
    ):
        assert main(arguments) == 0, capsys.readouterr().err
        assert len(capsys.readouterr().out.splitlines()) == 1


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_is_one_object_a_line_and_nothing_else(
    region_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_entries(tmp_path / "t.ndjson", [lesson("a")])
    assert main(["add", str(region_dir), "--entries", str(table), "--json"]) == 0
    assert main(["build", str(region_dir), "--json", "--issued", "2026-11-02"]) == 0
    lines = lines_of(capsys.readouterr().out)
    done = [line for line in lines if line["event"] == "done"]
    assert [line.get("entries") or line["timestamp_version"] for line in done] == [1, 1]
    assert {line["event"] for line in lines} == {"progress", "done"}


@pytest.mark.parametrize(("language", "word"), [("zh_CN", "第 1 行"), ("en", "line 1")])
def test_a_known_problem_is_one_sentence_and_exit_code_1(
    region_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    word: str,
) -> None:
    table = write_entries(tmp_path / "t.ndjson", [lesson("../a")])
    command = ["add", str(region_dir), "--entries", str(table)]
    assert main([*command, "--language", language]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert word in said.err
    assert len(said.err.splitlines()) == 1
    monkeypatch.setenv("KEZHAN_LANGUAGE", language)
    assert main([*command, "--json"]) == 1
    again = capsys.readouterr()
    assert again.err == said.err
    assert lines_of(again.out)[-1]["code"] == "line_invalid"


def test_damage_is_exit_code_1_and_named(
    region_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(region_dir), "--issued", "2026-11-02"]) == 0
    (region_dir / "public" / "metadata" / "timestamp.json").unlink()
    capsys.readouterr()
    assert main(["check", str(region_dir), "--at", "2026-11-02", "--json"]) == 1
    events = [line["event"] for line in lines_of(capsys.readouterr().out)]
    assert events[-2:] == ["problem", "failed"]


@pytest.mark.parametrize("arguments", [[], ["fly"], ["init"], ["rotate", "x", "--role", "king"]])
def test_wrong_usage_is_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err


def test_a_wrong_time_is_a_known_problem(
    region_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(region_dir), "--issued", "morgen"]) == 1
    assert "morgen" in capsys.readouterr().err


def test_every_code_and_reason_has_words_in_both_languages() -> None:
    rooms = ("app.region", "app.publish")
    codes = [code for code, kind in known_errors().items() if kind.__module__.startswith(rooms)]
    reasons = [f"reason_{reason.value}" for reason in Reason]
    assert len(codes) > 12
    for code in [*codes, *reasons]:
        for language in ("en", "zh_CN"):
            assert words()[code][language]["sentence"], code

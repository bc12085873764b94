# SPDX-License-Identifier: GPL-3.0-or-later
"""dev.py needs nothing but Python, repeats only what is due, and never calls a bad run good."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.rules.sources import tree_of
from tests.runs import Tally, look_again, media_targets

REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


@pytest.fixture
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dev, "STAMPS", tmp_path / "stamps")
    return tmp_path / "stamps"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.xml"


def fail_in_step(lock: Path, error: BaseException) -> None:
    with dev.step("a", lock) as is_due:
        assert is_due
        raise error


def test_imports_only_the_standard_library() -> None:
    names: set[str] = set()
    for source in ("dev.py", "tests/runs.py"):
        for node in ast.walk(tree_of(source)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
    roots = {name.split(".")[0] for name in names - {"tests.runs"}}
    assert roots <= sys.stdlib_module_names


def test_a_step_is_due_until_it_succeeded_for_these_inputs(stamps: Path, tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    lock.write_text("one")
    with pytest.raises(KeyboardInterrupt):
        fail_in_step(lock, KeyboardInterrupt())
    with dev.step("a", lock) as is_due:
        assert is_due
    with dev.step("a", lock) as is_due:
        assert not is_due
    lock.write_text("two")
    with pytest.raises(dev.SetupError):
        fail_in_step(lock, dev.SetupError("no line"))
    lock.write_text("one")
    with dev.step("a", lock) as is_due:
        assert is_due


def test_an_unfinished_environment_is_not_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = tmp_path / "unfinished"
    monkeypatch.setattr(dev, "UNFINISHED", unfinished)
    assert dev.is_usable(dev.VENV)
    unfinished.touch()
    assert not dev.is_usable(dev.VENV)
    unfinished.unlink()
    assert not dev.is_usable(tmp_path / "nothing")


def test_discarding_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "environment.discarded").mkdir()  # an earlier removal was interrupted
    dev.discard(folder)
    dev.discard(folder)
    assert list(tmp_path.iterdir()) == []


def test_tally_sums_processes(report: Path) -> None:
    tally = Tally()
    report.write_text(REPORT.format(10, 0, 0, 0))
    tally.add(report, 0)
    report.write_text(REPORT.format(5, 1, 1, 1))
    tally.add(report, 1)
    assert (tally.passed, tally.failed) == (12, 3)


@pytest.mark.parametrize("code", [-11, 2, 3, 4, 134])
def test_a_process_that_died_counts_as_failed(report: Path, code: int) -> None:
    tally = Tally()
    report.write_text(REPORT.format(10, 0, 0, 0))
    tally.add(report, code)
    assert tally.failed == 1


def test_a_missing_report_or_a_bare_failure_counts(report: Path) -> None:
    tally = Tally()
    tally.add(report, 0)
    assert tally.failed == 1
    report.write_text(REPORT.format(10, 0, 0, 0))
    tally.add(report, 1)
    assert tally.failed == 2


def test_a_process_without_tests_adds_nothing(report: Path) -> None:
    tally = Tally()
    report.write_text(REPORT.format(0, 0, 0, 0))
    tally.add(report, 5)
    assert (tally.passed, tally.failed) == (0, 0)


CASE = '<testcase classname="tests.unit.test_a" name="test_{}">{}</testcase>'


def cases(*names: str, bad: str = "") -> str:
    """A report in which all fail whose names are in `bad`."""
    inside = [CASE.format(name, "<failure/>" if name in bad else "") for name in names]
    sums = f'tests="{len(names)}" failures="{len(bad)}"'
    return f"<testsuites><testsuite {sums}>{''.join(inside)}</testsuite></testsuites>"


def test_what_passes_alone_is_named_and_every_failure_stands(tmp_path: Path, report: Path) -> None:
    tally = Tally()
    report.write_text(cases("a", "b", "c", bad="bc"))
    tally.add(report, 1)

    def again(file: Path, words: list[str]) -> int:
        name = words[0][-1]
        file.write_text(cases(name, bad=name if name == "c" else ""))
        return int(name == "c")

    assert look_again(tally.broken, tmp_path, again) == ["tests/unit/test_a.py::test_b"]
    assert (tally.passed, tally.failed) == (1, 2)


def test_many_failures_are_not_looked_at_again(tmp_path: Path, report: Path) -> None:
    tally = Tally()
    report.write_text(cases(*"abcdef", bad="abcdef"))
    tally.add(report, 1)
    assert look_again(tally.broken, tmp_path, lambda _file, _words: 0) == []
    assert (tally.passed, tally.failed) == (0, 6)


@pytest.mark.parametrize(
    ("arguments", "is_window"),
    [
        ([], True),
        (["--data-dir", "status"], True),
        (["--screenshot", "a.png"], True),
        (["open", "x1"], True),
        (["--data-dir", "d", "status", "--json"], False),
        (["search", "分数"], False),
        (["--help"], False),
    ],
)
def test_knows_which_arguments_open_the_window(arguments: list[str], is_window: bool) -> None:
    assert dev.opens_window(arguments) is is_window


def test_media_tests_get_processes_of_their_own(tmp_path: Path) -> None:
    sources = {
        "tests/player/test_video.py": "",
        "tests/ui/media/test_web.py": "",
        "tests/journey/test_all.py": "import pytest\n@" + "pytest.mark.media\ndef test_a(): ...",
        "tests/unit/test_plain.py": "",
    }
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    everything = [
        "tests/journey/test_all.py",
        "tests/player/test_video.py",
        "tests/ui/media/test_web.py",
    ]
    assert media_targets(tmp_path, []) == everything
    assert media_targets(tmp_path, ["tests"]) == everything
    assert media_targets(tmp_path, ["tests/unit"]) == []
    assert media_targets(tmp_path, ["tests/player", "tests/unit"]) == ["tests/player/test_video.py"]
    one = "tests/player/test_video.py::test_plays"
    assert media_targets(tmp_path, [one]) == [one]


@pytest.mark.linux
def test_finds_packages_that_are_not_installed() -> None:
    assert dev.missing_packages(["dpkg", "no-such-package-kezhan"]) == ["no-such-package-kezhan"]


TIDY = """
import signal

wanted = {signal.SIGTERM, signal.SIGINT}
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
print("begun", flush=True)
signal.sigwait(wanted)
print("tidied up", flush=True)
"""
CALL = "import sys; import dev; from pathlib import Path; dev.ROOT = Path.cwd(); "
CALL += "sys.exit(dev.call_module('tidy', []))"


@pytest.mark.linux
@pytest.mark.parametrize(
    ("how", "is_terminal"),
    [(signal.SIGTERM, False), (signal.SIGINT, True)],
    ids=["asked to end", "Ctrl-C"],
)
def test_what_is_stopped_tidies_up_first(
    how: signal.Signals, is_terminal: bool, tmp_path: Path
) -> None:
    (tmp_path / "tidy.py").write_text(TIDY)
    with subprocess.Popen(
        [sys.executable, "-c", CALL],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{dev.ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as tool:
        assert tool.stdout is not None
        assert tool.stdout.readline() == "begun\n"
        if is_terminal:
            os.killpg(tool.pid, how)  # a terminal tells the whole group
        else:
            tool.send_signal(how)
        assert tool.stdout.read() == "tidied up\n"
        assert tool.wait(60) == 128 + how

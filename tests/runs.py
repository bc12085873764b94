# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that `dev.py test` makes of pytest, and what they add up to.

Standard library only, since `dev.py` imports it. The few that failed beside others are looked at
once more, alone, to tell the broken from the unsteady; every failure stands all the same.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

MEDIA_FOLDERS = ("tests/player", "tests/ui/media")
MEDIA_MARK = re.compile(r"^\s*(@|pytestmark\b.*|.*marks=\[?)pytest\.mark\.media", re.MULTILINE)
MOST_SECOND_LOOKS = 5

Pytest = Callable[[Path, list[str]], int]
"""Runs pytest with a report's path and its words; returns the exit code."""


@dataclass
class Tally:
    """Results summed over the processes of one test run."""

    passed: int = 0
    failed: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, report: Path, exit_code: int) -> None:
        """Add one process; skipped tests count as failed, and so does a process that died."""
        failed_before = self.failed
        if report.is_file():
            root = ET.parse(report).getroot()
            for suite in root.iter("testsuite"):
                bad = sum(int(suite.get(key, "0")) for key in ("failures", "errors", "skipped"))
                self.failed += bad
                self.passed += max(0, int(suite.get("tests", "0")) - bad)
            self.broken += [name_of(case) for case in root.iter("testcase") if has_failed(case)]
        is_cut = not report.is_file() or exit_code not in {0, 1, 5}
        if is_cut or (exit_code == 1 and self.failed == failed_before):
            self.failed += 1


def has_failed(case: ET.Element) -> bool:
    """Whether it failed in its body, not in a fixture that others share."""
    return case.find("failure") is not None and case.find("error") is None


def name_of(case: ET.Element) -> str:
    """The words by which pytest finds a test again."""
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '')}"


def media_targets(root: Path, paths: Sequence[str]) -> list[str]:
    """Test files that play real media, each for a process of its own; `paths` narrow them down."""
    found: list[str] = []
    for file in sorted((root / "tests").rglob("test_*.py")):
        name = file.relative_to(root).as_posix()
        if name.startswith(MEDIA_FOLDERS) or MEDIA_MARK.search(file.read_text("utf-8")):
            inside = [path for path in paths if "::" in path and path.split("::")[0] == name]
            is_below = any(file.is_relative_to((root / path).resolve()) for path in paths)
            found += inside or ([name] if is_below or not paths else [])
    return found


def run_all(root: Path, reports: Path, arguments: Sequence[str], pytest: Pytest) -> int:
    """Run the tests, look again at the few that failed, close with one line; returns 0 or 1."""
    reports.mkdir(parents=True, exist_ok=True)
    paths = [word for word in arguments if (root / word.split("::")[0]).exists()]
    options = [word for word in arguments if word not in paths]
    workers = str(max(2, min(8, os.cpu_count() or 2)))
    runs = [["-n", workers, "--dist", "loadfile", "-m", "not media", *options, *paths]]
    runs += [["-m", "media", *options, target] for target in media_targets(root, paths)]
    tally = Tally()
    for number, words in enumerate(runs):
        report = reports / f"{number}.xml"
        report.unlink(missing_ok=True)
        tally.add(report, pytest(report, words))
    for name in look_again(tally.broken, reports, pytest):
        print(f"unsteady: {name} failed beside others and passed alone", flush=True)
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 0 if tally.passed and not tally.failed else 1


def look_again(broken: Sequence[str], reports: Path, pytest: Pytest) -> list[str]:
    """Those of a few failed tests that pass in a process of their own."""
    unsteady: list[str] = []
    if len(broken) > MOST_SECOND_LOOKS:
        return unsteady
    for number, name in enumerate(broken):
        report = reports / f"again-{number}.xml"
        report.unlink(missing_ok=True)
        alone = Tally()
        alone.add(report, pytest(report, [name]))
        if (alone.passed, alone.failed) == (1, 0):
            unsteady.append(name)
    return unsteady

# SPDX-License-Identifier: GPL-3.0-or-later
"""A county that publishes to real servers, and a classroom machine with only its enrolment."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journey.packed import environment, module_command
from tests.servers.fixtures import StartNginx
from tests.servers.lrs import LearningRecordStore
from tests.servers.nginx import Nginx
from tests.servers.tus import TusServer

ISSUED = "2026-11-20T08:00:00Z"
SCHOOLS = "学校代码,校名,上级中心校,班级,教室\nS001,石门坎小学,城关中心校,三(2)班;三(1)班,201\n"
COMMAND_TIMEOUT_S = 90


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    lines: list[dict[str, Any]]
    stderr: str

    @property
    def last(self) -> dict[str, Any]:
        assert self.lines, self.stderr
        return self.lines[-1]


def run_module(module: str, *arguments: str | Path, cwd: Path | None = None) -> Outcome:
    """Run one of our commands as its own process, as a user would."""
    result = subprocess.run(
        [*module_command(module), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=environment() if module == "app" else None,
        timeout=COMMAND_TIMEOUT_S,
        cwd=cwd,
        check=False,
    )
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return Outcome(result.returncode, lines, result.stderr)


@dataclass(frozen=True)
class County:
    """The region's side: a folder, its public tree on a web server, and two endpoints."""

    folder: Path
    web: Nginx
    tus: TusServer
    lrs: LearningRecordStore

    def publish(self, *arguments: str | Path) -> Outcome:
        outcome = run_module("app.publish", *arguments)
        assert outcome.code == 0, outcome.stderr
        return outcome

    def add(self, entries: list[dict[str, Any]], files: Path, issued: str = ISSUED) -> None:
        """Add entries with their files and publish the tree anew."""
        table = files / "entries.ndjson"
        lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.publish("add", self.folder, "--entries", table, "--files", files)
        self.publish("build", self.folder, "--issued", issued)

    def school_enrolment(self) -> Path:
        """An enrolment for one school, with the account that the county made at its servers."""
        table = self.folder / "schools.csv"
        table.write_text(SCHOOLS, encoding="utf-8")
        self.publish("enrol", self.folder, "--schools", table)
        path = self.folder / "enrolments" / "S001.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        user, password = self.lrs.auth
        document["credentials"] = {"user": user, "password": password}
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return path


@pytest.fixture
def county(tmp_path: Path, nginx: StartNginx, tus: TusServer, lrs: LearningRecordStore) -> County:
    """A fresh region whose tree nginx serves."""
    folder = tmp_path / "县电教馆"
    served = folder / "public"
    served.mkdir(parents=True)
    web = nginx(served)
    county = County(folder, web, tus, lrs)
    county.publish(
        "init",
        folder,
        "--name",
        "石门县资源库",
        "--mirror",
        web.url,
        "--uploads",
        tus.url,
        "--statements",
        lrs.url,
        "--issued",
        ISSUED,
    )
    return county


@dataclass(frozen=True)
class Classroom:
    """A machine with Kezhan and nothing else."""

    data_dir: Path

    def kezhan(self, *arguments: str | Path) -> Outcome:
        return run_module("app", *arguments, "--data-dir", self.data_dir)

    def done(self, *arguments: str | Path) -> Outcome:
        outcome = self.kezhan(*arguments)
        assert outcome.code == 0, (outcome.lines, outcome.stderr)
        return outcome


@pytest.fixture
def classroom(data_dir: Path) -> Classroom:
    """A new classroom machine."""
    return Classroom(data_dir)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A newer program brings newer starter lessons to a machine; nothing else may replace them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.catalogue.query import Query
from app.catalogue.reader import Catalogue
from app.publish import commands
from app.region.layout import ENROLMENT_NAME
from app.sync import carriers, membership
from tests.sync.machine import Machine
from tests.sync.region_home import FIRST, LATER, entry

REGION_ID = "08017771-00a8-548f-b178-b2113b492f18"


def release(folder: Path, *titles: str) -> Path:
    """A starter region as a release makes it: the same id, a throwaway key of its own."""
    source = folder / "source"
    source.mkdir(parents=True)
    lines = []
    for title in titles:
        (source / f"{title}.txt").write_text(f"{title}\n" * 100, encoding="utf-8")
        files = [{"role": "main", "path": f"{title}.txt"}]
        lines.append(
            json.dumps(entry(f"id-{len(title)}-{titles.index(title)}", title, files=files))
        )
    (source / "entries.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shelf = folder / "resources_cache"
    issued = FIRST if "一" in titles[0] else LATER
    commands.starter(source, shelf, name="起步", region_id=REGION_ID, issued=issued)
    return shelf


class Program:
    """The installed program, whose shelf the next version replaces."""

    def __init__(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.machine, self._monkeypatch = machine, monkeypatch
        self.shelf = Path()

    def install(self, shelf: Path) -> None:
        self.shelf = shelf
        for module in (carriers, membership):
            self._monkeypatch.setattr(module, "shelf_dir", lambda: shelf)

    def run(self) -> list[str]:
        return self.machine.run(shelves=(self.shelf,)).problems


@pytest.fixture
def program(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    made = Program(machine, monkeypatch)
    made.install(release(tmp_path / "1.0", "一二三", "加法"))
    machine.enrol(str(made.shelf / ENROLMENT_NAME))
    assert made.run() == []
    assert titles(machine) == {"一二三", "加法"}
    return made


def titles(machine: Machine) -> set[str]:
    catalogue = Catalogue.open(machine.paths, frozenset())
    try:
        hits = catalogue.search(Query(limit=100)).hits
        assert all(hit.is_offline for hit in hits)
        return {hit.entry.title for hit in hits}
    finally:
        catalogue.close()


def test_the_next_release_replaces_the_starter_lessons(program: Program, tmp_path: Path) -> None:
    program.install(release(tmp_path / "1.1", "四五六", "减法", "乘法"))
    assert program.run() == []
    assert titles(program.machine) == {"四五六", "减法", "乘法"}
    assert program.run() == []


def test_the_way_back_works_too(program: Program, tmp_path: Path) -> None:
    first = program.shelf
    program.install(release(tmp_path / "1.1", "四五六"))
    program.run()
    program.install(first)
    assert program.run() == []
    assert titles(program.machine) == {"一二三", "加法"}


def test_a_cut_before_the_enrolment_only_repeats(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.sync import update_shelf

    program.install(release(tmp_path / "1.1", "四五六"))
    with monkeypatch.context() as here:
        here.setattr(update_shelf, "join", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            program.run()
    assert program.run() == []
    assert titles(program.machine) == {"四五六"}


def test_the_same_region_from_a_stick_is_still_refused(program: Program, tmp_path: Path) -> None:
    """Another key under the same id counts only from the program's own folder."""
    other = release(tmp_path / "evil", "四五六")
    stick = tmp_path / "stick"
    shutil.copytree(other, stick)
    from app.sync.inbox import Kind

    machine = program.machine
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(stick)), shelves=(program.shelf,))
    assert titles(machine) == {"一二三", "加法"}
    assert program.run() == []


def test_a_region_with_other_mirrors_is_never_reset(program: Program, tmp_path: Path) -> None:
    """Whoever joined the region from elsewhere keeps that trust, whatever a shelf says."""
    path = program.machine.paths.region_dir(REGION_ID) / ENROLMENT_NAME
    document = json.loads(path.read_bytes())
    document["mirrors"] = ["http://127.0.0.1:9/"]
    path.write_text(json.dumps(document), encoding="utf-8")
    floor = (program.machine.paths.region_dir(REGION_ID) / "floor.json").read_bytes()
    program.install(release(tmp_path / "1.1", "四五六"))
    program.run()
    assert titles(program.machine) == {"一二三", "加法"}
    assert (program.machine.paths.region_dir(REGION_ID) / "floor.json").read_bytes() == floor

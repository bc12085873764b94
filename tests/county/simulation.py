# SPDX-License-Identifier: GPL-3.0-or-later
"""Months in a county where nearly everything goes over sticks, and much goes wrong.

One county, central schools, points that belong to them. A courier of each central school carries a
stick from the county to its points and back. What must hold in the end is asked of the county and
of every machine, never of the simulation's own books alone.
"""

import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from app.region.bundle import PART_NAME
from app.sync import guard
from tests.county.county import REASON, County, School, copied, month_at
from tests.county.point import Point
from tests.servers.tus import TusServer

CLOCKS = {"1980": timedelta(days=-17_100), "2049": timedelta(days=8_100)}


@dataclass(frozen=True)
class Size:
    """How large the county is."""

    centres: int = 3
    points_of_a_centre: int = 4
    months: int = 6
    quiet_months: int = 2
    lessons_a_visit: int = 2
    upload_bytes: int = 30_000


@dataclass
class Centre:
    """A central school: its machine, its courier's stick, its points."""

    machine: Point
    points: list[Point]
    stick: Path
    folders: list[Path] = field(default_factory=list)


class Simulation:
    """Runs a county; afterwards the tests ask what became of everything."""

    def __init__(
        self,
        root: Path,
        size: Size,
        seed: int,
        patch: pytest.MonkeyPatch,
        line: TusServer | None = None,
    ) -> None:
        # Nobody here has a line: one context of certificates serves all the agents.
        patch.setattr("app.sync.http.tls_context", cache(guard.tls_context))
        # No power fails here (tests/crash and tests/sync see to that), and waiting for disks is
        # most of the time it would take.
        patch.setattr(os, "fsync", lambda _: None)
        self.size = size
        self.happened: Counter[str] = Counter()
        self._root = root
        self._chance = random.Random(seed)
        self._patch = patch
        self._line = line
        schools = self._schools()
        everybody = [one for group in schools for one in group]
        url = line.url if line is not None else None
        self.county = County(root, everybody, self._chance, url)
        self.county.publish(0)
        self.centres = [self._open(number, group) for number, group in enumerate(schools)]

    def _schools(self) -> list[list[School]]:
        groups = []
        for centre in range(self.size.centres):
            name = f"中心校{centre}"
            group = [School(f"C{centre}", name, "")]
            for number in range(self.size.points_of_a_centre):
                code = f"C{centre}P{number}"
                group.append(School(code, f"教学点{code}", name))
            groups.append(group)
        return groups

    def _open(self, number: int, schools: list[School]) -> Centre:
        """The first visit: every machine joins and gets its first catalogue."""
        stick = self._root / f"U盘 {number}"
        stick.mkdir()
        self.county.fill(stick)
        machines = []
        for school in schools:
            machine = Point(self._root / school.code, school, self._patch)
            machine.enrol(self.county.enrolment_of(school, "http://127.0.0.1:9/"), month_at(0, 1))
            assert machine.visit(stick, month_at(0, 1)) == []
            machines.append(machine)
        return Centre(machines[0], machines[1:], stick)

    # --- the machines of whom something special is known

    @property
    def machines(self) -> list[Point]:
        return [one for centre in self.centres for one in (centre.machine, *centre.points)]

    def _prepare(self) -> None:
        self.centres[0].points[0].skew = CLOCKS["1980"]
        self.centres[1].points[1].skew = CLOCKS["2049"]
        self.centres[-1].points[-1].freeze()
        self.happened["frozen"] += 1

    def _clone(self) -> None:
        """A disk is copied while something waits on it."""
        original = self.centres[1].points[0]
        self.centres[1].points.append(original.clone(self._root / "twin"))
        self.happened["cloned"] += 1

    # --- months

    def run(self) -> None:
        self._prepare()
        for month in range(1, self.size.months + 1):
            self._use(month)
            if month == 2:
                self._clone()
            self._trip(month, is_quiet=False)
        for centre in self.centres:
            for point in centre.points:
                point.thaw()
        for month in range(self.size.months + 1, self.size.months + self.size.quiet_months + 1):
            self._trip(month, is_quiet=True)

    def _use(self, month: int) -> None:
        for number, machine in enumerate(self.machines):
            machine.start()
            lessons = [f"l-{month - 1}-{2 + n}" for n in range(self.size.lessons_a_visit)]
            machine.teach(self.county.region_id, lessons, month_at(month, 2))
            if (number + month) % 3 == 0:
                machine.add_upload(self._chance, self.size.upload_bytes)

    def _trip(self, month: int, *, is_quiet: bool) -> None:
        """Out with the county's stick, round the points, home, and what the county makes of it."""
        if not is_quiet:
            self.county.publish(month, 3)
        for centre in self.centres:
            if is_quiet or not self._is_due("stale", 0.2):
                self.county.fill(centre.stick)
        if not is_quiet and self._is_due("swapped", 0.35):
            first, second = self._chance.sample(self.centres, 2)
            first.stick, second.stick = second.stick, first.stick
        for number, centre in enumerate(self.centres):
            self._go_round(centre, month_at(month, 4 + number))
            if not is_quiet:
                self._suffer(centre, month)
        for folder in self._brought_home():
            self.county.receive(folder, month, 10)
        self.county.review(month, 11)
        self.county.build(month, 12)

    def _go_round(self, centre: Centre, now: datetime) -> None:
        """From point to point, then to the central school, which keeps a copy of every parcel."""
        for point in centre.points:
            failed = point.visit(centre.stick, now)
            assert set(failed) <= {"nothing_to_import"}, failed
        failed = centre.machine.visit(centre.stick, now, is_depot=True)
        assert set(failed) <= {"nothing_to_import"}, failed
        if centre is self.centres[0] and self._line is not None:
            centre.machine.send(now)

    def _brought_home(self) -> list[Path]:
        """Sticks, copies of sticks, and for the one school with a line only what went over it."""
        by_hand = self.centres if self._line is None else self.centres[1:]
        folders = [one for centre in by_hand for one in (centre.stick, *centre.folders)]
        if self._line is not None:
            folders.append(self._line.uploads_folder)
        return [one for one in folders if one.is_dir()]

    def _suffer(self, centre: Centre, month: int) -> None:
        """What sticks go through on their way home."""
        has_frozen = any(point.is_frozen for point in centre.points)
        if self._is_due("copied", 0.4):
            place = self._root / f"copy {centre.machine.name} {month}"
            centre.folders.append(copied(centre.stick, place))
        if has_frozen:
            return  # what a frozen disk gave away exists nowhere else
        if self._is_due("pulled", 0.4):
            self._cut_a_parcel(centre.stick)
        if self._is_due("lost", 0.2):
            shutil.rmtree(centre.stick)
            centre.stick.mkdir()

    def _cut_a_parcel(self, stick: Path) -> None:
        """A stick pulled too early, in a system that said all was written."""
        parts = sorted(path for path in stick.rglob("*") if PART_NAME.fullmatch(path.name))
        part = self._chance.choice(parts)
        part.write_bytes(part.read_bytes()[: self._chance.randrange(part.stat().st_size)])

    def _is_due(self, what: str, share: float) -> bool:
        """By chance, and surely before the end."""
        is_due = self._chance.random() < share
        self.happened[what] += is_due
        return is_due

    # --- what must hold

    def check(self) -> None:
        self._check_statements()
        self._check_uploads()
        self._check_catalogues()

    def _check_statements(self) -> None:
        told = self.county.statement_ids()
        happened = set().union(*(machine.events for machine in self.machines))
        assert set(told) == happened
        assert set(told.values()) == {1}
        undelivered = {
            machine.name: machine.statements()
            for machine in self.machines
            if set(machine.statements()) - {"delivered"}
        }
        assert undelivered == {}

    def _check_uploads(self) -> None:
        wanted = {key: one for machine in self.machines for key, one in machine.uploads.items()}
        arrived = self.county.uploads()
        assert {key: sha256 for key, (_, sha256) in arrived.items()} == wanted
        states = Counter(state for state, _ in arrived.values())
        assert set(states) == {"accepted", "returned"}
        accepted = {key for key, (state, _) in arrived.items() if state == "accepted"}
        published = self.county.published()
        assert {key for key in published if key.startswith("upload-")} == {
            f"upload-{key}" for key in accepted
        }
        for machine in self.machines:
            said = machine.states()
            for upload_id in set(machine.uploads) & set(said):
                expected = ("accepted", "") if upload_id in accepted else ("rejected", REASON)
                assert said[upload_id] == expected, (machine.name, upload_id)

    def _check_catalogues(self) -> None:
        titles = sorted(one.title for one in self.county.published().values())
        for machine in self.machines:
            assert machine.titles() == titles, machine.name

# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds of import and export that end badly: the process killed, or the stick pulled, anywhere.

After every round what is on the machine and on the stick must be true; after the last one nothing
may be missing. The quick test runs a few, `dev.py bench stick_pulls` hundreds.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.base.db import open_reader
from app.publish import commands, inbound
from app.region.layout import blob_path
from app.sync.inbox import Kind
from tests.crash.agents import Agents
from tests.sync.machine import Machine, Run
from tests.sync.region_home import LATER, RegionHome, entry
from tests.sync.stick_disk import region_id_of
from tests.sync.stick_point import teach, upload, uploads

NOWHERE = "http://127.0.0.1:9/"
FILES = 40
SMALL_BYTES = 150_000
LARGE_BYTES = 20_000_000
UPLOADS = 3
UPLOAD_BYTES = 6_000_000
LESSONS = 20
# linux/ext4: every access to the file system fails from now on, as if the disk had been pulled.
_EXT4_IOC_SHUTDOWN = 0x8004587D
_NOLOGFLUSH = 2

Pull = Callable[[], None]


class SchoolMachine(Machine):
    """Says the same machine's name as the agents that are forked to be killed."""

    def run(self, **config: Any) -> Run:
        return super().run(machine="school", **config)


@dataclass
class World:
    """A county with files, a machine that joined it, and what has to arrive where."""

    region: RegionHome
    machine: Machine
    chance: random.Random
    contents: dict[str, bytes] = field(default_factory=dict, repr=False)
    upload_ids: list[str] = field(default_factory=list)
    killed: int = 0
    pulled: int = 0
    ended: int = 0

    @classmethod
    def create(cls, folder: Path, seed: int) -> World:
        home = RegionHome.create(folder / "county" / "县")
        machine = SchoolMachine(folder / "data")
        world = cls(home, machine, random.Random(seed))
        world._publish(folder / "files")
        source = home.enrolment(NOWHERE)
        assert machine.run_requests(machine.enrol(str(source))).codes_of_failed_requests == []
        return world

    def _publish(self, files: Path) -> None:
        files.mkdir()
        entries = []
        sizes = [SMALL_BYTES] * FILES + [LARGE_BYTES]
        for number, size in enumerate(sizes):
            content = self.chance.randbytes(size)
            self.contents[hashlib.sha256(content).hexdigest()] = content
            (files / f"{number}.mp4").write_bytes(content)
            entries.append(entry(f"e-{number}", f"课 {number}", files=[{"path": f"{number}.mp4"}]))
        self.region.publish(entries, LATER, files)

    def fill_stick(self, root: Path) -> Path:
        """The county's tree onto a stick, all of it really there."""
        home = root / "kezhan" / region_id_of(self.region)
        # Bytes alone: not every file system of sticks here takes times and modes.
        for source in sorted(self.region.public.rglob("*")):
            if source.is_file():
                target = home / source.relative_to(self.region.public)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        os.sync()
        return root

    def fill_outbox(self) -> None:
        """What a point gives back, once it knows the region's key."""
        self.finish_import(self.region.public)
        teach(self.machine, region_id_of(self.region), times=LESSONS)
        for number in range(UPLOADS):
            content = self.chance.randbytes(UPLOAD_BYTES)
            self.upload_ids.append(upload(self.machine, content, f"{number}.mp4"))

    # -- one round --------------------------------------------------------------------------

    def ask(self, kind: Kind, root: Path) -> None:
        """Leave a request, unless one of an earlier round is still open."""
        if not self._is_open():
            self.machine.leave(kind, dir=str(root), space_bytes=None)

    def kill(self, agents: Agents, within_s: float) -> bool:
        """Run an agent and kill it after a random while; False when it had ended before."""
        root, hello = self.machine.paths.root, 1
        was_killed = agents.kill_after(root, hello, self.chance.uniform(0, within_s))
        self.killed += was_killed
        self.ended += not was_killed
        return was_killed

    def pull(self, agents: Agents, within_s: float, pull: Pull) -> None:
        """Run an agent to its end and pull the stick after a random while."""
        fate = threading.Timer(self.chance.uniform(0, within_s), pull)
        fate.start()
        agents.run(self.machine.paths.root)
        self.pulled += not fate.is_alive()
        self.ended += fate.is_alive()
        fate.join()  # the stick is gone in any case: the next round mounts it anew

    def _is_open(self) -> bool:
        if any(self.machine.paths.inbox_dir.glob("*.json")):
            return True
        reader = open_reader(self.machine.paths.state_db)
        try:
            rows = reader.execute("SELECT count(*) FROM request WHERE state = 'working'")
            return bool(rows.fetchone()[0])
        finally:
            reader.conn.close()

    # -- what must be true ------------------------------------------------------------------

    def check_machine(self) -> int:
        """Every blob that is recorded is whole; returns how many."""
        reader = open_reader(self.machine.paths.state_db)
        try:
            rows = reader.execute("SELECT sha256 FROM blob").fetchall()
        finally:
            reader.conn.close()
        for (sha256,) in rows:
            content = (self.machine.paths.root / blob_path(sha256)).read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha256
        return len(rows)

    def check_outgoing(self, root: Path) -> None:
        """Every bundle that has its name on the stick is whole: the county takes it in as it is."""
        report = inbound.receive(self.region.root, root, LATER) if any_bundle(root) else None
        assert report is None or report.problems == [], report

    def finish_import(self, root: Path) -> None:
        """Nothing is missing after one undisturbed run."""
        self.machine.run()
        wish = self.machine.leave(Kind.STICK_IMPORT, dir=str(root))
        done = self.machine.run_requests(wish)
        assert done.codes_of_failed_requests == [], done.events[-3:]
        for sha256, content in self.contents.items():
            assert self.machine.blob(sha256) == content

    def finish_export(self, root: Path) -> None:
        """Everything arrives at the county exactly once, and the receipts come home."""
        self.machine.run()
        wish = self.machine.leave(Kind.STICK_EXPORT, dir=str(root), space_bytes=None)
        done = self.machine.run_requests(wish)
        assert done.codes_of_failed_requests == [], done.events[-3:]
        self.check_outgoing(root)
        assert len(inbound.waiting(self.region.root)) == UPLOADS
        told = [
            json.loads(line)["id"]
            for path in sorted((self.region.root / "statements").rglob("*.ndjson"))
            for line in path.read_bytes().splitlines()
        ]
        assert len(told) == len(set(told)) == LESSONS * 3
        commands.build(self.region.root, LATER)
        self.finish_import(self.region.public)
        states = {one: row.state for one, row in uploads(self.machine).items()}
        assert states == dict.fromkeys(self.upload_ids, "delivered")


def any_bundle(root: Path) -> bool:
    """Whether there is a finished bundle on the stick."""
    place = root / "kezhan" / "out"
    return any(not path.parent.name.startswith(".") for path in place.glob("*/*/0001.part"))


def pull_ext4(place: Path) -> Pull:
    """Makes every access to a mounted ext4 fail, as when its stick is pulled."""
    # Nothing but the test's own disk may ever be shut down.
    assert place.is_mount(), place
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    assert os.fstat(descriptor).st_dev != place.parent.stat().st_dev

    def pull() -> None:
        fcntl.ioctl(descriptor, _EXT4_IOC_SHUTDOWN, _NOLOGFLUSH.to_bytes(4, "little"))
        os.close(descriptor)

    return pull

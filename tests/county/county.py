# SPDX-License-Identifier: GPL-3.0-or-later
"""The county's office: the publisher's own code, and what an observer finds there."""

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.base.db import open_reader
from app.publish import commands, inbound, outbound
from app.publish.commands import opened_store
from app.publish.errors import NothingReceivedError
from app.publish.home import RegionHome
from app.region.enrolment import parse_enrolment
from app.region.entry import Entry
from tests.sync.region_home import entry

START = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
MONTH = timedelta(days=30)
REASON = "请补充练习题"
LESSONS_A_MONTH = 6
FILE_BYTES = 20_000


def month_at(month: int, days: int = 0) -> datetime:
    """A moment of a month of the simulation."""
    return START + month * MONTH + timedelta(days=days)


@dataclass(frozen=True)
class School:
    """A school as the county's list has it."""

    code: str
    name: str
    centre: str


class County:
    """One county: publishes every month, fills sticks, receives, reviews."""

    def __init__(
        self, root: Path, schools: list[School], chance: random.Random, uploads_url: str | None
    ) -> None:
        self.home = RegionHome(root / "county")
        self._root = root
        self._chance = chance
        self._files = root / "lessons"
        self._files.mkdir(parents=True)
        self.problems: Counter[str] = Counter()
        commands.init(self.home.root, name="石门县", issued=START, uploads_url=uploads_url)
        rows = [f"{one.code},{one.name},{one.centre}" for one in schools]
        table = root / "schools.csv"
        table.write_text("\n".join(["学校代码,校名,上级中心校", *rows]), encoding="utf-8")
        commands.enrol(self.home.root, table)

    @property
    def region_id(self) -> str:
        return self.home.load_settings().region_id

    def enrolment_of(self, school: School, mirror: str) -> Path:
        """The school's enrolment, with a mirror that suits the place."""
        path = self.home.enrolments_dir / f"{school.code}.json"
        document = json.loads(path.read_bytes()) | {"mirrors": [mirror]}
        mine = self._root / f"enrolment-{school.code}.json"
        mine.write_text(json.dumps(document), encoding="utf-8")
        assert parse_enrolment(mine.read_bytes()).school is not None
        return mine

    def publish(self, month: int, days: int = 0) -> None:
        """New lessons, a few changes, one deletion; then a signed release with receipts."""
        lessons = []
        for number in range(LESSONS_A_MONTH):
            name = f"l-{month}-{number}.mp4"
            (self._files / name).write_bytes(self._chance.randbytes(FILE_BYTES))
            subject = ("数学", "语文", "音乐")[number % 3]
            lessons.append(
                entry(f"l-{month}-{number}", f"第{month}月第{number}课", subject=subject)
                | {"files": [{"path": name}]}
            )
        if month:
            lessons.append(entry(f"l-{month - 1}-0", f"第{month}月改过", subject="数学"))
        table = self._root / "entries.ndjson"
        table.write_text("".join(json.dumps(one) + "\n" for one in lessons), encoding="utf-8")
        commands.add(self.home.root, table, self._files)
        if month:
            commands.remove(self.home.root, [f"l-{month - 1}-1"])
        self.build(month, days)

    def build(self, month: int, days: int) -> None:
        commands.build(self.home.root, month_at(month, days))

    def fill(self, stick: Path) -> None:
        outbound.make_stick(self.home.root, stick, split_bytes=8_000)

    def receive(self, folder: Path, month: int, days: int) -> None:
        try:
            report = inbound.receive(self.home.root, folder, month_at(month, days))
        except NothingReceivedError:
            return  # the courier's stick came home as it went
        self.problems.update(error.code for error in report.problems)

    def review(self, month: int, days: int) -> None:
        """Every fourth upload goes back, the others pass all levels."""
        now = month_at(month, days)
        for row in inbound.waiting(self.home.root):
            assert row.is_vouched
            if row.number % 4 == 0:
                inbound.send_back(self.home.root, row.number, REASON, now)
            else:
                inbound.accept(self.home.root, row.number, now, "县教研室")

    # --- what an observer finds

    def statement_ids(self) -> Counter[str]:
        """How often each statement stands in the files."""
        found: Counter[str] = Counter()
        for path in self.home.statements_dir.glob("*.ndjson"):
            found.update(json.loads(line)["id"] for line in path.read_bytes().splitlines())
        return found

    def uploads(self) -> dict[str, tuple[str, str]]:
        """State and content of every upload that has arrived, by its id; each is there once."""
        reader = open_reader(self.home.received_db)
        try:
            rows = reader.execute("SELECT upload_id, state, sha256 FROM upload").fetchall()
        finally:
            reader.close()
        found = {row[0]: (row[1], row[2]) for row in rows}
        assert len(found) == len(rows)
        return found

    def published(self) -> dict[str, Entry]:
        """The catalogue as the county has it."""
        with opened_store(self.home) as store:
            shards = store.shards(is_staged=False)
            return {one.id: one for shard in shards for one in store.entries(shard.shard_id)}


def copied(stick: Path, place: Path) -> Path:
    """A stick that somebody copied to a disk, to be sure."""
    shutil.copytree(stick, place)
    return place

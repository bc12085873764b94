# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine in use: some lessons taught, some lists made, some files on their way."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta

from app.base import db
from app.base.paths import DataPaths
from app.lesson.lists import Extract
from app.lesson.teaching import RoomChoice
from app.lesson.timetable import Period, Schedule, Subject, Timetable, Weeks
from app.region.entry import Entry
from app.sync.courier import store as courier
from app.sync.status import ClockStatus, DiskStatus, RegionStatus, Status, TransferStatus
from app.sync.store import Problem
from app.sync.uploads import store as uploads
from app.ui.desk import Desk
from app.usage.events import Occasion, UsedResource
from app.usage.recorder import Recorder
from tests.ui.fixture_library import REGION
from tests.ui.fixture_services import Bench

_MORNING = datetime.now(UTC).replace(hour=1, minute=10, second=0, microsecond=0)


class SteppingClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = _MORNING

    def wall(self) -> datetime:
        """The moment that was set."""
        return self.now

    def boot_id(self) -> str:
        """One start."""
        return "boot-1"

    def boot_s(self) -> float:
        """Seconds since that start."""
        return (self.now - _MORNING).total_seconds() + 10 * 86400


def fill_desk(bench: Bench, entries: list[Entry]) -> None:
    """Three days of lessons, two lists, two favourites."""
    by_id = {entry.id: entry for entry in entries}
    job = bench.desk.submit(lambda desk: _fill(desk, by_id))
    failures: list[object] = []
    job.failed.connect(failures.append)
    from tests.screens.render import wait_until

    wait_until(lambda: job.is_ended, "the desk was never filled")
    assert not failures, failures


def _fill(desk: Desk, by_id: dict[str, Entry]) -> None:
    clock = SteppingClock()
    recorder = Recorder("another-device", clock, 0)
    taught = (
        (3, "autumn-slides", 14, 0.0),
        (3, "jasmine-audio", 0, 148.0),
        (1, "water-video", 0, 251.0),
        (1, "colour-slides", 9, 0.0),
        (0, "fraction-video", 0, 263.0),
        (0, "fraction-slides", 11, 0.0),
    )
    for at, (days_ago, entry_id, pages, seconds) in enumerate(taught):
        clock.now = _MORNING - timedelta(days=days_ago) + timedelta(minutes=50 * (at % 2))
        _teach(recorder, clock, by_id[entry_id], pages, seconds)
    recorder.flush(desk.usage)
    lessons = desk.lessons
    first = lessons.create("三年级数学 · 分数的初步认识（第一课时）")
    for entry_id in ("fraction-video", "fraction-slides", "fraction-exercise"):
        lessons.add(first, REGION, entry_id, by_id[entry_id].title)
    second = lessons.create("科学：水")
    lessons.add(second, REGION, "water-video", by_id["water-video"].title)
    lessons.add(first, REGION, "decimal-video", by_id["decimal-video"].title)
    lessons.set_extract(lessons.items(first)[0].item_id, Extract(30.0, 150.0))
    lessons.add_board(first, "板书：几分之一")
    _fill_room(desk)
    for entry_id in ("clock-web", "jasmine-audio"):
        lessons.set_favourite(REGION, entry_id, by_id[entry_id].title, is_favourite=True)


def _fill_room(desk: Desk) -> None:
    """A class of the room, two teachers, a timetable."""
    lessons = desk.lessons
    lessons.set_choice(RoomChoice("三(2)班", "数学"))
    lessons.set_timetable(sample_timetable())
    for name in ("王秀英", "李建国"):
        lessons.add_teacher(name)
    key = (REGION, "fraction-slides")
    lessons.note_taught("三(2)班", "数学", key, "几分之一（课件）", "几分之一")
    lessons.note_taught("四(1)班", "音乐", (REGION, "jasmine-audio"), "茉莉花", "茉莉花")


def enrol_school(paths: DataPaths) -> None:
    """An enrolment that knows the school's rooms and classes."""
    folder = paths.region_dir(REGION)
    folder.mkdir(parents=True, exist_ok=True)
    classes = [f"{grade}({number})班" for grade in "一二三四五六" for number in (1, 2)]
    document = {
        "format": "kezhan-enrolment",
        "major": 1,
        "minor": 0,
        "region_id": REGION,
        "school": {"code": "001", "name": "清水县第一小学"},
        "rooms": [f"{name}教室" for name in classes] + ["音乐室", "多媒体教室"],
        "classes": classes,
    }
    text = json.dumps(document, ensure_ascii=False)
    (folder / "enrolment.json").write_text(text, "utf-8")


def sample_timetable() -> Timetable:
    """Two periods of every morning; a picture taken at five past nine shows the second."""
    periods = (Period("语文", time(8, 0), time(8, 40)), Period("数学", time(8, 50), time(9, 30)))
    subjects = (Subject("语文", teacher="王秀英"), Subject("数学", teacher="李建国"))
    return Timetable(subjects, (Schedule("每天", tuple(range(1, 8)), Weeks.ALL, periods),))


def _teach(
    recorder: Recorder, clock: SteppingClock, entry: Entry, pages: int, seconds: float
) -> None:
    used = UsedResource(
        region_id=REGION,
        entry_id=entry.id,
        title=entry.title,
        subject=entry.subject,
        lesson=entry.lesson,
        resource_type=entry.resource_type,
    )
    main = entry.main_file
    viewing = recorder.open(
        used,
        sha256=main.sha256 if main else "",
        media=entry.format.value,
        occasion=Occasion(lesson_id="lesson-1"),
    )
    for page in range(1, pages + 1):
        clock.now += timedelta(seconds=40)
        recorder.record(viewing, "page_shown", {"page": float(page), "pages": 14.0})
    if seconds:
        clock.now += timedelta(seconds=seconds)
        numbers: dict[str, float | str] = {
            "time_s": seconds,
            "played_segments": f"0.000[.]{seconds:.3f}",
            "progress": 1.0,
        }
        recorder.record(viewing, "completed", numbers | {"length_s": seconds})
    recorder.record(viewing, "terminated", {})


def sample_uploads(paths: DataPaths) -> None:
    """One upload in each state that a teacher can meet."""
    database = db.open_writer(paths.state_db, [uploads.MIGRATIONS])
    store = uploads.UploadStore(database)
    samples = (
        ("几分之一 我的课件.pptx", "几分之一（我的课件）", 4_300_000, "queued", 0),
        ("水的三态变化 演示.mp4", "水的三态变化演示实验", 48_000_000, "sending", 21_500_000),
        ("秋天的雨 教学设计.docx", "《秋天的雨》教学设计", 318_000, "delivered", 318_000),
        ("认识钟表 练习.pdf", "认识钟表练习", 902_000, "accepted", 902_000),
        ("茉莉花.mp3", "茉莉花范唱", 5_600_000, "rejected", 5_600_000),
    )
    answer = json.dumps({"reason": "伴奏盖住了歌声，请重新录一遍"})
    for at, (name, title, size, state, offset) in enumerate(samples):
        details = {"title": title, "subject": "数学", "grade": "三年级", "volume": "上册"}
        upload_id = f"upload-{at}"
        store.add(
            upload_id, REGION, sha256=f"{at:064x}", size_bytes=size, name=name, details=details
        )
        with db.transaction(database):
            database.conn.execute(
                "UPDATE upload SET state = ?, offset_bytes = ?, data = ? WHERE upload_id = ?",
                [state, offset, answer if state == "rejected" else "{}", upload_id],
            )
    database.conn.close()


def sample_points(paths: DataPaths) -> None:
    """Three teaching points that came by stick: one a while ago, one lately, one unnamed."""
    database = db.open_writer(paths.state_db, [courier.MIGRATIONS])
    relays = courier.RelayStore(database)
    now = datetime.now(UTC)
    samples = (("a" * 32, "大山教学点", 75), ("b" * 32, "柳林教学点", 4), ("c3" * 16, "", 1))
    for at, (point, name, days) in enumerate(samples):
        relay = courier.Relay(
            f"bundle-{at}", REGION, point, 2_000_000, 1, "", courier.RelayState.SENT
        )
        relays.take(relay, now - timedelta(days=days))
        relays.name_point(point, name)
    database.conn.close()


def sample_status() -> Status:
    """A school with a slow line, something under way and one thing to look after."""
    now = datetime.now(UTC)
    moment = now.isoformat()
    return Status(
        regions=(
            RegionStatus(
                region_id=REGION,
                name="课栈起步资源",
                issued=now - timedelta(days=2),
                age_days=2,
                verdict="updated",
                checked_at=now,
                good_at=now,
            ),
        ),
        last_sync_at=now - timedelta(hours=3),
        statements={"waiting": 37, "frozen": 4, "delivered": 1210},
        uploads={"queued": 1, "sending": 1, "accepted": 1},
        transfers=(
            TransferStatus("a" * 64, "小数的意义（微课）", 21_400_000, 48_300_000, None),
            TransferStatus("b" * 64, "人教版数学四年级下册课件包", 0, 126_000_000, None),
        ),
        disk=DiskStatus(3_240_000_000, 20_000_000_000, 118_000_000_000),
        clock=ClockStatus(now, now, "exact", is_wrong=False),
        problems=(Problem("disk_full", "", {"path": "D:/KezhanData"}, "run", moment, moment, 1),),
        agent_pid=4711,
    )

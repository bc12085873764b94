# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight hours of a school, compressed: a portal in the morning, lessons, cuts, and the night."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.crash.agents import Agents
from tests.crash.killing import finish
from tests.crash.router import Router, State
from tests.crash.school import School
from tests.servers.process import REPOSITORY, dying_with_parent
from tests.sync.test_lesson import put_lease

MINUTES = 8 * 60
# Seven in the morning in China; after seven hours the machine sleeps until nine in the evening.
MORNING = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
SLEEPS_AT, SLEPT = 7 * 60, timedelta(hours=7)
# Minutes after seven: the portal wants its log-in, lessons of 40 minutes, and what breaks.
PORTAL_UNTIL = 40
PATIENCE_S = 60.0
LESSONS = (60, 110, 180, 230, 330)
LESSON_MINUTES = 40
CUTS = (50, 155, 290, 400, 450)
CUT_MINUTES = 8
KILLS = (57, 105, 225, 310, 425, 470)
NEWS = (150, 300)
WISHES = (45, 102, 160, 280, 380, 430)
UPLOADS = (48, 104, 170, 375, 440)
STICKS = (285, 385)


@dataclass
class Diary:
    """What happened."""

    counts: Counter[str] = field(default_factory=Counter)
    lesson_bytes: list[int] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)
    _told: threading.Condition = field(default_factory=threading.Condition)

    def met(self, code: str) -> None:
        """The agent has told a problem."""
        with self._told:
            self.problems.add(code)
            self._told.notify_all()

    def wait_for(self, code: str, timeout_s: float) -> bool:
        """Until the agent has told this problem."""
        with self._told:
            return self._told.wait_for(lambda: code in self.problems, timeout_s)


class LiveAgent:
    """The agent as the window runs it, with its pipes; it is started again when it has ended."""

    def __init__(self, root: Path, minute_s: float, diary: Diary) -> None:
        self._root, self._minute_s, self._diary = root, minute_s, diary
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self, first: datetime) -> None:
        """Start it, at this time of the day."""
        command = [sys.executable, "-m", "tests.crash.live_agent", str(self._root)]
        command += [first.isoformat(), str(time.monotonic()), str(60.0 / self._minute_s)]
        self._process = subprocess.Popen(
            [*dying_with_parent(), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env=dict(os.environ) | {"PYTHONPATH": str(REPOSITORY)},
        )
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()

    def nudge(self) -> None:
        """What the window says when somebody asks for something, or the network is back."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write('{"do":"nudge"}\n')
            self._process.stdin.flush()
        except OSError:
            self._diary.counts["nudges into nothing"] += 1

    def kill(self) -> None:
        """The breaker is thrown."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            if self._process.stdin is not None:
                self._process.stdin.close()
            if self._reader is not None:
                self._reader.join(30)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # cut off by a kill
            if event["event"] == "problem":
                self._diary.met(str(event["code"]))


class Day:
    """One school day on one machine behind one router; `minute_s` is how long a minute takes."""

    def __init__(self, school: School, router: Router, scratch: Path, minute_s: float) -> None:
        self._school, self._router, self._scratch = school, router, scratch
        self._minute_s = minute_s
        self._chance = random.Random(8)
        self.diary = Diary()
        self._agent = LiveAgent(school.machine.paths.root, minute_s, self.diary)
        self._waiting = threading.Event()
        self._lesson: tuple[int, int] | None = None

    def live(self) -> Diary:
        """Live through the day."""
        self._router.become(State.PORTAL)
        self._agent.start(MORNING)
        try:
            assert self.diary.wait_for("portal", PATIENCE_S), "nobody said that there is a portal"
            for minute in range(MINUTES):
                self._live_minute(minute)
                self._waiting.wait(self._minute_s)
        finally:
            self._agent.kill()
            put_lease(self._school.machine, for_s=-1)
            self._router.become(State.OPEN)
        return self.diary

    def _live_minute(self, minute: int) -> None:
        self._weather(minute)
        self._lessons(minute)
        counts, school = self.diary.counts, self._school
        if minute in KILLS:
            self._agent.kill()
            self._agent.start(self._time_at(minute))
            counts["kills"] += 1
        if minute == SLEEPS_AT:  # the clock jumps; whatever was open is long gone
            self._router.become(State.CUT)
            self._router.become(State.OPEN)
            self._agent.kill()
            self._agent.start(self._time_at(minute))
        if minute in NEWS:
            school.county.publish(4)
            counts["news"] += 1
        if minute in WISHES:
            school.want(2)
            counts["wishes"] += 1
        if minute in UPLOADS:
            school.give(self._scratch)
            counts["uploads"] += 1
        if minute in STICKS:
            school.plug()
            counts["sticks"] += 1
        if minute in (*NEWS, *WISHES, *UPLOADS, *STICKS):
            self._agent.nudge()

    def _weather(self, minute: int) -> None:
        if minute == PORTAL_UNTIL or minute - CUT_MINUTES in CUTS:
            self._router.become(State.OPEN)
            self._agent.nudge()
        elif minute in CUTS:
            self._router.become(State.CUT)
            self.diary.counts["cuts"] += 1

    def _lessons(self, minute: int) -> None:
        """The window renews the lease each minute; nothing may use the line meanwhile."""
        start = next((at for at in LESSONS if at <= minute < at + LESSON_MINUTES), None)
        if start is None:
            if self._lesson is not None:
                put_lease(self._school.machine, for_s=-1)
                self.diary.lesson_bytes.append(self._router.passed_bytes - self._lesson[1])
                self._lesson = None
            return
        put_lease(self._school.machine, for_s=self._minute_s * 20 + 5)
        if (minute - start) % 10 == 0:
            self._school.teach()
            self.diary.counts["videos shown"] += 1
        if minute - start == LESSON_MINUTES // 2:
            self._lesson = (start, self._router.passed_bytes)

    def _time_at(self, minute: int) -> datetime:
        slept = SLEPT if minute >= SLEEPS_AT else timedelta()
        return MORNING + timedelta(minutes=minute) + slept


def live_and_check(school: School, router: Router, scratch: Path, minute_s: float) -> Diary:
    """A day, the end of it without any help, and the account of everything."""
    day = Day(school, router, scratch, minute_s)
    diary = day.live()
    with Agents(scratch) as agents:
        finish(agents, school)
    school.check_end()
    return diary

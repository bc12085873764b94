# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent's loop does with statements: they never wait behind a video."""

import json
from collections.abc import Mapping
from typing import Any

from app.base.clock import SystemClock
from app.base.db import open_writer
from app.base.paths import DataPaths
from app.sync.agent import AgentConfig, run_agent
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, UsageStore
from tests.servers.fixtures import StartNginx
from tests.servers.lrs import LearningRecordStore
from tests.sync.machine import QUICK, Machine
from tests.sync.region_home import LARGE, RegionHome


def enrol(
    machine: Machine, region: RegionHome, mirror: str, lrs: LearningRecordStore, password: str
) -> str:
    source = region.enrolment(mirror)
    document = json.loads(source.read_bytes())
    document["endpoints"] = {"statements_url": lrs.url}
    document["credentials"] = {"user": lrs.user, "password": password}
    source.write_text(json.dumps(document), encoding="utf-8")
    assert machine.run_requests(machine.enrol(str(source))).exit_code == 0
    machine.run(only=frozenset({"catalogue"}))
    return machine.key("video-1").region_id


def show_a_video(paths: DataPaths, region_id: str) -> None:
    """What the window records when a lesson is opened and closed."""
    database = open_writer(paths.desk_db, [MIGRATIONS])
    store = UsageStore(database)
    recorder = Recorder("device-1", SystemClock(), store.last_seq("device-1"))
    used = UsedResource(region_id=region_id, entry_id="video-1", title="分数的初步认识")
    viewing = recorder.open(used, sha256=LARGE.sha256, media="video")
    recorder.record(viewing, "initialized", {"length_s": 12.0})
    recorder.record(viewing, "played", {"time_s": 0.0})
    recorder.flush(store)
    database.conn.close()


def test_statements_overtake_a_large_download(
    machine: Machine, region: RegionHome, nginx: StartNginx, lrs: LearningRecordStore
) -> None:
    mirror = nginx(region.public, rate_bytes_per_s=150_000).url
    region_id = enrol(machine, region, mirror, lrs, lrs.password)
    machine.get("video-1")
    said: list[str] = []

    def out(event: Mapping[str, Any]) -> None:
        if event["event"] == "progress" and event["total_bytes"] == len(LARGE.content):
            if "begun" not in said:
                said.append("begun")
                show_a_video(machine.paths, region_id)
            elif event["done_bytes"] == len(LARGE.content):
                said.append("whole")
        if event["event"] == "changed" and event["what"] == "outbox" and lrs.statements():
            said.append("told")

    config = AgentConfig(machine.paths, is_once=True, shelves=(), timeouts=QUICK)
    assert run_agent(config, None, out) == 0

    assert said[0] == "begun"
    assert said.index("told") < said.index("whole")
    assert machine.blob(LARGE.sha256) == LARGE.content


def test_a_refused_account_is_said_and_nothing_is_lost(
    machine: Machine, region: RegionHome, nginx: StartNginx, lrs: LearningRecordStore
) -> None:
    region_id = enrol(machine, region, nginx(region.public).url, lrs, "wrong")
    show_a_video(machine.paths, region_id)

    run = machine.run()

    assert run.problems == ["auth_refused"]
    assert run.done["sent"]["statements"] == 0
    assert run.done["left"]["statements"] > 0

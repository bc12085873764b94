# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan doctor` names what usually goes wrong, and says what to do, in both languages."""

import shutil
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3

from app.base.clock import Anchor
from app.base.db import open_writer
from app.base.errors import KnownError, OfflineError
from app.base.messages import LANGUAGES, message
from app.player.capabilities import Capabilities
from app.sync.errors import DataSetBackError, DeviceClonedError, FirewallBlockedError
from app.sync.http import known_network_error
from app.sync.probe import probe
from app.sync.store import MIGRATIONS, RegionRow, SyncStore
from app.wiring import doctor
from tests.servers.fixtures import StartNginx
from tests.servers.portal import Portal
from tests.sync.machine import QUICK, Machine
from tests.sync.region_home import RegionHome

Enrolled = Callable[..., Machine]
Usage = namedtuple("Usage", "total used free")
NOWHERE = "http://127.0.0.1:9/"


def is_helpful(finding: doctor.Finding) -> bool:
    """Whether somebody is told what it is and what to do, in every language."""
    words = [message(finding.code, finding.data, language) for language in LANGUAGES]
    return all(one.sentence and one.remedy and "{" not in one.sentence for one in words)


def note(machine: Machine, error: KnownError) -> None:
    database = open_writer(machine.paths.state_db, [MIGRATIONS])
    SyncStore(database).open_problem(error, "test", datetime.now(UTC))
    database.conn.close()


def test_a_portal_is_named(enrolled: Enrolled, region: RegionHome, portal: Portal) -> None:
    finding = doctor._network(enrolled(region, portal.url).paths)
    assert finding.code == "portal"
    assert is_helpful(finding)


def test_an_answering_mirror_is_fine(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    machine = enrolled(region, NOWHERE, nginx(region.public).url)
    assert doctor._network(machine.paths).is_fine


def test_nobody_there_is_offline(enrolled: Enrolled, region: RegionHome) -> None:
    finding = doctor._network(enrolled(region, NOWHERE).paths)
    assert finding.code == "offline"
    assert is_helpful(finding)


def test_a_machine_without_a_region_is_told_to_join_one(machine: Machine) -> None:
    machine.paths.ensure()
    assert doctor._network(machine.paths).code == "not_enrolled"


def test_a_firewall_of_this_machine_is_told_from_being_offline() -> None:
    pool = urllib3.connectionpool.HTTPConnectionPool("county")
    refused = urllib3.exceptions.NewConnectionError(pool, "blocked")  # type: ignore[arg-type]
    refused.__cause__ = PermissionError(13, "WSAEACCES")
    assert isinstance(known_network_error(refused, "county"), FirewallBlockedError)
    refused.__cause__ = ConnectionRefusedError()
    assert isinstance(known_network_error(refused, "county"), OfflineError)


def test_an_address_that_swallows_everything_looks_blocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def swallow(*_: object, **__: object) -> None:
        raise urllib3.exceptions.ConnectTimeoutError("timed out")

    monkeypatch.setattr("app.sync.connections.GuardedConnection._new_conn", swallow)
    region = RegionRow("r", "county", "", ("http://127.0.0.1:9/",), None, None)

    error = probe([region], QUICK)

    assert isinstance(error, FirewallBlockedError)
    assert is_helpful(doctor.Finding("network", error.code, dict(error.data)))


def test_a_frozen_disk_is_named(machine: Machine) -> None:
    machine.run()
    assert doctor._frozen(machine.paths).is_fine
    note(machine, DataSetBackError(how="data"))
    finding = doctor._frozen(machine.paths)
    assert finding.code == "data_set_back"
    assert is_helpful(finding)


def test_a_clone_is_named(machine: Machine) -> None:
    machine.run()
    assert doctor._clone(machine.paths).is_fine
    note(machine, DeviceClonedError())
    finding = doctor._clone(machine.paths)
    assert finding.code == "device_cloned"
    assert is_helpful(finding)


def test_a_wrong_clock_is_named(machine: Machine) -> None:
    machine.run()
    database = open_writer(machine.paths.state_db, [MIGRATIONS])
    signed = Anchor(datetime(2049, 1, 1, tzinfo=UTC), "another boot", 5.0, "signed")
    SyncStore(database).save_anchor(signed)
    database.conn.close()
    finding = doctor._clock(machine.paths)
    assert finding.code == "doctor_clock_wrong"
    assert is_helpful(finding)


def test_a_full_disk_is_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.paths.ensure()
    assert doctor._disk(machine.paths).is_fine

    def nearly_full(_: Path) -> Usage:
        return Usage(500 << 30, 500 << 30, 100 << 20)

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    finding = doctor._disk(machine.paths)
    assert finding.code == "disk_full"
    assert is_helpful(finding)


def test_missing_codecs_are_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Capabilities(backends=(), office=None, has_pdf=True, has_web=True)
    monkeypatch.setattr("app.wiring.doctor.capabilities", lambda: nothing)
    finding = doctor._codecs(machine.paths)
    assert finding.code == "no_media_backend"
    assert is_helpful(finding)


def test_web_courseware_without_its_component_or_its_sandbox_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.wiring.doctor.has_sandbox", lambda: True)
    assert doctor._web(machine.paths).is_fine
    monkeypatch.setattr("app.wiring.doctor.has_sandbox", lambda: False)
    without_sandbox = doctor._web(machine.paths)
    nothing = Capabilities(backends=(), office=None, has_pdf=True, has_web=False)
    monkeypatch.setattr("app.wiring.doctor.capabilities", lambda: nothing)
    without_web = doctor._web(machine.paths)
    assert (without_sandbox.code, without_web.code) == ("doctor_no_sandbox", "doctor_no_web")
    assert is_helpful(without_sandbox)
    assert is_helpful(without_web)

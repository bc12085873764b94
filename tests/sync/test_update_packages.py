# SPDX-License-Identifier: GPL-3.0-or-later
"""A version that the region offers reaches the machine, and only what verifies is ever run."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.base.paths import DataPaths
from app.publish import commands
from app.publish.commands import opened_store
from app.publish.home import RegionHome as Home
from app.publish.updates import Change, change_offer
from app.region.enrolment import parse_enrolment
from app.region.layout import blob_path
from app.sync import update_packages
from app.sync.inbox import Kind
from app.sync.update_packages import Installed, is_lesson_time
from app.wiring.errors import (
    UpdateFailedError,
    UpdateRefusedError,
    UpdateRootUnknownError,
)
from app.wiring.update import install_newest, run_setup
from app.wiring.update_vault import Vault
from installer import deb
from tests.servers.fixtures import StartNginx
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome

SETUP = b"MZ" + bytes(range(256)) * 20_000
HERE = Installed("1.0.0", "windows-x64")
Enrol = Callable[..., Machine]


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed 1.0.0, used by a standard account."""
    monkeypatch.setattr(update_packages, "installed_here", lambda: HERE)
    monkeypatch.setattr(update_packages, "is_administrator", lambda: False)


def offer(region: RegionHome, day: datetime = LATER, **change: object) -> None:
    """Publish 1.2.0 (again, with other words about it)."""
    setup = region.root.parent / "Kezhan-Setup.exe"
    is_new = not setup.exists()
    setup.write_bytes(SETUP)
    home = Home(region.root)
    with opened_store(home) as store:
        wish = Change("1.2.0", **change)  # type: ignore[arg-type]
        change_offer(home, store, setup if is_new else None, wish)
    commands.build(region.root, day)


def notices(machine: Machine) -> dict[str, object]:
    return {p.code: p.data.get("version") for p in machine.status().problems if "update" in p.code}


def held(machine: Machine) -> Path:
    return machine.paths.root / blob_path(hashlib.sha256(SETUP).hexdigest())


def test_it_comes_from_a_mirror_and_an_administrator_is_asked_for(
    region: RegionHome, enrolled: Enrol
) -> None:
    machine = enrolled(region)
    machine.run()
    assert not held(machine).exists()
    offer(region)
    machine.run()
    assert held(machine).read_bytes() == SETUP
    assert notices(machine) == {"update_needs_administrator": "1.2.0"}


def test_it_comes_on_a_stick(region: RegionHome, enrolled: Enrol, tmp_path: Path) -> None:
    machine = enrolled(region, "http://127.0.0.1:9/")  # no line
    offer(region)
    stick = tmp_path / "stick"
    shutil.copytree(region.public, stick / "public")
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(stick / "public")))
    assert held(machine).read_bytes() == SETUP
    assert "update_needs_administrator" in notices(machine)


def test_schools_that_are_no_pilots_wait_and_a_pause_takes_the_notice_back(
    region: RegionHome, enrolled: Enrol
) -> None:
    machine = enrolled(region)
    offer(region, pilots=("3301",))
    machine.run()
    assert not held(machine).exists()
    offer(region, LATER + timedelta(days=1), pilots=())
    machine.run()
    assert notices(machine)
    offer(region, LATER + timedelta(days=2), is_paused=True)
    machine.run()
    assert notices(machine) == {}


def test_a_pause_stops_what_is_queued_and_not_here_yet(
    region: RegionHome, enrolled: Enrol, nginx: StartNginx
) -> None:
    machine = enrolled(region, nginx(region.public).url)
    machine.run()
    offer(region)
    assert machine.run(only=frozenset({"catalogue"})).done["left"]["downloads"] == 1
    offer(region, LATER + timedelta(days=1), is_paused=True)
    assert machine.run().done["left"]["downloads"] == 0
    assert not held(machine).exists()
    offer(region, LATER + timedelta(days=2), is_paused=False)
    machine.run()
    assert held(machine).read_bytes() == SETUP


def test_a_program_that_nobody_installed_wants_none(
    region: RegionHome, enrolled: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_packages, "installed_here", lambda: None)
    machine = enrolled(region)
    offer(region)
    machine.run()
    assert not held(machine).exists()
    assert notices(machine) == {}


# --- installing


class Runs:
    """Stands for the setup; everything up to its start is real."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.commands: list[Sequence[str | Path]] = []
        self.seen: list[bytes] = []

    def __call__(self, command: Sequence[str | Path]) -> int:
        self.commands.append(command)
        self.seen += [Path(word).read_bytes() for word in command if str(word).endswith(".exe")]
        return self.code


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "administrators")
    made.open()
    return made


@pytest.fixture
def ready(region: RegionHome, enrolled: Enrol) -> Machine:
    """The package lies on the machine."""
    machine = enrolled(region)
    offer(region)
    machine.run()
    return machine


def trust(vault: Vault, region: RegionHome) -> None:
    vault.trust(parse_enrolment((region.public / "enrolment.json").read_bytes()))


def test_what_the_region_signed_is_run_from_the_administrators_folder(
    ready: Machine, region: RegionHome, vault: Vault, tmp_path: Path
) -> None:
    trust(vault, region)
    runs = Runs()
    assert install_newest(vault, ready.paths, HERE, run=runs) == "1.2.0"
    assert runs.seen == [SETUP]
    (command,) = runs.commands
    assert Path(command[0]).parent == tmp_path / "administrators"
    assert command[1] == "/S"
    assert not Path(command[0]).exists()
    assert install_newest(vault, ready.paths, Installed("1.2.0", HERE.platform), run=runs) is None


def test_without_an_administrators_trust_nothing_runs(ready: Machine, vault: Vault) -> None:
    with pytest.raises(UpdateRootUnknownError) as caught:
        install_newest(vault, ready.paths, HERE, run=Runs())
    assert caught.value.data == {"region": "测试县"}


def test_changed_bytes_in_the_data_directory_are_not_run(
    ready: Machine, region: RegionHome, vault: Vault
) -> None:
    trust(vault, region)
    held(ready).write_bytes(SETUP[:-1] + b"\1")
    runs = Runs()
    with pytest.raises(UpdateRefusedError):
        install_newest(vault, ready.paths, HERE, run=runs)
    assert runs.commands == []


def test_a_changed_offer_in_the_data_directory_is_refused(
    ready: Machine, region: RegionHome, vault: Vault
) -> None:
    trust(vault, region)
    (target,) = ready.paths.regions_dir.glob("*/trust/*/targets/updates/updates.json")
    evil = b"MZ evil"
    raw = target.read_bytes().replace(b'"1.2.0"', b'"9.9.9"')
    target.write_bytes(
        raw.replace(held(ready).name.encode(), hashlib.sha256(evil).hexdigest().encode())
    )
    runs = Runs()
    with pytest.raises(UpdateRefusedError):
        install_newest(vault, ready.paths, HERE, run=runs)
    assert runs.commands == []


def test_another_region_under_the_same_name_is_refused(
    ready: Machine, region: RegionHome, vault: Vault, tmp_path: Path
) -> None:
    """An account plants a region of its own: same id, own keys, own package."""
    trust(vault, region)
    region_id = next(path.name for path in ready.paths.regions_dir.iterdir())
    evil = RegionHome(tmp_path / "evil" / "county")
    evil.root.parent.mkdir()
    commands.init(evil.root, name="测试县", issued=LATER, region_id=region_id)
    offer(evil)
    planted = Machine(tmp_path / "planted")
    planted.run_requests(planted.enrol(str(evil.enrolment())))
    planted.run()
    runs = Runs()
    with pytest.raises(UpdateRefusedError):
        install_newest(vault, planted.paths, HERE, run=runs)
    assert runs.commands == []


def test_an_older_offer_is_refused(
    ready: Machine, region: RegionHome, vault: Vault, tmp_path: Path
) -> None:
    trust(vault, region)
    old = tmp_path / "old"
    shutil.copytree(ready.paths.root, old, symlinks=True)
    offer(region, LATER + timedelta(days=1), is_paused=True)
    ready.run()
    assert install_newest(vault, ready.paths, HERE, run=Runs()) is None
    with pytest.raises(UpdateRefusedError):
        install_newest(vault, DataPaths(old), HERE, run=Runs())


def test_a_setup_that_fails_is_not_tried_again_all_night(
    ready: Machine, region: RegionHome, vault: Vault
) -> None:
    trust(vault, region)
    with pytest.raises(UpdateFailedError) as caught:
        install_newest(vault, ready.paths, HERE, run=Runs(9))
    assert caught.value.data == {"version": "1.2.0", "exit_code": 9}
    runs = Runs()
    assert install_newest(vault, ready.paths, HERE, is_patient=True, run=runs) is None
    assert install_newest(vault, ready.paths, HERE, run=runs) == "1.2.0"


@pytest.mark.linux
def test_a_package_hears_whether_nobody_is_there() -> None:
    """Below an open window it is replaced only then; the package's script reads the name."""
    assert "$KEZHAN_NOBODY_IS_THERE" in deb.PREINST
    command = ["sh", "-c", 'test -n "$KEZHAN_NOBODY_IS_THERE"']
    assert run_setup(command, is_idle=True) == 0
    assert run_setup(command) == 1


def test_a_folder_that_others_may_write_is_no_vault(tmp_path: Path) -> None:
    place = tmp_path / "open"
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(Exception, match="read_only"):
        Vault(place).open()


@pytest.mark.parametrize(
    ("day", "hour", "is_lesson"),
    [(23, 10, True), (23, 18, False), (23, 6, False), (22, 10, False)],
)
def test_lesson_hours_of_school_days_are_kept_free(day: int, hour: int, is_lesson: bool) -> None:
    assert is_lesson_time(datetime(2026, 11, day, hour, tzinfo=UTC)) == is_lesson

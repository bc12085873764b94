# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way a carrier can be behind, broken, lying or absent, with a really signed tree."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tuf
from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

from app.base.errors import CancelledError, KnownError, OfflineError
from app.publish import commands
from app.region import generation
from app.region.directory_fetcher import DirectoryFetcher, path_inside
from app.region.errors import TrustRefusedError
from app.region.floor import TrustFloor
from app.region.layout import INDEX_TARGET, RECEIPTS_TARGET, REGION_TARGET, SHORT_INDEX_TARGET
from app.region.region_document import parse_region_document
from app.region.short_index import parse_short_index
from app.region.trust import Refreshed, Verdict, refresh
from tests.unit.region.samples import REGION_ID, Region, at, lesson

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Machine:
    """A machine in a classroom: trusted state on disk, and a floor in its database."""

    def __init__(self, state: Path, root: bytes) -> None:
        self.state = state
        self.root = root
        self.floor: TrustFloor | None = None
        self.now = NOW

    def refresh(self, carrier: Path | FetcherInterface) -> Refreshed:
        fetcher = DirectoryFetcher(carrier) if isinstance(carrier, Path) else carrier
        before = self.floor
        refreshed = refresh(self.state, self.root, before, fetcher, self.now)
        if refreshed.verdict is Verdict.UPDATED and refreshed.floor is not None:
            self.floor = refreshed.floor
            generation.remove_others(self.state, refreshed.floor.generation)
        else:
            assert refreshed.floor == before
        if self.floor is not None:
            assert [path.name for path in self.state.iterdir()] == [str(self.floor.generation)]
        return refreshed

    @property
    def current(self) -> Path:
        assert self.floor is not None
        return generation.directory(self.state, self.floor.generation)


class BentFetcher(DirectoryFetcher):
    """A carrier that does something of its own for names that hold `part`."""

    def __init__(self, root: Path, part: str, bend: Callable[[], Iterator[bytes]]) -> None:
        super().__init__(root)
        self._part = part
        self._bend = bend

    def _fetch(self, url: str) -> Iterator[bytes]:
        return self._bend() if self._part in url else super()._fetch(url)


def failing(error: Exception) -> Callable[[], Iterator[bytes]]:
    def bend() -> Iterator[bytes]:
        raise error
        yield b""

    return bend


def saying(*chunks: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter(chunks)


@pytest.fixture
def machine(region: Region, tmp_path: Path) -> Machine:
    root = (region.public / "metadata" / "1.root.json").read_bytes()
    return Machine(tmp_path / "state", root)


@pytest.fixture
def sticks(region: Region, tmp_path: Path) -> tuple[Path, Path]:
    """The same region on two days; the tree itself is as on the second."""
    region.publish(2, lesson("a"))
    first = region.copy_public(tmp_path / "stick-1")
    region.publish(3, lesson("b"))
    return first, region.copy_public(tmp_path / "stick-2")


def test_the_private_seam_we_rely_on_is_still_there(region: Region, tmp_path: Path) -> None:
    """python-tuf has no public way to set the time; this is why its version is pinned."""
    from tuf.ngclient.updater import Updater

    root = (region.public / "metadata" / "1.root.json").read_bytes()
    (tmp_path / "md").mkdir()
    updater = Updater(
        str(tmp_path / "md"), "m/", fetcher=DirectoryFetcher(region.public), bootstrap=root
    )
    assert tuf.__version__ == "7.0.1"
    assert isinstance(updater._trusted_set.reference_time, datetime)


def test_the_first_refresh_brings_verified_targets(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    refreshed = machine.refresh(region.public)
    assert refreshed.verdict is Verdict.UPDATED
    assert machine.floor == TrustFloor(1, 1, 1, 1, generation=1)
    assert refreshed.issued == at(2)
    read = {name: refreshed.target_file(name) for name in (REGION_TARGET, SHORT_INDEX_TARGET)}
    assert read[REGION_TARGET]
    assert read[SHORT_INDEX_TARGET]
    assert refreshed.target_file(INDEX_TARGET) is None  # for programs that know no other
    assert parse_region_document(read[REGION_TARGET].read_bytes()).region_id == REGION_ID
    assert len(parse_short_index(read[SHORT_INDEX_TARGET].read_bytes()).shards) == 1
    assert refreshed.target_file(RECEIPTS_TARGET) is not None


def test_nothing_new_changes_nothing_on_disk(machine: Machine, sticks: tuple[Path, Path]) -> None:
    machine.refresh(sticks[1])
    before = sorted((path, path.stat().st_mtime_ns) for path in machine.state.rglob("*"))
    refreshed = machine.refresh(sticks[1])
    assert refreshed.verdict is Verdict.SAME
    assert refreshed.target_file(SHORT_INDEX_TARGET) is not None
    assert sorted((path, path.stat().st_mtime_ns) for path in machine.state.rglob("*")) == before


def test_an_older_stick_is_told_politely(machine: Machine, sticks: tuple[Path, Path]) -> None:
    machine.refresh(sticks[1])
    refreshed = machine.refresh(sticks[0])
    assert refreshed.verdict is Verdict.OLDER
    assert refreshed.issued == at(2)
    assert machine.refresh(sticks[1]).verdict is Verdict.SAME


def test_a_newer_stick_updates(machine: Machine, sticks: tuple[Path, Path]) -> None:
    assert machine.refresh(sticks[0]).verdict is Verdict.UPDATED
    assert machine.refresh(sticks[1]).verdict is Verdict.UPDATED
    assert machine.floor == TrustFloor(1, 2, 2, 2, generation=2)


@pytest.mark.parametrize("part", ["snapshot", "targets.json", "index.ndjson", "region.json"])
def test_a_line_that_dies_half_way_poisons_nothing(
    machine: Machine, sticks: tuple[Path, Path], part: str
) -> None:
    machine.refresh(sticks[0])
    shutil.rmtree(machine.current / "targets")  # so that every target is fetched anew
    dying = BentFetcher(sticks[1], part, failing(DownloadError("line is down")))
    assert machine.refresh(dying).verdict is Verdict.RETRY_LATER
    assert machine.refresh(sticks[0]).verdict in {Verdict.SAME, Verdict.UPDATED}
    assert machine.refresh(sticks[1]).verdict is Verdict.UPDATED


def test_state_emptied_by_a_power_cut_does_not_let_an_old_stick_in(
    machine: Machine, sticks: tuple[Path, Path]
) -> None:
    machine.refresh(sticks[1])
    for name in ("timestamp.json", "snapshot.json", "targets.json"):
        (machine.current / "metadata" / name).write_bytes(b"")
    assert machine.refresh(sticks[0]).verdict is Verdict.OLDER
    assert machine.refresh(sticks[1]).verdict is Verdict.UPDATED  # repaired
    assert machine.refresh(sticks[1]).verdict is Verdict.SAME


def test_state_that_is_gone_is_fetched_again(machine: Machine, sticks: tuple[Path, Path]) -> None:
    machine.refresh(sticks[1])
    shutil.rmtree(machine.state)
    assert (
        refresh(
            machine.state, machine.root, machine.floor, DirectoryFetcher(sticks[0]), NOW
        ).verdict
        is Verdict.OLDER
    )
    assert machine.refresh(sticks[1]).verdict is Verdict.UPDATED


def test_what_a_crash_left_staged_is_thrown_away(
    machine: Machine, sticks: tuple[Path, Path]
) -> None:
    machine.refresh(sticks[0])
    junk = generation.directory(machine.state, 2) / "metadata"
    junk.mkdir(parents=True)
    (junk / "timestamp.json").write_bytes(b"{")
    assert machine.refresh(sticks[1]).verdict is Verdict.UPDATED
    assert not (junk.parent / "junk").exists()


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>", b"\n\n  <html>", b"\xef\xbb\xbf<html>"], ids=range(3)
)
def test_a_portal_is_called_a_portal(machine: Machine, region: Region, page: bytes) -> None:
    region.publish(2, lesson("a"))
    portal = BentFetcher(region.public, "", saying(page, b"please log in"))
    assert machine.refresh(portal).verdict is Verdict.PORTAL
    assert not machine.state.exists() or not list(machine.state.iterdir())
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


def test_a_wrong_page_for_the_next_root_is_no_root(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    other = BentFetcher(region.public, "2.root.json", saying(b'{"hello": 1}'))
    assert machine.refresh(other).verdict is Verdict.INCOMPLETE
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


def test_expiry_is_judged_by_the_given_time(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    machine.now = at(2) + timedelta(days=401)
    assert machine.refresh(region.public).verdict is Verdict.EXPIRED
    machine.now = at(2) + timedelta(days=399)
    assert machine.refresh(region.public).verdict is Verdict.UPDATED
    machine.now = at(2) + timedelta(days=401)
    assert machine.refresh(region.public).verdict is Verdict.EXPIRED
    region.build(3)
    commands.build(region.root, machine.now)
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


def test_a_clock_of_1980_changes_nothing(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    machine.now = datetime(1980, 1, 1, tzinfo=UTC)
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


@pytest.mark.parametrize("part", ["snapshot", "targets.json", "index.ndjson"])
def test_a_half_copied_stick_is_incomplete(
    machine: Machine, sticks: tuple[Path, Path], part: str
) -> None:
    for path in list(sticks[1].rglob(f"*{part}*")):
        path.unlink()
    assert machine.refresh(sticks[1]).verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize("part", ["timestamp.json", "1.snapshot.json", "1.targets.json"])
def test_cut_metadata_is_incomplete(machine: Machine, region: Region, part: str) -> None:
    region.publish(2, lesson("a"))
    path = region.public / "metadata" / part
    good = path.read_bytes()
    path.write_bytes(good[:-20])
    assert machine.refresh(region.public).verdict is Verdict.INCOMPLETE
    path.write_bytes(good)
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


def test_an_altered_target_is_not_taken(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    path = next((region.public / "targets" / "catalogue").glob("*.shards.index"))
    path.write_bytes(path.read_bytes().replace(b'"shards":1', b'"shards":2'))
    assert machine.refresh(region.public).verdict is Verdict.INCOMPLETE


def test_altered_metadata_is_refused(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    path = region.public / "metadata" / "timestamp.json"
    path.write_bytes(path.read_bytes().replace(b"2026-11-02T", b"2036-11-02T"))
    refreshed = machine.refresh(region.public)
    assert (refreshed.verdict, refreshed.reason) == (Verdict.REFUSED, "unsigned")


def test_another_region_is_refused(machine: Machine, region: Region, tmp_path: Path) -> None:
    commands.init(tmp_path / "other", name="别处", issued=at(1))
    commands.build(tmp_path / "other", at(2))
    assert machine.refresh(tmp_path / "other" / "public").verdict is Verdict.REFUSED


def test_endless_data_ends(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))

    def endless() -> Iterator[bytes]:
        while True:
            yield b"{" * 4096

    refreshed = machine.refresh(BentFetcher(region.public, "timestamp", endless))
    assert (refreshed.verdict, refreshed.reason) == (Verdict.REFUSED, "too_long")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(404, Verdict.INCOMPLETE), (403, Verdict.INCOMPLETE), (503, Verdict.RETRY_LATER)],
)
def test_statuses_of_a_server(
    machine: Machine, region: Region, status: int, verdict: Verdict
) -> None:
    region.publish(2, lesson("a"))
    error = DownloadHTTPError("no", status)
    broken = BentFetcher(region.public, "timestamp", failing(error))
    assert machine.refresh(broken).verdict is verdict


class RaisingFetcher(FetcherInterface):
    """Fails at once, not while it is read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def _fetch(self, url: str) -> Iterator[bytes]:
        raise self._error


@pytest.mark.parametrize("error", [OfflineError(host="x"), CancelledError()])
def test_known_errors_of_the_carrier_come_through(
    machine: Machine, region: Region, error: KnownError
) -> None:
    region.publish(2, lesson("a"))
    for carrier in (RaisingFetcher(error), BentFetcher(region.public, "snapshot", failing(error))):
        with pytest.raises(type(error)):
            machine.refresh(carrier)
    assert not list(machine.state.rglob("*.json"))
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


def test_a_root_that_does_not_verify_is_no_anchor(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    machine.root = machine.root.replace(b'"threshold":2', b'"threshold":1')
    with pytest.raises(TrustRefusedError):
        machine.refresh(region.public)


# --- keys change while the machine is away


ROLES = ["timestamp", "snapshot", "targets", "root"]


def test_a_machine_follows_every_rotation_it_slept_through(
    machine: Machine, region: Region
) -> None:
    region.publish(2, lesson("a"))
    machine.refresh(region.public)
    for day, role in enumerate([*ROLES, *ROLES], 3):
        commands.rotate(region.root, role, at(day))
    region.publish(20, lesson("b"))
    assert machine.refresh(region.public).verdict is Verdict.UPDATED
    assert machine.floor is not None
    assert machine.floor.root == 9


@pytest.mark.parametrize("role", ROLES)
def test_a_machine_that_is_awake_follows_at_every_step(
    machine: Machine, region: Region, role: str
) -> None:
    region.publish(2, lesson("a"))
    machine.refresh(region.public)
    commands.rotate(region.root, role, at(3))
    assert machine.refresh(region.public).verdict is Verdict.UPDATED
    region.publish(4, lesson("b"))
    assert machine.refresh(region.public).verdict is Verdict.UPDATED


def test_a_stick_without_all_roots_is_not_believed(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    machine.refresh(region.public)
    commands.rotate(region.root, "timestamp", at(3))
    region.build(4)
    (region.public / "metadata" / "2.root.json").unlink()
    assert machine.refresh(region.public).verdict is Verdict.REFUSED


def test_a_newer_root_alone_is_kept(machine: Machine, region: Region) -> None:
    region.publish(2, lesson("a"))
    machine.refresh(region.public)
    commands.rotate(region.root, "root", at(3))
    assert machine.refresh(region.public).verdict is Verdict.UPDATED
    assert machine.refresh(region.public).verdict is Verdict.SAME


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../secret", "C:/x", "a\\b", ""])
def test_a_folder_carrier_stays_inside_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "tree" / "a").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    assert path_inside(tmp_path / "tree", name) is None


@pytest.mark.linux
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "tree" / "link").symlink_to(tmp_path, target_is_directory=True)
    assert path_inside(tmp_path / "tree", "link/secret") is None

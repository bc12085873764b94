# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, identity and settings on machines that lie, are cloned or lose power."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.base.clock import Anchor, SystemClock, TrustedClock
from app.base.errors import ReadOnlyError
from app.base.identity import device, find_smbios_uuid
from app.base.paths import DataPaths, agent_command, find_data_root
from app.base.settings import Settings, load_settings, save_settings

RELEASE = datetime(2026, 11, 1, tzinfo=UTC)
TRUE_TIME = datetime(2026, 12, 24, 8, tzinfo=UTC)


class FixedClock:
    """A clock that says what it is told."""

    def __init__(self, wall: datetime, boot_s: float = 1000.0) -> None:
        self._wall, self._boot_s = wall, boot_s

    def wall(self) -> datetime:
        return self._wall

    def boot_id(self) -> str:
        return "boot-7"

    def boot_s(self) -> float:
        return self._boot_s


def test_system_clock_is_utc_and_moves_on() -> None:
    clock = SystemClock()
    assert clock.wall().tzinfo is UTC
    assert clock.boot_s() <= clock.boot_s()
    assert clock.boot_id() == clock.boot_id() != ""


@pytest.mark.parametrize(
    "wall", [datetime(1980, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)]
)
def test_impossible_wall_clock_gives_way_to_the_lower_bound(wall: datetime) -> None:
    issued = Anchor(datetime(2026, 12, 20, tzinfo=UTC), "boot-3", 5.0, "signed")
    estimate = TrustedClock(FixedClock(wall), [issued], RELEASE).estimate()
    assert (estimate.best, estimate.quality) == (issued.at, "lower_bound")


def test_plausible_wall_clock_is_believed() -> None:
    estimate = TrustedClock(FixedClock(TRUE_TIME), [], RELEASE).estimate()
    assert (estimate.best, estimate.lower) == (TRUE_TIME, RELEASE)
    assert estimate.quality == "plausible"


def test_authenticated_date_of_this_boot_is_exact() -> None:
    heard = Anchor(TRUE_TIME, "boot-7", 400.0, "authenticated")
    wrong = FixedClock(datetime(1980, 1, 1, tzinfo=UTC))
    estimate = TrustedClock(wrong, [heard], RELEASE).estimate()
    assert estimate.best == TRUE_TIME + timedelta(seconds=600)
    assert estimate.quality == "exact"


def test_device_id_survives_restarts_and_changes_on_a_clone(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    first = device(paths, "machine A")
    assert device(paths, "machine A") == first
    clone = device(paths, "machine B")
    assert clone.was_cloned
    assert clone.device_id != first.device_id
    assert not device(paths, "machine B").was_cloned
    assert b"machine" not in paths.device_file.read_bytes()


def test_device_file_of_zeros_uses_its_previous_generation(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    device(paths, "machine A")
    second = device(paths, "machine B")
    third = device(paths, "machine C")
    paths.device_file.write_bytes(b"\0" * 300)
    assert device(paths, "machine B").device_id == second.device_id != third.device_id


def test_smbios_uuid_is_found_behind_another_structure() -> None:
    bios = bytes([0, 24, 0, 0]) + b"\1" * 20 + b"Maker\0Version\0\0"
    system = bytes([1, 27, 1, 0]) + b"\2" * 4 + bytes(range(16)) + b"\3" * 3 + b"PC\0\0"
    assert find_smbios_uuid(bios + system) == bytes(range(16)).hex()
    assert find_smbios_uuid(bios) == ""
    assert find_smbios_uuid(b"\1\x18") == ""


def test_settings_round_trip_keeps_unknown_fields(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    save_settings(paths, Settings(language="en", scale_percent=150))
    document = json.loads(paths.settings_file.read_bytes())
    document["invented_later"] = {"a": 1}
    paths.settings_file.write_text(json.dumps(document), encoding="utf-8")
    loaded = load_settings(paths)
    assert (loaded.language, loaded.scale_percent) == ("en", 150)
    save_settings(paths, replace(loaded, theme="dark"))
    assert json.loads(paths.settings_file.read_bytes())["invented_later"] == {"a": 1}


def test_absurd_settings_fall_back_to_their_range(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    wrong = {"language": 7, "theme": "pink", "scale_percent": 9000, "quota_bytes": "much"}
    document = {"format": "kezhan-settings", "major": 1, "minor": 9, **wrong}
    paths.settings_file.write_text(json.dumps(document), encoding="utf-8")
    loaded = load_settings(paths)
    assert (loaded.language, loaded.theme, loaded.scale_percent) == ("zh_CN", "system", 200)
    assert loaded.quota_bytes is None


def test_data_root_explicit_and_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEZHAN_DATA_DIR", str(tmp_path / "b"))
    assert find_data_root(tmp_path / "a") == tmp_path / "a"
    assert find_data_root(None) == tmp_path / "b"


def test_ensure_makes_folders_and_marker(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "教学 资源")
    paths.ensure()
    paths.ensure()
    assert paths.marker.is_file()
    assert paths.blobs_dir.is_dir()


def test_ensure_on_a_read_only_disk(read_only_disk: Path) -> None:
    with pytest.raises(ReadOnlyError):
        DataPaths(read_only_disk / "data").ensure()


def test_agent_command_ends_with_the_data_directory(tmp_path: Path) -> None:
    command = agent_command(tmp_path, "sync", "--json")
    assert command[-4:] == ["sync", "--json", "--data-dir", str(tmp_path)]

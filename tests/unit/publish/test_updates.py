# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions are offered signed, named by hash, and to whom one says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from app.base.errors import KnownError
from app.publish import commands
from app.publish.__main__ import main
from app.region.directory_fetcher import DirectoryFetcher
from app.region.enrolment import parse_enrolment
from app.region.layout import UPDATES_TARGET, blob_path
from app.region.trust import Verdict, refresh
from app.region.update import Package, Updates, parse_updates, updates_to_bytes, version_key
from tests.unit.region.samples import Region, at, lesson

REGION_ID = "6a3e2a63-6f5f-4f40-9a3f-6c8d6c1f4f00"
SETUP = b"MZ" + bytes(5_000_000)


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    made = tmp_path / "Kezhan-1.2.0-Setup.exe"
    made.write_bytes(SETUP)
    return made


def offered(region: Region, tmp_path: Path) -> Updates | None:
    """What a machine believes after a real refresh."""
    enrolment = parse_enrolment((region.root / "public/enrolment.json").read_bytes())
    state = tmp_path / f"state-{len(list(tmp_path.iterdir()))}"
    fetcher = DirectoryFetcher(region.root / "public")
    found = refresh(state, enrolment.root, None, fetcher, at(20))
    assert found.verdict is Verdict.UPDATED
    target = found.target_file(UPDATES_TARGET)
    return parse_updates(target.read_bytes()) if target else None


def update(region: Region, *words: str | Path) -> int:
    return main(["update", str(region.root), *map(str, words), "--language", "en"])


def test_a_setup_reaches_machines_with_the_next_build(
    region: Region, setup: Path, tmp_path: Path
) -> None:
    region.publish(2, lesson("a"))
    assert offered(region, tmp_path) is None
    assert update(region, setup, "--version", "1.2.0", "--pilot", "3301", "3302") == 0
    assert offered(region, tmp_path) is None
    region.build(3)
    found = offered(region, tmp_path)
    assert found is not None
    (package,) = found.packages
    assert package.sha256 == hashlib.sha256(SETUP).hexdigest()
    assert (package.platform, package.pilots) == ("windows-x64", ("3301", "3302"))
    assert package.pieces_sha256 is not None
    blob = region.root / "public" / blob_path(package.sha256)
    assert blob.read_bytes() == SETUP


def test_who_gets_it_can_be_changed_without_the_file(
    region: Region, setup: Path, tmp_path: Path
) -> None:
    region.publish(2, lesson("a"))
    update(region, setup, "--version", "1.2.0", "--pilot", "3301")
    update(region, "--version", "1.2.0", "--all", "--pause")
    region.build(3)
    found = offered(region, tmp_path)
    assert found is not None
    assert found.packages[0].pilots == ()
    assert found.packages[0].is_paused
    update(region, "--version", "1.2.0", "--resume")
    region.build(4)
    found = offered(region, tmp_path)
    assert found is not None
    assert not found.packages[0].is_paused


def test_an_unchanged_offer_keeps_its_bytes(region: Region, setup: Path, tmp_path: Path) -> None:
    region.publish(2, lesson("a"))
    update(region, setup, "--version", "1.2.0")
    region.build(3)
    first = offered(region, tmp_path)
    region.publish(5, lesson("b"))
    assert offered(region, tmp_path) == first


def test_a_check_notices_a_damaged_package(region: Region, setup: Path) -> None:
    region.publish(2, lesson("a"))
    update(region, setup, "--version", "1.2.0")
    region.build(3)
    assert commands.check(region.root, at(20), lambda _: None).problems == ()
    blob = region.root / "public" / blob_path(hashlib.sha256(SETUP).hexdigest())
    blob.write_bytes(b"MZ" + bytes(4_999_999) + b"\1")
    problems = commands.check(region.root, at(20), lambda _: None).problems
    assert blob_path(blob.name) in {problem.path for problem in problems}


@pytest.mark.parametrize(
    "words",
    [
        ["--version", "9.9.9"],
        ["setup.txt", "--version", "1.2.0"],
        ["Kezhan-1.2.0-Setup.exe", "--version", "../1"],
        ["gone.exe", "--version", "1.2.0"],
    ],
)
def test_what_makes_no_sense_is_refused(
    region: Region, setup: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    setup.with_name("setup.txt").write_text("no program")
    paths = [
        str(setup.with_name(word)) if word.endswith((".exe", ".txt")) else word for word in words
    ]
    assert update(region, *paths) == 1
    assert capsys.readouterr().err.strip()
    assert not (region.root / "updates.json").exists()


def package(version: str, **more: object) -> Package:
    fields: dict[str, object] = {"platform": "windows-x64", "sha256": "a" * 64, "size_bytes": 9}
    return Package(version=version, **(fields | more))  # type: ignore[arg-type]


def test_a_machine_takes_the_newest_that_is_for_it() -> None:
    offer = Updates(
        REGION_ID,
        "2026-11-02T00:00:00Z",
        (
            package("1.2.0"),
            package("1.10.0", pilots=("3301",)),
            package("2.0.0", is_paused=True),
            package("3.0.0", platform="debian-amd64"),
        ),
    )

    def version(running: str, school: str | None) -> str:
        chosen = offer.choose("windows-x64", running, school)
        return chosen.version if chosen else ""

    assert version("1.0.0", "3399") == "1.2.0"
    assert version("1.0.0", "3301") == "1.10.0"
    assert version("1.2", "3399") == ""
    assert version("1.9.9", None) == ""
    assert version("1.9.9", "3301") == "1.10.0"


def test_versions_are_compared_by_their_numbers() -> None:
    assert version_key("1.10") > version_key("1.9.9")
    assert version_key("1.2") == version_key("1.2.0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "1.0/../.."),
        ("sha256", "A" * 64),
        ("size_bytes", 0),
        ("size_bytes", 1 << 40),
        ("pilots", [1]),
        ("is_paused", "no"),
    ],
)
def test_a_foreign_document_is_read_with_suspicion(name: str, value: object) -> None:
    document = json.loads(
        updates_to_bytes(Updates(REGION_ID, "2026-11-02T00:00:00Z", (package("1.0"),)))
    )
    parse_updates(json.dumps(document).encode())
    document["packages"][0][name] = value
    with pytest.raises(KnownError):
        parse_updates(json.dumps(document).encode())

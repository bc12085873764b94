# SPDX-License-Identifier: GPL-3.0-or-later
"""What FAT32 cannot do, on real FAT32: `python3 dev.py bench stick_fat`.

A file of more than 4 GiB is split, gone on with after a cut and read as one; names that FAT refuses
or folds are written and found again; after the stick was unmounted a check finds no damage.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.lesson.universal.page import Words
from app.lesson.universal.plan import SourceFile, UniversalItem, make_plan, new_slip
from app.lesson.universal.write import write_universal
from app.publish import outbound
from app.publish.stick.maker import SPLIT_BYTES
from app.region.layout import blob_path
from app.sync.courier.places import find_trees
from app.sync.directory import DirectoryCarrier
from benchmarks.stick_parts.guest import STICK_DEVICE, run_in_guest
from benchmarks.stick_parts.sticks import Fat32Stick, mounted, new_image
from tests.sync.region_home import LATER, RegionHome, entry
from tests.sync.stick_disk import region_id_of

STICK_BYTES = 12 << 30
LIMIT_BYTES = SPLIT_BYTES
LONG_BYTES = LIMIT_BYTES + (9 << 20)
TITLES = ("CON", "aux.txt", "a/b:c*?", "  点. . ", "课" * 200, "Abc", "abc", "COM1 课")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", type=Path, help="the stick, inside the guest")
    parser.add_argument("--names", action="store_true", help="names alone, without 4 GiB")
    options = parser.parse_args()
    device = options.device
    with tempfile.TemporaryDirectory() as folder:
        if device is None:
            image = new_image(Path(folder, "stick.img"), STICK_BYTES)
            words = [sys.executable, "-m", "benchmarks.stick_fat", "--device", str(STICK_DEVICE)]
            return run_in_guest([*words, *["--names"] * options.names], image)
        stick = Fat32Stick(Path(folder), device)
        with mounted(stick):
            names(stick.place, Path(folder))
            if not options.names:
                large(stick, Path(folder))
        checked = subprocess.run(
            ["fsck.vfat", "-n", str(device)], capture_output=True, text=True, check=False
        )
        print(checked.stdout.strip(), flush=True)
        return checked.returncode


def names(place: Path, folder: Path) -> None:
    """A universal stick with titles that FAT does not take as they are."""
    source = folder / "lesson.mp4"
    source.write_bytes(os.urandom(200_000))
    items = [
        UniversalItem(title, (SourceFile(source, "lesson.mp4", "video/mp4", 200_000, ""),), "")
        for title in TITLES
    ]
    plan = make_plan("NUL: 三年级 / 数学 .", new_slip(), iter(items))
    made = write_universal(plan, place, Words(), lambda _: None, lambda: False)
    found = sorted(path.name for path in made.iterdir() if path.suffix == ".mp4")
    assert len(found) == len(TITLES), found
    assert len({name.casefold() for name in found}) == len(TITLES)
    assert all((made / name).read_bytes() == source.read_bytes() for name in found)
    page = (made / "上课.html").read_text(encoding="utf-8")
    assert all(name in page for name in found)
    print(f"names: {made.name}: {found[0]}, {found[1]}, {found[2]}, …: all there", flush=True)


def large(stick: Fat32Stick, folder: Path) -> None:
    """4 GiB and a little: split, cut, gone on with, read as one."""
    region = RegionHome.create(folder / "county" / "县")
    files = folder / "files"
    files.mkdir()
    with (files / "film.mp4").open("wb") as file:
        file.truncate(LONG_BYTES - (1 << 20))
        file.seek(0, os.SEEK_END)
        file.write(os.urandom(1 << 20))
    with (files / "film.mp4").open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    film = entry("film", "长片", files=[{"path": "film.mp4"}])
    region.publish([film], LATER, files)
    (files / "film.mp4").unlink()
    started_s = time.monotonic()
    outbound.make_stick(region.root, stick.place)
    print(f"split: written in {time.monotonic() - started_s:.0f} s", flush=True)
    tree = stick.place / "kezhan" / region_id_of(region)
    split = (tree / blob_path(sha256)).with_name(f"{sha256}.split")
    sizes = {path.name: path.stat().st_size for path in sorted(split.iterdir())}
    assert sizes == {"0001": LIMIT_BYTES, "0002": LONG_BYTES - LIMIT_BYTES}, sizes

    first = (split / "0001").stat().st_ino
    with (split / "0002").open("rb+") as file:
        file.truncate(5 << 20)
    (split / "0002").rename(split / ".0002.part")  # as a cut leaves it
    stick.unmount()
    stick.mount()
    started_s = time.monotonic()
    report = outbound.make_stick(region.root, stick.place)
    assert report.files == 1, report
    assert {path.name for path in split.iterdir()} == {"0001", "0002"}
    print(f"gone on with: in {time.monotonic() - started_s:.0f} s; inode {first}", flush=True)

    (stick.place / "kezhan").rename(stick.place / "KEZHAN.tmp")
    (stick.place / "KEZHAN.tmp").rename(stick.place / "KEZHAN")  # as an old system writes it
    stick.unmount()
    stick.mount()
    (found,) = find_trees(stick.place, [region_id_of(region)])
    assert digest_of(found.carrier, blob_path(sha256)) == sha256
    print(f"read as one: {LONG_BYTES} bytes, sha256 as published", flush=True)


def digest_of(carrier: DirectoryCarrier, path: str) -> str:
    digest = hashlib.sha256()
    carrier.fetch(path, lambda _, chunk: digest.update(chunk), max_bytes=LONG_BYTES)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())

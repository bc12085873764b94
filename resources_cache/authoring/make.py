# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds every starter lesson and the entries of the starter region into one folder."""

import argparse
import dataclasses
import shutil
import sys
import time
from pathlib import Path

if __package__ in {None, ""}:  # started as a script: let the repository be found
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from resources_cache.authoring import textbooks
from resources_cache.authoring.starter import build, covers, look
from resources_cache.authoring.starter.entries import Cover, Entry, write_entries
from resources_cache.authoring.starter.lessons import LESSONS


def make_lesson(lesson: Entry, out: Path) -> Entry:
    """Build one lesson's files and cover into its own folder; returns its full entry."""
    folder = out / lesson.id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = build.BUILDS[lesson.id](folder)
    covers.write_cover(covers.ART[lesson.id], folder / "cover.png")
    return dataclasses.replace(
        lesson,
        files=files,
        duration_s=next((file.duration_s for file in files if file.role == "main"), None),
        cover=Cover(f"{lesson.id}/cover.png", "image/png"),
    )


def main(arguments: list[str] | None = None) -> int:
    """Build all lessons, or with `--only` just some of them (then no entries are written)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the lessons and entries.ndjson")
    parser.add_argument("--only", nargs="+", metavar="ID", help="build only these lessons")
    options = parser.parse_args(arguments)
    unknown = set(options.only or ()) - {lesson.id for lesson in LESSONS}
    if unknown:
        parser.error(f"no such lesson: {', '.join(sorted(unknown))}")
    if shutil.which("ffmpeg") is None:
        parser.error("ffmpeg is missing: install the package ffmpeg")
    app = look.start_drawing()
    entries = []
    for lesson in LESSONS:
        if options.only and lesson.id not in options.only:
            continue
        began = time.monotonic()
        entries.append(make_lesson(lesson, options.out))
        print(f"{lesson.id}: {time.monotonic() - began:.1f} s", flush=True)
    if not options.only:
        entries.extend(textbooks.read_textbooks(textbooks.TABLE))
        print(f"entries: {write_entries(entries, options.out / 'entries.ndjson')}")
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())

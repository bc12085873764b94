# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the binaries in a frozen folder with the list of those that may be there.

A list has one pattern a line (`fnmatch`, destinations with forward slashes); `#` starts a comment.
What is inside and on no line stops the build, and so does a line that nothing matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from installer.toolbox import ROOT, BuildError

_MAGIC = (b"\x7fELF", b"MZ")
OPTIONAL_MARK = "?"
# A variant that is made of two parts has two lists.
LISTS_OF = {"windows-web": ("windows", "windows-component-web")}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What does not agree between a folder and its list."""

    unlisted: tuple[str, ...]
    missing: tuple[str, ...]


def binaries(folder: Path) -> Iterator[str]:
    """Relative names of the programs and libraries in a folder; symbolic links are not counted."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as stream:
            if stream.read(4).startswith(_MAGIC):
                yield path.relative_to(folder).as_posix()


def read_list(text: str) -> list[str]:
    """The patterns of a list; those that may match nothing start with `?`."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def compare(names: Iterable[str], patterns: Iterable[str]) -> Comparison:
    """Both directions of the disagreement."""
    present = list(names)
    unmatched = {pattern for pattern in patterns if not pattern.startswith(OPTIONAL_MARK)}
    allowed = [pattern.removeprefix(OPTIONAL_MARK) for pattern in patterns]
    unlisted = [name for name in present if not any(fnmatchcase(name, each) for each in allowed)]
    for pattern in list(unmatched):
        if any(fnmatchcase(name, pattern) for name in present):
            unmatched.discard(pattern)
    return Comparison(tuple(unlisted), tuple(sorted(unmatched)))


def check(folder: Path, platform: str) -> int:
    """Hold a frozen folder to its list; returns how many binaries are inside."""
    names = list(binaries(folder))
    patterns: list[str] = []
    for each in LISTS_OF.get(platform, (platform,)):
        listed = ROOT / "installer/lists" / f"{each}.txt"
        if not listed.is_file():
            raise BuildError(f"there is no {listed.name} yet: nobody has said what may be inside")
        patterns += read_list(listed.read_text("utf-8"))
    result = compare(names, patterns)
    if result.unlisted or result.missing:
        lines = [f"  on no list: {name}" for name in result.unlisted]
        lines += [f"  listed, but missing: {pattern}" for pattern in result.missing]
        raise BuildError(f"installer/lists/{platform}.txt does not agree:\n" + "\n".join(lines))
    return len(names)

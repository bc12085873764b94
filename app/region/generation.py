# SPDX-License-Identifier: GPL-3.0-or-later
"""Generations of trusted state on disk, `<state>/<number>/{metadata,targets}`.

A generation is copied and never edited. The state lies on a file system with links (NTFS, ext4),
never on a stick.
"""

import filecmp
import os
import shutil
from pathlib import Path

from app.base import files


def directory(state_dir: Path, number: int) -> Path:
    return state_dir / str(number)


def metadata_dir(generation: Path) -> Path:
    return generation / "metadata"


def targets_dir(generation: Path) -> Path:
    return generation / "targets"


def copy(source: Path, staged: Path) -> None:
    """Start a generation as a copy of `source`, or empty; what a crash left there is gone."""
    shutil.rmtree(staged, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, staged, symlinks=True)
    metadata_dir(staged).mkdir(parents=True, exist_ok=True)
    targets_dir(staged).mkdir(parents=True, exist_ok=True)


def make_durable(generation: Path) -> None:
    """python-tuf renames without fsync; a power cut would leave empty files and no protection."""
    for folder, _, names in os.walk(generation, topdown=False):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
        files.sync_dir(Path(folder))
    files.sync_dir(generation.parent)


def are_equal(one: Path, other: Path) -> bool:
    """Whether two generations hold the same files with the same bytes."""
    names = _names(one)
    return names == _names(other) and all(
        filecmp.cmp(one / name, other / name, shallow=False) for name in names
    )


def _names(generation: Path) -> set[Path]:
    return {
        path.relative_to(generation)
        for path in generation.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def remove_others(state_dir: Path, number: int) -> None:
    """After the floor is committed: only its generation stays."""
    for path in state_dir.iterdir() if state_dir.is_dir() else ():
        if path.is_dir() and path.name.isdigit() and int(path.name) != number:
            shutil.rmtree(path, ignore_errors=True)

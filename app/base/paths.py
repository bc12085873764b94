# SPDX-License-Identifier: GPL-3.0-or-later
"""Every path of the program: one data directory moves them all.

The data directory carries a marker file, and start-up searches the fixed disks for it, because a
frozen C: forgets where the data was moved to.
"""

from __future__ import annotations

import os
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import DataElsewhereError, known_os_error
from app.base.moved import MARKER_NAME, elsewhere, follow, write_marker

DATA_DIR_VARIABLE = "KEZHAN_DATA_DIR"
FOLDER_NAME = "KezhanData"
_DRIVE_FIXED = 3


@dataclass(frozen=True, slots=True)
class DataPaths:
    """Names of everything below one data directory (`docs/files.md` describes each)."""

    root: Path

    @property
    def marker(self) -> Path:
        """The file by which the directory is found again."""
        return self.root / MARKER_NAME

    @property
    def settings_file(self) -> Path:
        """Settings, written by the window."""
        return self.root / "settings.json"

    @property
    def device_file(self) -> Path:
        """The device's random id and what it is bound to."""
        return self.root / "device.json"

    @property
    def state_db(self) -> Path:
        """The agent's database."""
        return self.root / "state.db"

    @property
    def desk_db(self) -> Path:
        """The window's database."""
        return self.root / "desk.db"

    @property
    def catalogue_dir(self) -> Path:
        """Generations of the local catalogue."""
        return self.root / "catalogue"

    @property
    def shards_dir(self) -> Path:
        """Verified snapshots and deltas, from which the catalogue can be rebuilt."""
        return self.root / "shards"

    @property
    def blobs_dir(self) -> Path:
        """Content-addressed cache."""
        return self.root / "blobs"

    @property
    def inbox_dir(self) -> Path:
        """Requests that the agent takes."""
        return self.root / "inbox"

    @property
    def outbox_dir(self) -> Path:
        """Teachers' files waiting for the region's acceptance."""
        return self.root / "outbox"

    @property
    def regions_dir(self) -> Path:
        """Enrolments and trust state."""
        return self.root / "regions"

    @property
    def converted_dir(self) -> Path:
        """Documents converted for display; may be deleted at any time."""
        return self.root / "converted"

    @property
    def own_dir(self) -> Path:
        """Teachers' own files, laid out like a shelf (`app.lesson.own_files`)."""
        return self.root / "own"

    @property
    def ink_dir(self) -> Path:
        """What was written over lessons."""
        return self.root / "ink"

    @property
    def lesson_place(self) -> Path:
        """Where the running lesson is, for a window that must go on after a crash."""
        return self.root / "lesson-place.json"

    @property
    def logs_dir(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def agent_lock(self) -> Path:
        """Held by the one agent of this directory."""
        return self.root / "agent.lock"

    @property
    def window_lock(self) -> Path:
        """Held by the one window of this directory."""
        return self.root / "window.lock"

    def region_dir(self, region_id: str) -> Path:
        """Enrolment and trust state of one region."""
        return self.regions_dir / region_id

    def ensure(self) -> None:
        """Make the folders and the marker.

        Raises:
            ReadOnlyError, DiskFullError, UnreadableFileError: the place cannot hold data.
            DataElsewhereError: the data was moved to a place that is not there now.
        """
        if (target := elsewhere(self.root)) is not None:
            raise DataElsewhereError(path=str(self.root), target=str(target))
        folders = (
            self.catalogue_dir,
            self.shards_dir,
            self.blobs_dir,
            self.inbox_dir,
            self.outbox_dir,
            self.regions_dir,
            self.converted_dir,
            self.logs_dir,
        )
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise known_os_error(error, self.root) from error
        if not self.marker.exists():
            write_marker(self.root)


def find_data_root(explicit: Path | None) -> Path:
    """Where the data lives: named, in the environment, found by its marker, or the default."""
    if explicit is not None:
        return follow(explicit.absolute())
    named = os.environ.get(DATA_DIR_VARIABLE)
    if named:
        return follow(Path(named).absolute())
    candidates = _default_roots()
    for candidate in candidates:
        if (candidate / MARKER_NAME).is_file():
            return follow(candidate)
    return candidates[0]


def _default_roots() -> list[Path]:
    """Places to look for data, best first; school rules keep data off C: and the profile."""
    if sys.platform == "win32":
        program_data = Path(os.environ.get("PROGRAMDATA", "C:/ProgramData"))
        return [*(disk / FOLDER_NAME for disk in _fixed_disks()), program_data / FOLDER_NAME]
    share = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return [Path(share) / "kezhan"]


def _fixed_disks() -> list[Path]:
    """Fixed Windows disks other than C:, in letter order."""
    if sys.platform != "win32":
        return []
    import ctypes

    kernel = ctypes.WinDLL("kernel32")
    roots = [f"{letter}:\\" for letter in string.ascii_uppercase if letter != "C"]
    return [Path(root) for root in roots if kernel.GetDriveTypeW(root) == _DRIVE_FIXED]


def second_place(paths: DataPaths) -> Path | None:
    """A folder on another disk than the data, to notice when the data is set back; None without.

    A copy on the same disk would be set back together with the data and tell nothing.
    """
    if sys.platform == "win32":
        folder = Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "Kezhan"
    else:
        state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
        folder = Path(state) / "kezhan"
    near = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        is_same_disk = near.stat().st_dev == paths.root.stat().st_dev
    except OSError:
        return None
    return None if is_same_disk else folder


def is_frozen() -> bool:
    """Whether this is the installed program rather than a checkout."""
    return bool(getattr(sys, "frozen", False))


def program_dir() -> Path:
    """The folder of the installed executables, or the root of the checkout."""
    if is_frozen():
        return Path(sys.executable).parent
    return Path(__file__).resolve().parents[2]


def shelf_dir() -> Path:
    """The read-only first shelf (`resources_cache/`) of the running program."""
    bundled = getattr(sys, "_MEIPASS", None)
    base = Path(bundled) if bundled else program_dir()
    return base / "resources_cache"


def agent_command(data_dir: Path, *arguments: str) -> list[str]:
    """The command line of the agent (or any other command) on `data_dir`."""
    if is_frozen():
        name = "kezhan-cli.exe" if sys.platform == "win32" else "kezhan-cli"
        program = [str(program_dir() / name)]
    else:
        program = [sys.executable, "-X", "utf8", str(program_dir() / "app" / "__main__.py")]
    return [*program, *arguments, "--data-dir", str(data_dir)]

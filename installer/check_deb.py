# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the Debian package into a bare Debian, uses it as a standard account, removes it.

The bare system (`debootstrap --variant=minbase bookworm DIR`) is not changed: everything happens in
a layer above it. Only what the package itself asks for is installed, so what it forgot shows.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from installer import journey
from installer.check_life import wait_for
from installer.check_types import LIST_NAME, lists_of, write_lesson_list
from installer.journey import expect
from installer.screen import virtual_screen
from installer.toolbox import BuildError, run, say

_TEACHER = "teacher"
_SHELF = "/opt/kezhan/_internal/resources_cache/enrolment.json"
_DESKTOP_PARTS = ("xdg-utils", "shared-mime-info", "desktop-file-utils", "libfile-mimeinfo-perl")


class Debian:
    """A throwaway system with one standard account."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home" / _TEACHER
        self.data = self.home / ".local/share/kezhan"
        self._screen = ""

    def administrator(self, *words: str) -> str:
        """Run something as root; raises `BuildError` when it fails."""
        variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        return run(["chroot", self.root, *words], environment=variables)

    def command(self, *words: str) -> list[str]:
        """How the teacher runs something."""
        line = f"LC_ALL=C.UTF-8 DISPLAY={self._screen} KEZHAN_GUARDED=0 exec {shlex.join(words)}"
        return ["chroot", str(self.root), "su", "-", _TEACHER, "-c", line]

    def teacher(self, *words: str) -> str:
        """Run something as the teacher; raises `BuildError` when it fails."""
        return run(self.command(*words), timeout_s=300)

    def kezhan(self, *words: str) -> str:
        """Run the installed command line."""
        return self.teacher("kezhan", *words)

    @contextmanager
    def screen(self) -> Iterator[None]:
        """A virtual screen for its windows."""
        with virtual_screen() as display:
            self._screen = display
            yield
        self._screen = ""


@contextmanager
def layer_above(bare: Path) -> Iterator[Path]:
    """A system that reads `bare` and writes elsewhere; it is gone afterwards."""
    if os.geteuid() != 0:
        raise BuildError("trying the Debian package in a bare system needs root")
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="kezhan-debian-")))
        for name in ("upper", "work", "root"):
            (place / name).mkdir()
        root = place / "root"
        options = f"lowerdir={bare},upperdir={place / 'upper'},workdir={place / 'work'}"
        _mount(stack, root, "-t", "overlay", "-o", options, "overlay")
        # Nothing of this machine's own is mounted there, so that nothing of it can be removed.
        _mount(stack, root / "proc", "-t", "proc", "proc")
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        yield root


def _mount(stack: ExitStack, place: Path, *words: str) -> None:
    run(["mount", *words, place])
    stack.callback(run, ["umount", "--lazy", place])


def check_deb(package: Path, bare: Path) -> None:
    """The life of a package on a machine that has nothing else; raises `BuildError`."""
    with layer_above(bare) as root:
        debian = Debian(root)
        shutil.copy(package, root / "srv" / package.name)
        install = ["apt-get", "install", "--yes", "-qq", "--no-install-recommends"]
        debian.administrator("apt-get", "update", "-qq")
        debian.administrator(*install, f"/srv/{package.name}")
        debian.administrator("useradd", "--create-home", _TEACHER)
        say("installed the package in a bare Debian, with its dependencies alone")
        journey.walk_commands(debian.kezhan, _SHELF)
        with debian.screen():
            _open_video(debian)
            debian.administrator(*install, *_DESKTOP_PARTS)
            _open_by_type(debian, package)
        debian.administrator("apt-get", "remove", "--yes", "-qq", "kezhan")
        expect(not (root / "opt/kezhan").exists(), "left its folder")
        expect((debian.data / "state.db").is_file(), "took the data away")
    say("the Debian package passed")


def _open_video(debian: Debian) -> None:
    """Without VLC: Qt Multimedia plays."""
    picture = f"/home/{_TEACHER}/video.png"
    debian.teacher("/opt/kezhan/Kezhan", "open", journey.VIDEO, "--screenshot", picture)
    journey.look_at(debian.home / "video.png", journey.LEAST_IN_A_FILM)


def _open_by_type(debian: Debian, package: Path) -> None:
    """The desktop knows the ending and starts the program; below its window nothing is replaced."""
    lesson = write_lesson_list(debian.home)
    debian.administrator("chown", _TEACHER, f"/home/{_TEACHER}/{lesson.name}")
    kind = debian.teacher("xdg-mime", "query", "filetype", lesson.name).strip()
    expect(kind == "application/x-kezhan", f"calls a lesson list {kind}")
    window = subprocess.Popen(
        debian.command("xdg-open", lesson.name),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    note = debian.data / "window.lock.pid"
    try:
        wait_for(lambda: LIST_NAME in lists_of(debian.data), "a list that came in")
        try:
            debian.administrator("dpkg", "--install", f"/srv/{package.name}")
        except BuildError:
            say("a package is refused below an open window")
        else:
            raise BuildError("the packed program: was replaced below an open window")
    finally:
        if note.is_file():
            os.kill(int(note.read_text("utf-8").split()[0]), signal.SIGTERM)
        window.wait(60)
    debian.administrator("dpkg", "--install", f"/srv/{package.name}")
    say("a double click on a lesson list brings it in")

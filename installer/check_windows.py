# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the setup into a fresh Wine prefix, uses, upgrades and removes it.

What only Windows itself can show (rights, antivirus, shells) is listed in installer/README.md.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from installer import check_life, check_signing, check_stop, check_types, check_web, journey
from installer.journey import expect
from installer.screen import virtual_screen
from installer.toolbox import BUILD, ROOT, BuildError, program_version, say
from installer.wine import Prefix, windows_path

_DATA = "D:\\课堂数据"
_PROGRAM = "C:\\Program Files\\Kezhan"
_RUN_KEY = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"
_INSTALL_DEADLINE_S = 900
_UNPACK_DEADLINE_S = 120
NEXT_VERSION = "9999.0.0"


class WindowsCheck:
    """One fresh prefix and what is installed in it."""

    def __init__(self, setup: Path, display: str) -> None:
        self.prefix = Prefix(BUILD / "check-windows" / "prefix")
        self.setup, self.display = setup, display
        self.program = self.prefix.drive_c / "Program Files/Kezhan"
        self.data, self.data_name = self.prefix.drive_d / "课堂数据", _DATA

    def install(self, setup: Path, *switches: str) -> float:
        """Run a setup silently; returns the seconds it took."""
        began = time.monotonic()
        self._call(setup, "/S", "/AllUsers", *switches)
        return time.monotonic() - began

    def _call(self, program: str | Path, *words: str) -> str:
        timeout = _INSTALL_DEADLINE_S
        return self.prefix.call(program, *words, display=self.display, timeout_s=timeout)

    def cli(self, *words: str) -> str:
        """Run the installed command line; it knows its data from the installation."""
        return self._call(self.program / "kezhan-cli.exe", *words)

    def check_installed(self, version: str) -> None:
        """Files, pointer, registry, shortcuts and association as promised."""
        expect((self.program / "current").read_text() == version, "points to another version")
        inside = self.program / "versions" / version
        for name in ("Kezhan.exe", "kezhan-cli.exe", "_internal"):
            expect((inside / name).exists(), f"lacks {name}")
        text = (self.program / "installation.ini").read_text("utf-16")
        expect(f"data_dir={_DATA}" in text, f"does not know its data: {text}")
        machine = registry(self.prefix, "system.reg")
        opens = r'Kezhan.exe\" \"%1\""'  # in the file of the registry backslashes are doubled
        for words in (
            '"DisplayVersion"="' + version,
            r"Classes\\.kezhan",
            r"Kezhan.File\\shell\\open\\command",
            opens,
        ):
            expect(words in machine, f"the registry lacks {words}")
        expect("--in-tray" in machine, "is not started with Windows")
        links = sorted(path.name for path in self.prefix.drive_c.rglob("课栈 Kezhan.lnk"))
        expect(len(links) == 2, f"made {len(links)} shortcuts")

    def open_window(self, name: str, *words: str, least_colours: int = 60) -> None:
        """Start the window through the installed launcher and look at its picture."""
        picture = BUILD / "check-windows" / f"windows-{name}.png"
        picture.unlink(missing_ok=True)
        self._call(self.program / "Kezhan.exe", *words, "--screenshot", windows_path(picture))
        self.prefix.wait()  # the launcher ends at once
        journey.look_at(picture, least_colours)

    def uninstall(self) -> None:
        """Remove the program silently and see that only the data stays."""
        # As the program's own switch does it, for the account that is at the machine.
        value = f'"{_PROGRAM}\\Kezhan.exe" --in-tray'
        self._call("reg", "add", _RUN_KEY, "/v", "Kezhan", "/d", value, "/f")
        self._call(self.program / "uninstall.exe", "/S", "/AllUsers")
        # It copies itself away and goes on after the call has returned.
        self.prefix.wait()
        expect(not self.program.exists(), "left its folder")
        expect(self.data.is_dir(), "took the data away")
        links = list(self.prefix.drive_c.rglob("课栈 Kezhan.lnk"))
        expect(not links, "left shortcuts")
        machine = registry(self.prefix, "system.reg")
        for words in (
            "[Software\\\\Kezhan]",
            "Kezhan.File",
            "Uninstall\\\\Kezhan",
            "Classes\\\\.kezhan",
        ):
            expect(words not in machine, f"left {words} in the registry")
        account = registry(self.prefix, "user.reg")
        expect("--in-tray" not in machine + account, "is still started with Windows")


def registry(prefix: Prefix, name: str) -> str:
    """A saved hive of the prefix; Wine writes it when its server ends."""
    prefix.wait()
    return (prefix.root / name).read_text("utf-8", "replace")


def wait_for_half(setup: subprocess.Popen[bytes], half: Path) -> None:
    """Return while the setup is unpacking; raises `BuildError` when it ended before."""
    deadline = time.monotonic() + _UNPACK_DEADLINE_S
    while not (half.is_dir() and any(half.iterdir())):
        with suppress(subprocess.TimeoutExpired):
            setup.wait(0.1)
            raise BuildError("the setup ended before it could be cut")
        if time.monotonic() > deadline:
            raise BuildError("the setup does not begin to unpack")


def check_windows(setup: Path, upgrade: Path, checker: Path, web: Path | None = None) -> None:
    """The whole life of an installation; `upgrade` is the same program with a higher version.

    `checker` is 检查.exe with a stub that Wine can run, `web` the setup with Qt WebEngine.
    """
    check_web.check_sizes(setup, check_web.MOST_PLAIN_SETUP_BYTES)
    if web is not None:
        check_web.check_sizes(web, check_web.MOST_WEB_SETUP_BYTES)
    with virtual_screen() as display:
        check = WindowsCheck(setup, display)
        check.prefix.stop()  # its server is found by the folder that goes now
        shutil.rmtree(BUILD / "check-windows", ignore_errors=True)
        with check.prefix.in_use(display):
            _walk(check, setup, upgrade, checker)
            if web is not None:
                check_web.check_component(check, setup, web)
    say("the Windows setup passed under Wine")


def _walk(check: WindowsCheck, setup: Path, upgrade: Path, checker: Path) -> None:
    """From an empty machine to one that is empty again."""
    check_stop.check_stop(check)
    _ask_checker(check, checker)
    check_signing.check_signing(check, checker)
    took = check.install(setup, f"/DATA={_DATA}", "/ROOM=三年级一班", "/AUTOSTART=1")
    say(f"installed silently in {took:.0f} s")
    check.check_installed(program_version())
    _use(check)
    check_types.open_files_by_type(check)
    check_life.crash_and_return(check)
    check_life.move_away_and_back(check, records_of)
    _cut_upgrade(check, upgrade)
    check_life.install_from_region(check, upgrade, NEXT_VERSION)
    _upgrade(check, setup, upgrade)
    check.uninstall()


def _ask_checker(check: WindowsCheck, checker: Path) -> None:
    """检查.exe says that this machine will do, and writes a line for the list."""
    place = check.prefix.drive_d / "检查"
    place.mkdir()
    program = shutil.copy(checker, place / checker.name)
    for _ in range(2):
        check.prefix.call(program, "/S", display=check.display)
    lines = (place / "检查结果.txt").read_text("utf-16").splitlines()
    expect(len(lines) == 3, f"检查.exe wrote {lines}")
    expect(lines[1].split("\t")[6] == "可以", f"检查.exe says {lines[1]}")
    say(f"检查.exe: {lines[1].strip()}")


def _use(check: WindowsCheck) -> None:
    version = program_version()
    shelf = check.program / "versions" / version / "_internal/resources_cache/enrolment.json"
    journey.walk_commands(check.cli, windows_path(shelf))
    expect(
        (check.data / "kezhan-data.json").is_file(), "did not use the data directory it was given"
    )
    expect("三年级一班" in (check.data / "settings.json").read_text("utf-8"), "forgot its room")
    check.open_window("library")
    check.open_window("video", "open", journey.VIDEO, least_colours=journey.LEAST_IN_A_FILM)
    check.open_window("pdf", "open", journey.PDF)


def _cut_upgrade(check: WindowsCheck, upgrade: Path) -> None:
    """Kill the setup while it unpacks, as a power cut does: the version before still runs."""
    half = check.program / "versions" / f"{NEXT_VERSION}.new" / "_internal"
    setup = subprocess.Popen(
        ["wine", str(upgrade), "/S", "/AllUsers"],
        env=check.prefix.environment(check.display),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_half(setup, half)
    finally:
        setup.kill()
        setup.wait()
    check.prefix.wait()
    expect(half.is_dir(), "was not cut in the middle")
    expect((check.program / "current").read_text() == program_version(), "switched too early")
    expect(records_of(check) > 0, "does not run beside half an upgrade")
    say("killed the upgrade while it unpacked; the version before still runs")


def _upgrade(check: WindowsCheck, setup: Path, upgrade: Path) -> None:
    kept = check.data / "settings.json"
    before = kept.read_bytes()
    stick = prepare_stick(upgrade)
    took = check.install(stick)  # by itself joins the region and imports what lies beside it
    say(f"upgraded from a stick with a region in {took:.0f} s")
    log = (check.program / "install.log").read_text("utf-16")
    expect(log.count("errand ended with 0") == 3, f"did not do its errands:\n{log}")
    check.check_installed(NEXT_VERSION)
    expect((check.program / "previous").read_text() == program_version(), "forgot the way back")
    expect(
        not (check.program / "versions" / f"{NEXT_VERSION}.new").exists(), "left half an upgrade"
    )
    expect(kept.read_bytes() == before, "changed the settings")
    expect(records_of(check) > 0, "finds nothing after the upgrade")
    try:
        check.install(setup)
    except BuildError:
        say("refused to go back to the older version")
    else:
        raise BuildError("the packed program: let an older setup overwrite a newer version")
    # The newest is damaged: the launcher takes the version before.
    broken = check.program / "versions" / NEXT_VERSION
    broken.rename(broken.with_name("damaged"))
    expect(records_of(check) > 0, "does not fall back to the version before")
    broken.with_name("damaged").rename(broken)


def prepare_stick(setup: Path) -> Path:
    """Lay the setup, an enrolment and a region side by side, as on an administrator's stick."""
    stick = BUILD / "check-windows" / "学校 U 盘"
    stick.mkdir()
    shelf = ROOT / "resources_cache"
    shutil.copy(shelf / "enrolment.json", stick / "enrolment.kezhan")
    unneeded = shutil.ignore_patterns("authoring", "README.md")
    shutil.copytree(shelf, stick / "KezhanRegion", ignore=unneeded)
    return Path(shutil.copy(setup, stick / setup.name))


def records_of(check: WindowsCheck) -> int:
    """How many starter lessons the installed program finds."""
    return int(journey.records(check.cli("search", "分数", "--json"))[-1]["total"])

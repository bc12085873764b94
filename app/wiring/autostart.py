# SPDX-License-Identifier: GPL-3.0-or-later
"""开机自动启动: the switch with a real effect, for the account that is at the machine.

On Windows a value below HKCU\\…\\Run, elsewhere a `.desktop` file. What an administrator set up for
all accounts (HKLM, by the setup's /AUTOSTART=1) is seen here and not changed.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from app.base import files
from app.base.errors import known_os_error
from app.base.paths import is_frozen, program_dir

IN_TRAY = "--in-tray"
_NAME = "Kezhan"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_DESKTOP = """[Desktop Entry]
Type=Application
Name=Kezhan
Name[zh_CN]=课栈
Exec={command}
Terminal=false
X-GNOME-Autostart-enabled=true
"""


class AutostartState(StrEnum):
    """Who starts the program with the system."""

    OFF = "off"
    USER = "user"  # this account's own switch
    MACHINE = "machine"  # the administrator, for all accounts


def start_command() -> list[str]:
    """What the system runs; with an installation its launcher, which outlives every version."""
    if not is_frozen():
        return [sys.executable, "-X", "utf8", str(program_dir() / "app" / "__main__.py"), IN_TRAY]
    folder = program_dir()
    name = "Kezhan.exe" if sys.platform == "win32" else "Kezhan"
    launcher = folder.parent.parent / name
    is_installed = folder.parent.name == "versions" and launcher.is_file()
    return [str(launcher if is_installed else folder / name), IN_TRAY]


class Autostart:
    """The switch; `state()` always asks the system, for others may have changed it."""

    def state(self) -> AutostartState:
        """Who starts the program with the system, if anybody."""
        if sys.platform == "win32":
            import winreg

            if _run_value(winreg.HKEY_LOCAL_MACHINE):
                return AutostartState.MACHINE
            is_on = bool(_run_value(winreg.HKEY_CURRENT_USER))
        else:
            is_on = _desktop_file().is_file()
        return AutostartState.USER if is_on else AutostartState.OFF

    def switch(self, *, is_on: bool) -> None:
        """Start with the system from now on, or no longer.

        Raises:
            ReadOnlyError, UnreadableFileError: the account may not; nothing was changed.
        """
        if sys.platform == "win32":
            _switch_windows(is_on=is_on)
        else:
            _switch_desktop(is_on=is_on)


def _run_value(hive: int) -> str:
    if sys.platform != "win32":
        return ""
    import winreg

    try:
        with winreg.OpenKey(hive, _RUN_KEY) as key:
            return str(winreg.QueryValueEx(key, _NAME)[0])
    except OSError:
        return ""


def _switch_windows(*, is_on: bool) -> None:
    if sys.platform != "win32":
        return
    import subprocess
    import winreg

    try:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if is_on:
                command = subprocess.list2cmdline(start_command())
                winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, command)
            else:
                with suppress(FileNotFoundError):
                    winreg.DeleteValue(key, _NAME)
    except OSError as error:
        raise known_os_error(error, Path(f"HKCU/{_NAME}")) from error


def _desktop_file() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(folder) / "autostart" / "kezhan.desktop"


def _switch_desktop(*, is_on: bool) -> None:
    path = _desktop_file()
    try:
        if is_on:
            path.parent.mkdir(parents=True, exist_ok=True)
        else:
            path.unlink(missing_ok=True)
            return
    except OSError as error:
        raise known_os_error(error, path) from error
    command = " ".join(_quoted(word) for word in start_command())
    files.replace_bytes(path, _DESKTOP.format(command=command).encode())


def _quoted(word: str) -> str:
    """A word of `Exec` by the Desktop Entry specification."""
    if word and all(each.isalnum() or each in "/._-=" for each in word):
        return word
    escaped = "".join("\\" + each if each in '"`$\\' else each for each in word)
    # The value itself is a string in which a backslash is written twice.
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'

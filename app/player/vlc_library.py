# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and loads libvlc, which may be missing, half installed or broken.

python-vlc loads the library at import; it raises various exceptions without it, and calls
`sys.exit` when its environment variables are wrong, so nobody else imports `vlc` directly.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from app.base.heap import keep_heap_whole

_log = logging.getLogger(__name__)

# Own subtitles are painted by our surface; titles, statistics and Lua scripts have no place here.
_ARGUMENTS = (
    "--quiet",
    "--no-video-title-show",
    "--no-lua",
    "--no-stats",
    "--no-osd",
    "--no-snapshot-preview",
    "--no-sub-autodetect-file",
    "--no-metadata-network-access",
    "--ignore-config",
    "--no-xlib",
    "--file-caching=100",
)


@cache
def is_vlc_installed() -> bool:
    """Whether libvlc can probably be loaded; milliseconds, nothing stays loaded on Windows."""
    if sys.platform == "win32":
        folder = _windows_folder()
        return folder is not None and (folder / "libvlc.dll").is_file()
    try:
        ctypes.CDLL("libvlc.dylib" if sys.platform == "darwin" else "libvlc.so.5")
    except OSError:
        return False
    return True


@cache
def vlc_module() -> ModuleType | None:
    """python-vlc with its library loaded, or None."""
    if not is_vlc_installed():
        return None
    try:
        import vlc
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        _log.info("libvlc cannot be loaded: %s", error)
        return None
    module: ModuleType = vlc
    return module


@cache
def vlc_instance() -> Any | None:
    """The one libvlc instance of this process (100 ms the first time), or None."""
    vlc = vlc_module()
    if vlc is None:
        return None
    keep_heap_whole()  # its many short-lived threads would each get a heap
    arguments = list(_ARGUMENTS)
    if sys.platform == "linux" and not _has_sound_on_linux():
        # Without a device libvlc would try to open one for every block of sound.
        arguments.append("--aout=dummy")
    instance = vlc.Instance(arguments)
    if instance is None:
        _log.warning("libvlc is there but finds no plugins")
    return instance


def _has_sound_on_linux() -> bool:
    runtime_dir = os.environ.get("XDG_RUNTIME_DIR", "")
    servers = [Path(runtime_dir, name) for name in ("pulse/native", "pipewire-0") if runtime_dir]
    if os.environ.get("PULSE_SERVER") or any(server.exists() for server in servers):
        return True
    return any(Path("/dev/snd").glob("pcm*p"))


def _windows_folder() -> Path | None:
    """VLC beside the program (set by the start-up hook) or installed; not tried on Windows here."""
    if sys.platform != "win32":
        return None
    import winreg

    bundled = os.environ.get("PYTHON_VLC_MODULE_PATH")
    if bundled:
        return Path(bundled)
    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
        try:
            with winreg.OpenKey(root, r"Software\VideoLAN\VLC") as key:
                return Path(str(winreg.QueryValueEx(key, "InstallDir")[0]))
        except OSError:
            continue
    return None

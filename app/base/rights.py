# SPDX-License-Identifier: GPL-3.0-or-later
"""What this account may do, and whether anybody is at the machine."""

from __future__ import annotations

import os
import sys


def is_administrator() -> bool:
    """Whether this very process may change the installed program."""
    if sys.platform != "win32":
        return os.geteuid() == 0
    import ctypes

    return bool(ctypes.WinDLL("shell32").IsUserAnAdmin())


def idle_s() -> float | None:
    """For how long nobody has touched mouse, keys or screen; None where the system does not say."""
    if sys.platform != "win32":
        return None
    import ctypes

    class LastInput(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint), ("tick_ms", ctypes.c_uint))

    last = LastInput(ctypes.sizeof(LastInput), 0)
    if not ctypes.WinDLL("user32").GetLastInputInfo(ctypes.byref(last)):
        return None
    now_ms = int(ctypes.WinDLL("kernel32").GetTickCount()) & 0xFFFFFFFF
    return ((now_ms - last.tick_ms) & 0xFFFFFFFF) / 1000  # both wrap after 49 days

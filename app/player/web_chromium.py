# SPDX-License-Identifier: GPL-3.0-or-later
"""What Chromium must be told before it starts: it reads the environment once.

Where its own sandbox cannot work it ends the whole process instead of saying so: as root on Linux,
and on Linux without user namespaces for ordinary users. There it is told to do without.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

_log = logging.getLogger(__name__)

_FLAGS = (
    # Also stops what no interceptor sees: preconnect, DNS prefetch, WebTransport.
    '--host-resolver-rules="MAP * ~NOTFOUND"',
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-sync",
    "--no-pings",
    "--dns-prefetch-disable",
)
_WITHOUT_SANDBOX = "QTWEBENGINE_DISABLE_SANDBOX"
# Ubuntu since 23.10 lets anyone make a user namespace but grants nothing inside it.
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_PROBE_S = 5


def prepare_chromium() -> None:
    """Close its network; leave out its own sandbox where it could not start with it."""
    name = "QTWEBENGINE_CHROMIUM_FLAGS"
    present = os.environ.get(name, "")
    missing = [flag for flag in _FLAGS if flag not in present]
    os.environ[name] = " ".join([*([present] if present else []), *missing])
    if _WITHOUT_SANDBOX not in os.environ and not has_sandbox():
        _log.info("web courseware runs without Chromium's own sandbox: see doctor")
        os.environ[_WITHOUT_SANDBOX] = "1"


@cache
def has_sandbox() -> bool:
    """Whether Chromium's own sandbox works for this account."""
    if sys.platform != "linux":
        return True
    return os.geteuid() != 0 and not _is_set(_APPARMOR) and _may_make_namespace()


def _is_set(switch: Path) -> bool:
    try:
        return switch.read_text("ascii").strip() == "1"
    except OSError:
        return False


def _may_make_namespace() -> bool:
    """Asked with the system's own tool: kernels, distributions and containers forbid it anyhow."""
    tool = shutil.which("unshare")
    if tool is None:
        return True  # Chromium may know better
    try:
        asked = subprocess.run(
            [tool, "--user", "true"], capture_output=True, timeout=_PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return True
    return asked.returncode == 0

# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan update`: an administrator, or an idle machine whose account is one, installs a version.

The agent has brought the package; here it is verified from the administrator's own root of trust,
copied to where only administrators write, verified again as it lies there, and only then run.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from app.base.clock import SystemClock
from app.base.errors import KnownError
from app.base.locks import ProcessLock
from app.base.log import configure_logging
from app.base.paths import DataPaths, program_dir
from app.base.rights import idle_s, is_administrator
from app.cache.reader import BlobReader
from app.region.update import Package, version_key
from app.sync.bandwidth import Throttle
from app.sync.http import HttpSession
from app.sync.lease import LessonLease
from app.sync.membership import fetch_offer, load_enrolment
from app.sync.update_packages import Installed, installed_here, is_lesson_time
from app.wiring.console import Console
from app.wiring.errors import (
    UpdateFailedError,
    UpdateNotAdministratorError,
    UpdateRootUnknownError,
)
from app.wiring.update_vault import Vault, vault_place

log = logging.getLogger(__name__)
_IDLE_S = 600.0
_TRY_AGAIN_AFTER = timedelta(hours=20)
_SETUP_DEADLINE_S = 3600
_NOBODY_VARIABLE = "KEZHAN_NOBODY_IS_THERE"  # as installer/deb.py reads it
_ERRAND_FAILED = 7  # installed, but an errand beside the setup was not done (installer/README.md)

Run = Callable[[Sequence[str | Path]], int]


def update(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """`kezhan update [--trust FILE] [--when-idle]`."""
    if options.trust is not None:
        return _trust(options.trust, console)
    here = installed_here()
    if here is None:
        console.say("update_none")
        return 0
    if not is_administrator() and not _is_own_installation():
        raise UpdateNotAdministratorError()
    configure_logging(paths, "update")
    if options.when_idle and not is_quiet(paths, datetime.now().astimezone()):
        return 0
    vault = Vault(vault_place())
    vault.open()
    with ProcessLock(vault_place() / "update.lock"):
        version = install_newest(vault, paths, here, is_patient=options.when_idle)
    if version is None:
        console.say("update_none")
    else:
        console.record({"event": "done", "version": version})
        console.say("cli_update_done", version=version)
    return 0


def install_newest(
    vault: Vault,
    paths: DataPaths,
    here: Installed,
    *,
    is_patient: bool = False,
    run: Run | None = None,
) -> str | None:
    """Install the newest version that is here and verifies; its version, None: nothing newer.

    Raises:
        UpdateRootUnknownError: something is here, but no administrator has trusted its region.
        UpdateRefusedError, UpdateFailedError: it was not run, or did not work.
    """
    now = SystemClock().wall()
    found: list[Package] = []
    for anchor in vault.anchors():
        trust_dir = paths.region_dir(anchor.region_id) / "trust"
        offer = vault.verified(anchor, trust_dir, now)
        package = offer.choose(here.platform, here.version, anchor.school) if offer else None
        found += [package] if package is not None else []
    if not found:
        _say_untrusted(vault, paths)
        return None
    package = max(found, key=lambda each: version_key(each.version))
    blob = BlobReader(paths, []).locate(package.sha256, package.size_bytes)
    if blob is None:
        return None
    failed_at = vault.failed_at(package.version)
    if is_patient and failed_at is not None and now - failed_at < _TRY_AGAIN_AFTER:
        return None
    with vault.staged(blob, package) as setup:
        log.info("installing %s", package.version)
        code = (run or partial(run_setup, is_idle=is_patient))(setup_command(setup, here))
    if code not in (0, _ERRAND_FAILED):
        vault.note_failure(package.version, now)
        raise UpdateFailedError(version=package.version, exit_code=code)
    return package.version


def setup_command(setup: Path, _here: Installed) -> list[str | Path]:
    """How a package is installed without a question."""
    if setup.suffix == ".deb":
        return ["dpkg", "--install", setup]
    return [setup, "/S", "/CurrentUser" if _is_own_installation() else "/AllUsers"]


def run_setup(command: Sequence[str | Path], *, is_idle: bool = False) -> int:
    """Run it to its end; not through pipes, which whatever it starts would hold open.

    The Debian package refuses below an open window unless it hears that nobody is there.
    """
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    variables |= {_NOBODY_VARIABLE: "1"} if is_idle else {}
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_SETUP_DEADLINE_S,
            env=variables,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("the setup cannot be run: %s", error)
        return -1
    return done.returncode


def is_quiet(paths: DataPaths, local: datetime) -> bool:
    """No lesson, no lesson hours, and nobody at the machine."""
    lease = LessonLease(paths, SystemClock())
    try:
        is_lesson = lease.left_s() > 0
    finally:
        lease.close()
    idle = idle_s()
    return not is_lesson and not is_lesson_time(local) and (idle is None or idle >= _IDLE_S)


def _trust(source: str, console: Console) -> int:
    """An administrator lets a region update this machine."""
    if not is_administrator() and not _is_own_installation():
        raise UpdateNotAdministratorError()
    offer = fetch_offer(source, HttpSession(Throttle(None)))
    vault = Vault(vault_place())
    vault.open()
    vault.trust(offer.enrolment)
    region = offer.enrolment
    console.record({"event": "trusted", "region_id": region.region_id})
    console.say("cli_update_trusted", region=region.region_name, region_id=region.region_id)
    return 0


def _say_untrusted(vault: Vault, paths: DataPaths) -> None:
    """Nothing newer for sure only where every joined region may update."""
    known = {anchor.region_id for anchor in vault.anchors()}
    for region_dir in sorted(paths.regions_dir.iterdir()) if paths.regions_dir.is_dir() else ():
        offers = list(region_dir.glob("trust/*/targets/updates/updates.json"))
        if offers and region_dir.name not in known:
            raise UpdateRootUnknownError(region=_name_of(paths, region_dir.name))


def _name_of(paths: DataPaths, region_id: str) -> str:
    """What the region calls itself; for a sentence only."""
    try:
        return load_enrolment(paths, region_id).region_name
    except KnownError:
        return region_id


def _is_own_installation() -> bool:
    """Installed for one account in its own folder: no administrator is asked there."""
    local = os.environ.get("LOCALAPPDATA")
    if sys.platform != "win32" or not local:
        return False
    return Path(local).resolve() in program_dir().resolve().parents

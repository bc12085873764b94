# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m app.publish update`: offer a version to all schools, or to some first."""

import argparse
from collections.abc import Callable
from pathlib import Path

from app.publish.cli import Console
from app.publish.commands import locked, opened_store
from app.publish.home import RegionHome
from app.publish.updates import Change, change_offer, pilots_of


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    update = command("update", _update, "offer a version of the program; the next build says it")
    update.add_argument("setup", type=Path, nargs="?", metavar="Setup.exe")
    update.add_argument("--version", required=True, metavar="V")
    whom = update.add_mutually_exclusive_group()
    whom.add_argument("--pilot", nargs="+", metavar="CODE", help="only for these schools")
    whom.add_argument("--all", action="store_true", help="for every school (no pilots any more)")
    when = update.add_mutually_exclusive_group()
    when.add_argument("--pause", dest="is_paused", action="store_true", default=None)
    when.add_argument("--resume", dest="is_paused", action="store_false", default=None)


def _update(arguments: argparse.Namespace, console: Console) -> None:
    home = RegionHome(arguments.region)
    pilots = pilots_of(arguments.pilot, is_for_all=arguments.all)
    change = Change(arguments.version, pilots, arguments.is_paused)
    with locked(home), opened_store(home) as store:
        packages = change_offer(home, store, arguments.setup, change, console.progress)
    first = packages[0]
    code = "publish_update_paused" if first.is_paused else "publish_update_done"
    data = {
        "version": first.version,
        "platforms": ", ".join(each.platform for each in packages),
        "schools": len(first.pilots) or "∞",
        "sha256": first.sha256,
    }
    console.done(code, data)

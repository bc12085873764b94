# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the command line for what comes from schools and goes to them on sticks."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from app.base.errors import BugError
from app.publish import inbound, outbound, times
from app.publish.cli import Console
from app.publish.errors import ReasonMissingError, SettingInvalidError
from app.publish.home import RegionHome
from app.publish.receiving.store import State
from app.publish.review import Reviewed

_SHOWN_PROBLEMS: Final = 50
AddCommand = Callable[..., argparse.ArgumentParser]


def add_to(command: AddCommand) -> None:
    """Add `receive`, `review` and `stick`."""
    receive = command("receive", _receive, "take in a stick, an upload server's folder, statements")
    receive.add_argument("folder", type=Path, metavar="DIR")
    receive.add_argument("--at", metavar="TIME", help="when it is received; default: now")
    receive.add_argument(
        "--statements", metavar="URL", help="post statements to this learning record store too"
    )
    review = command("review", _review, "list uploads, accept them, or return them with a reason")
    review.add_argument("action", choices=("list", "accept", "return"))
    review.add_argument("numbers", nargs="*", type=int, metavar="NUMBER")
    review.add_argument("--as", dest="level", metavar="LEVEL", help="default: whose turn it is")
    review.add_argument("--reason", default="", help="what the teacher reads (with return)")
    review.add_argument(
        "--set", action="append", default=[], metavar="FIELD=TEXT", help="correct a field"
    )
    review.add_argument("--at", metavar="TIME", help="when it is decided; default: now")
    stick = command("stick", _stick, "bring a stick up to date for schools")
    stick.add_argument("folder", type=Path, metavar="DIR")
    stick.add_argument("--schools", default="", metavar="CODE,CODE", help="default: all")
    stick.add_argument("--space", metavar="SIZE", help="such as 32GB; default: all there is")


def _receive(arguments: argparse.Namespace, console: Console) -> None:
    now = times.parse_issued(arguments.at)
    report = inbound.receive(arguments.region, arguments.folder, now, console.progress)
    for error in report.problems[:_SHOWN_PROBLEMS]:
        console.refused(error)
    console.done(
        "publish_receive_done",
        {
            "bundles": report.bundles,
            "bundles_known": report.bundles_known,
            "bundles_unvouched": report.bundles_unvouched,
            "statements": report.statements,
            "statements_known": report.statements_known,
            "uploads": report.uploads,
            "uploads_known": report.uploads_known,
            "problems": report.problem_count,
            "incomplete": report.incomplete,
            "unvouched": report.unvouched,
            "given_up": report.given_up,
        },
    )
    for name in ("incomplete", "unvouched", "given_up"):
        if count := getattr(report, name):
            folder = RegionHome(arguments.region).received_db.parent
            console.warn(f"publish_receive_{name}", {"count": count, "folder": str(folder)})
    if arguments.statements:
        _post(arguments, console)


def _post(arguments: argparse.Namespace, console: Console) -> None:
    """Everything in files that no store has yet, whichever run brought it."""
    if arguments.poster_to is None:
        raise BugError("nobody said how a record store is spoken to")
    poster = arguments.poster_to(arguments.statements)
    console.done("publish_post_done", asdict(inbound.post(arguments.region, poster)))


def _review(arguments: argparse.Namespace, console: Console) -> None:
    if arguments.action == "list":
        _list(arguments, console)
        return
    now = times.parse_issued(arguments.at)
    if arguments.action == "return" and not arguments.reason.strip():
        raise ReasonMissingError()
    for number in arguments.numbers:
        if arguments.action == "accept":
            corrections = _corrections(arguments.set)
            done = inbound.accept(arguments.region, number, now, arguments.level, corrections)
        else:
            done = inbound.send_back(
                arguments.region, number, arguments.reason, now, arguments.level
            )
        console.done(f"publish_review_{_word(done)}", asdict(done))


def _list(arguments: argparse.Namespace, console: Console) -> None:
    rows = inbound.waiting(arguments.region)
    for row in rows:
        code = "publish_review_item" if row.is_vouched else "publish_review_item_unvouched"
        console.item(code, asdict(row))
    console.done("publish_review_listed", {"count": len(rows)})


def _stick(arguments: argparse.Namespace, console: Console) -> None:
    report = outbound.make_stick(
        arguments.region,
        arguments.folder,
        [code.strip() for code in arguments.schools.split(",") if code.strip()],
        outbound.parse_space(arguments.space),
        on_progress=console.progress,
    )
    data = asdict(report) | {"suspects": "、".join(report.suspects)}
    code = "publish_stick_done" if not report.left_groups else "publish_stick_left"
    console.done(code, data)
    if report.suspects:
        console.warn("publish_stick_suspects", data)


def _word(done: Reviewed) -> str:
    return "passed" if done.state is State.WAITING else done.state.value


def _corrections(pairs: list[str]) -> dict[str, str]:
    corrections = {}
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark:
            raise SettingInvalidError(field=pair[:100], reason="wrong_type")
        corrections[name.strip()] = text.strip()
    return corrections

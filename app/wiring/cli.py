# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: which commands there are and what they take.

`python -m app`, the console script `kezhan` and the frozen `kezhan-cli` are all this. Exit code 0:
done, 1: a known problem, 2: wrong usage. Qt is loaded by the commands that open a window only.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

import app
from app.base.errors import KnownError
from app.base.messages import LANGUAGES, message
from app.base.paths import DataPaths, find_data_root
from app.base.settings import load_settings
from app.wiring.console import Console

LANGUAGE_VARIABLE = "KEZHAN_LANGUAGE"
_log = logging.getLogger(__name__)

Command = Callable[[argparse.Namespace, DataPaths, Console], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = build_parser().parse_args(_associated(argv))
    paths = DataPaths(find_data_root(options.data_dir))
    console = Console(_language(options, paths), is_json=getattr(options, "json", False))
    try:
        return _command(options.command)(options, paths, console)
    except KnownError as error:
        console.problem(error)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001 - the last net: an error of ours is logged and told
        _log.exception("command %s failed", options.command)
        console.record({"error": "bug", "data": {}})
        console.problem_text(message("bug", {"folder": paths.logs_dir}, console.language).line)
        return 1


def _associated(argv: Sequence[str] | None) -> list[str]:
    """What a double click on a lesson list runs (`kezhan FILE.kezhan`) is `kezhan open` of it."""
    given = list(sys.argv[1:] if argv is None else argv)
    is_bare = bool(given) and given[-1].lower().endswith(".kezhan") and "open" not in given
    is_value = len(given) > 1 and given[-2].startswith("--")
    return [*given[:-1], "open", given[-1]] if is_bare and not is_value else given


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options (DESIGN §7: the names are stable)."""
    parser = argparse.ArgumentParser(prog="kezhan", description="Kezhan 课栈")
    parser.add_argument("--version", action="version", version=f"Kezhan {app.__version__}")
    _common(parser)
    _window_options(parser)
    parser.set_defaults(command="window", id=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    enrol = _add(commands, "enrol", "join a region", has_json=True)
    enrol.add_argument("source", metavar="FILE-OR-URL")

    sync = _add(commands, "sync", "run the agent", has_json=True)
    sync.add_argument("--once", action="store_true", help="end when nothing is left to do")
    sync.add_argument(
        "--rest",
        type=_positive,
        default=None,
        metavar="SECONDS",
        help="end after so long without anything to do; the last line says for how long",
    )
    sync.add_argument("--only", type=_parts, default=None, metavar="PARTS", help=f"of {PARTS}")

    search = _add(commands, "search", "search the local catalogue", has_json=True)
    search.add_argument("words", nargs="*", default=[])
    for facet in SEARCH_FACETS:
        search.add_argument(f"--{facet}", action="append", default=None)
    search.add_argument("--offline", action="store_true", help="only what is on this machine")
    search.add_argument("--order", choices=("relevance", "popularity", "date"), default="relevance")
    search.add_argument("--limit", type=_positive, default=20)
    search.add_argument("--offset", type=_not_negative, default=0)
    search.add_argument("--facets", action="store_true", help="count the values of every facet")

    get = _add(commands, "get", "download resources and keep them", has_json=True)
    get.add_argument("ids", nargs="+", metavar="ID")

    opened = _add(commands, "open", "play one resource, or bring a lesson list in")
    opened.add_argument("id", metavar="ID-OR-FILE.kezhan")
    _window_options(opened)

    upload = _add(commands, "upload", "put a teacher's file into the outbox", has_json=True)
    upload.add_argument("file", type=Path, metavar="FILE")
    upload.add_argument("--title", required=True)
    upload.add_argument("--subject", required=True)
    for field in ("stage", "grade", "edition", "volume", "lesson", "description", "author"):
        upload.add_argument(f"--{field}", default="")
    upload.add_argument("--type", default="课件", help="resource type, e.g. 课件 or 教案")

    _add_stick(commands)

    register = _add(commands, "register", "lesson register and monthly report")
    register.add_argument("--month", required=True, metavar="YYYY-MM")
    register.add_argument("--out", required=True, type=Path, metavar="FILE.xlsx")

    _add_machine_commands(commands)

    _add(commands, "status", "sizes, outbox, last sync, problems", has_json=True)
    _add(commands, "doctor", "check this machine, and say what to do", has_json=True)
    return parser


PARTS = ("catalogue", "downloads", "statements", "uploads")
_OWN_MODULES = ("stick", "doctor", "guard", "move", "update")
SEARCH_FACETS = ("stage", "subject", "edition", "grade", "volume", "type")


def _add_stick(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    stick = _add(commands, "stick", "the USB courier", has_json=True)
    stick.add_argument("direction", choices=("import", "export", "points"))
    stick.add_argument("dir", type=Path, metavar="DIR", nargs="?", help="the stick's root")
    stick.add_argument("--space", metavar="SIZE", help="export no more than that, such as 4GB")
    stick.add_argument(
        "--relay", action="store_true", help="import: take other machines' sealed parcels along"
    )
    stick.add_argument(
        "--refill", action="store_true", help="export: fill the stick for a point without a line"
    )


def _add_machine_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    """What is about the installation, not about lessons."""
    moving = _add(commands, "move", "move the data to another disk", has_json=True)
    moving.add_argument("dir", type=Path, metavar="DIR")

    update = _add(commands, "update", "install a newer version (administrators)", has_json=True)
    update.add_argument("--trust", metavar="FILE-OR-URL", help="let a region update this machine")
    update.add_argument("--when-idle", action="store_true", help="only when nobody is there")

    guard = commands.add_parser("guard")
    guard.set_defaults(command="guard")
    guard.add_argument("--watched", type=_positive, metavar="PID", default=None)
    _common(guard)


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    words: str,
    *,
    has_json: bool = False,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(command=name)
    _common(parser)
    if has_json:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    # SUPPRESS: an option before the command must survive the command's own defaults.
    parser.add_argument("--data-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS)
    parser.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS)
    if parser.prog == "kezhan":
        parser.set_defaults(data_dir=None, language=None)


def _window_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="save a picture of the window once its content is shown, and end",
    )
    # For the guard and for the system's start: nobody types them.
    for hidden in ("--resume", "--in-tray"):
        parser.add_argument(
            hidden, action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
    if parser.prog == "kezhan":
        parser.set_defaults(screenshot=None, resume=False, in_tray=False)


def _language(options: argparse.Namespace, paths: DataPaths) -> str:
    named = options.language or os.environ.get(LANGUAGE_VARIABLE)
    return named if named in LANGUAGES else load_settings(paths).language


def _command(name: str) -> Command:
    """The function of a command; imported late, so that each loads only what it needs."""
    if name in ("window", "open"):
        from app.wiring import opening

        return opening.open_window
    if name in ("enrol", "get", "upload"):
        from app.wiring import errands

        return errands.COMMANDS[name]
    if name == "sync":
        from app.wiring import agent

        return agent.sync
    if name == "search":
        from app.wiring import finding

        return finding.search
    if name in _OWN_MODULES:  # a module and its function of the command's name
        return cast(Command, getattr(import_module(f"app.wiring.{name}"), name))
    from app.wiring import reports

    return reports.COMMANDS[name]


def _parts(text: str) -> frozenset[str]:
    chosen = frozenset(text.split(","))
    if not chosen <= set(PARTS):
        raise argparse.ArgumentTypeError(f"choose from {', '.join(PARTS)}")
    return chosen


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


if __name__ == "__main__":
    sys.exit(main())

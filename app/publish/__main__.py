# SPDX-License-Identifier: GPL-3.0-or-later
"""The publisher's command line: `python -m app.publish COMMAND`.

Exit code 0 done, 1 a known problem (one sentence on stderr), 2 wrong usage. With `--json` stdout
carries one JSON object a line and nothing else.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from app.base.errors import KnownError
from app.base.messages import DEFAULT_LANGUAGE, LANGUAGES
from app.publish import commands, county_commands, times, update_commands
from app.publish.bundle_keys import BUNDLE_KEY
from app.publish.cli import Console
from app.publish.errors import CheckFailedError
from app.publish.keys import ROLES
from app.publish.receiving.posting import PosterTo

_SHOWN_PROBLEMS: Final = 50


def main(argv: Sequence[str] | None = None, poster_to: PosterTo | None = None) -> int:
    """Run one command; returns the exit code. `poster_to` opens a learning record store."""
    parser = _parser()
    parser.set_defaults(poster_to=poster_to)
    arguments = parser.parse_args(argv)
    console = Console(arguments.language, is_json=arguments.json)
    try:
        arguments.run(arguments, console)
    except KnownError as error:
        console.fail(error)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app.publish", description="Builds, checks and enrols a region."
    )
    language = os.environ.get("KEZHAN_LANGUAGE", DEFAULT_LANGUAGE)
    parser.set_defaults(json=False, language=language if language in LANGUAGES else "zh_CN")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace, Console], None], words: str
    ) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=words, description=words)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", default=False)
        sub.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS)
        if name != "starter":
            sub.add_argument("region", type=Path, metavar="REGION")
        return sub

    _add_region_commands(command)
    _add_key_commands(command)
    county_commands.add_to(command)
    update_commands.add_to(command)
    return parser


def _add_region_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    init = command("init", _init, "make a region: keys, root, settings")
    init.add_argument("--name", required=True)
    init.add_argument("--mirror", action="append", default=[], metavar="URL")
    init.add_argument("--uploads", metavar="URL")
    init.add_argument("--statements", metavar="URL")
    init.add_argument("--region-id", metavar="UUID", help="default: a new random one")
    init.add_argument("--keys", type=Path, metavar="DIR", help="take existing keys from here")
    init.add_argument("--issued", metavar="TIME", help="default: now")
    add = command("add", _add, "add or replace entries and their files")
    add.add_argument("--entries", type=Path, required=True, metavar="FILE.ndjson")
    add.add_argument("--files", type=Path, metavar="DIR", help="default: beside the entries")
    remove = command("remove", _remove, "take entries out of the catalogue")
    remove.add_argument("ids", nargs="+", metavar="ID")
    build = command("build", _build, "publish what changed, signed")
    build.add_argument("--issued", metavar="TIME", help="the only clock of a build; default: now")
    check = command("check", _check, "walk the tree as a client would")
    check.add_argument("--at", metavar="TIME", help="judge expiry at this time; default: now")
    starter = command("starter", _starter, "build the starter region as a shelf")
    starter.add_argument("source", type=Path, metavar="SOURCE_DIR")
    starter.add_argument("out", type=Path, metavar="OUT_DIR")
    starter.add_argument("--name", required=True)
    starter.add_argument("--region-id", required=True, metavar="UUID")
    starter.add_argument("--issued", required=True, metavar="TIME")


def _add_key_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    enrol = command("enrol", _enrol, "make one enrolment per school")
    enrol.add_argument("--schools", type=Path, required=True, metavar="FILE.csv")
    rotate = command("rotate", _rotate, "give a role new keys")
    rotate.add_argument("--role", choices=(*ROLES, BUNDLE_KEY), required=True)
    rotate.add_argument("--keys", type=Path, metavar="DIR", help="where root keys lie")
    rotate.add_argument("--issued", metavar="TIME", help="default: now")


def _init(arguments: argparse.Namespace, console: Console) -> None:
    settings = commands.init(
        arguments.region,
        name=arguments.name,
        issued=times.parse_issued(arguments.issued),
        mirrors=arguments.mirror,
        uploads_url=arguments.uploads,
        statements_url=arguments.statements,
        region_id=arguments.region_id,
        keys_dir=arguments.keys,
    )
    data = {
        "name": settings.name,
        "region_id": settings.region_id,
        "path": str(arguments.region),
        "keys": str(arguments.region / "keys"),
    }
    console.done("publish_init_done", data)


def _add(arguments: argparse.Namespace, console: Console) -> None:
    report = commands.add(arguments.region, arguments.entries, arguments.files, console.progress)
    console.done("publish_add_done", asdict(report))


def _remove(arguments: argparse.Namespace, console: Console) -> None:
    count = commands.remove(arguments.region, arguments.ids)
    console.done("publish_remove_done", {"count": count})


def _build(arguments: argparse.Namespace, console: Console) -> None:
    issued = times.parse_issued(arguments.issued)
    report = commands.build(arguments.region, issued, console.progress)
    code = "publish_build_done" if report.was_published else "publish_build_same"
    console.done(code, asdict(report))


def _check(arguments: argparse.Namespace, console: Console) -> None:
    now = times.parse_issued(arguments.at)
    report = commands.check(arguments.region, now, console.progress)
    for problem in report.problems[:_SHOWN_PROBLEMS]:
        console.problem(problem.path, problem.reason)
    if report.problems:
        first = report.problems[0]
        raise CheckFailedError(problems=len(report.problems), first=f"{first.path}: {first.reason}")
    console.done("publish_check_done", asdict(report))


def _enrol(arguments: argparse.Namespace, console: Console) -> None:
    count = commands.enrol(arguments.region, arguments.schools)
    data = {
        "schools": count,
        "path": str(arguments.region / "enrolments"),
        "credentials": str(arguments.region / "keys" / "credentials.csv"),
    }
    console.done("publish_enrol_done", data)


def _rotate(arguments: argparse.Namespace, console: Console) -> None:
    if arguments.role == BUNDLE_KEY:
        commands.rotate_bundle_key(arguments.region)
        console.done("publish_rotate_bundle_done", {"role": BUNDLE_KEY})
        return
    issued = times.parse_issued(arguments.issued)
    version = commands.rotate(arguments.region, arguments.role, issued, arguments.keys)
    console.done("publish_rotate_done", {"role": arguments.role, "version": version})


def _starter(arguments: argparse.Namespace, console: Console) -> None:
    report = commands.starter(
        arguments.source,
        arguments.out,
        name=arguments.name,
        region_id=arguments.region_id,
        issued=times.parse_issued(arguments.issued),
        on_progress=console.progress,
    )
    console.done("publish_build_done", asdict(report))


if __name__ == "__main__":
    # Started by itself this file is where things meet, like app/wiring (docs/adr/0010).
    from app.wiring.county import RecordStore

    sys.exit(main(poster_to=RecordStore))

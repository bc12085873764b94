# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the programs that the build calls; output is kept and shown when one fails."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "installer"
DIST = ROOT / "dist"


class BuildError(Exception):
    """The build cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the developer what is going on."""
    print(f"installer: {text}", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 3600,
) -> str:
    """Run a program to its end and return what it said; raises `BuildError` when it fails.

    Its output goes through a pipe: under Wine a plain file as standard output ends Python.
    """
    words = [str(word) for word in command]
    try:
        result = subprocess.run(
            words,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError as error:
        raise BuildError(f"{words[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{' '.join(words)} did not end within {timeout_s:.0f} s") from error
    said = result.stdout.decode("utf-8", "replace")
    if result.returncode != 0:
        sys.stdout.write(said[-20_000:])
        raise BuildError(f"exit code {result.returncode}: {' '.join(words)}")
    return said


def pins() -> dict[str, Any]:
    """The table of pinned downloads."""
    return tomllib.loads((ROOT / "installer/pins.toml").read_text("utf-8"))


def program_version() -> str:
    """The version that `pyproject.toml` names."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(table["project"]["version"])

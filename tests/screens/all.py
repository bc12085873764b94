# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders every page for every kind of screen: python -m tests.screens.all [OUT]

A process a screen, since the density of a screen is fixed when Qt starts.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# Name, logical width and height, device pixels per logical pixel.
SCREENS = (
    ("1280x720@100", 1280, 720, 1.0),
    ("1920x1080@150", 1280, 720, 1.5),
    ("3840x2160@200", 1920, 1080, 2.0),
    ("3840x2160@300", 1280, 720, 3.0),
)
LANGUAGES = ("zh_CN", "en")
THEMES = ("light", "dark")


def environment(folder: Path, width: int, height: int, ratio: float) -> dict[str, str]:
    """A display of that size and density, drawn in memory."""
    screen = {
        "name": "board",
        "x": 0,
        "y": 0,
        "width": round(width * ratio),
        "height": round(height * ratio),
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    config = folder / "screens.json"
    config.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
        "QT_SCALE_FACTOR": str(ratio),
        "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough",
    }


def render(out: Path, name: str, size: tuple[int, int], ratio: float, *more: str) -> list[str]:
    """Render one set; returns the problems that were found."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.screens.render", str(out)]
        command += ["--size", f"{size[0]}x{size[1]}", "--name", name, *more]
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environment(Path(folder), *size, ratio),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    problems = [line for line in done.stdout.splitlines() if line.startswith("PROBLEM")]
    if done.returncode and not problems:
        problems = [f"PROBLEM {name}: ended with {done.returncode}: {done.stderr[-2000:]}"]
    return problems


def main() -> int:
    """Render all sets."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / "build" / "screens").absolute()
    found: list[str] = []
    for (screen, width, height, ratio), language, theme in itertools.product(
        SCREENS, LANGUAGES, THEMES
    ):
        name = f"{screen}-{language}-{theme}"
        found += render(out, name, (width, height), ratio, "--language", language, "--theme", theme)
    print("\n".join(found) or f"no problems; the pictures are in {out}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

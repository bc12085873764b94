# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the broken files into a folder, for trying them by hand in the window."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.player.broken.every import every_broken_file


def main() -> None:
    """Write, and say what each should do."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as good:
        for case in every_broken_file(Path(good)):
            (target / case.name).write_bytes(case.content)
            expected = " or ".join(sorted(code or "shown" for code in case.outcomes))
            print(f"{case.name}: {expected}")


if __name__ == "__main__":
    main()

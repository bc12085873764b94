# SPDX-License-Identifier: GPL-3.0-or-later
"""ZIP files whose bytes depend on their members alone."""

import zipfile
from pathlib import Path


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    """Write a ZIP whose bytes depend on its members alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=(2026, 11, 21, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)

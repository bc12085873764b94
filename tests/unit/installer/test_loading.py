# SPDX-License-Identifier: GPL-3.0-or-later
"""A library that was left out by mistake stops the build, not a lesson."""

from __future__ import annotations

import shutil
from pathlib import Path

import PySide6
import pytest

from installer import contents, loading, pruning
from installer.toolbox import ROOT, BuildError

pytestmark = pytest.mark.linux


def test_what_is_linked_against_something_left_out_stops_the_build(tmp_path: Path) -> None:
    shutil.copy("/bin/true", tmp_path / "kezhan-cli")
    loading.check(tmp_path, "linux")
    binding = "QtMultimedia.abi3.so"
    shutil.copy(Path(PySide6.__path__[0]) / binding, tmp_path / binding)
    with pytest.raises(BuildError, match="libQt6Multimedia"):
        loading.check(tmp_path, "linux")


def test_qt_multimedia_keeps_what_it_is_linked_against() -> None:
    """On Linux it wants Qt Concurrent; a machine without VLC would play nothing."""
    assert pruning.is_kept("PySide6/Qt/lib/libQt6Concurrent.so.6", has_web=False)
    assert not pruning.is_kept("PySide6/Qt6Concurrent.dll", has_web=False)


def test_nothing_that_we_pack_passes_as_windows_own() -> None:
    packed = contents.read_list((ROOT / "installer/lists/windows.txt").read_text("utf-8"))
    names = {Path(pattern).name.lower() for pattern in packed}
    assert not names & loading.system_libraries()

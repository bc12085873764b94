# SPDX-License-Identifier: GPL-3.0-or-later
"""A binary on no list stops the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import contents
from installer.toolbox import BuildError


def test_both_directions_of_a_disagreement_are_named() -> None:
    result = contents.compare(["a.dll", "b.dll"], ["a.dll", "c.dll", "?d.dll"])
    assert result == contents.Comparison(unlisted=("b.dll",), missing=("c.dll",))


def test_optional_lines_allow_and_demand_nothing() -> None:
    assert contents.compare(["x.1.so"], ["?x.*.so"]) == contents.Comparison((), ())


def test_binaries_are_known_by_content_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "harmless.txt").write_bytes(b"MZ\x90\x00")
    (tmp_path / "library").write_bytes(b"\x7fELF\x02")
    (tmp_path / "words.dll").write_bytes(b"only words")
    assert list(contents.binaries(tmp_path)) == ["harmless.txt", "library"]


def test_a_library_that_crept_in_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "surprise.dll").write_bytes(b"MZ\x90\x00")
    with pytest.raises(BuildError, match=r"on no list: surprise\.dll"):
        contents.check(tmp_path, "windows")


def test_comments_are_not_patterns() -> None:
    assert contents.read_list("# a\n\nb.so  # why\n") == ["b.so"]

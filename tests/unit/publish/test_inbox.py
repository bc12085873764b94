# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes over servers, depots and folders; and a cut anywhere is caught up with."""

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.base import files
from app.base.errors import KnownError, MissingFileError
from app.publish.errors import NothingReceivedError
from app.publish.receiving.store import ReceivedStore
from tests.unit.publish.sent import (
    VIDEO,
    Stick,
    codes,
    described,
    receipts_of,
    receive,
    review_file,
    statement,
    statements_at,
    tus,
)
from tests.unit.region.samples import Region


@pytest.mark.parametrize("is_tusd", [True, False])
def test_the_folder_of_an_upload_server_is_taken_in(
    region: Region, tmp_path: Path, is_tusd: bool
) -> None:
    folder = tmp_path / "tus"
    upload = described(VIDEO)
    metadata = {"filename": "分数.mp4", "id": "u-1", "sha256": upload.sha256, "school": "S1"}
    tus(folder, "aa", VIDEO, metadata | {"title": "分数"}, is_tusd=is_tusd)
    tus(folder, "bb", b"half", metadata | {"id": "u-2"}, is_tusd=is_tusd)
    (folder / "bb").write_bytes(b"ha")
    tus(folder, "cc", b"1", {"id": "../u"}, is_tusd=is_tusd)
    report = receive(region, folder)
    assert (report.uploads, codes(report)) == (1, ["record_refused"])
    assert review_file(region) == VIDEO
    again = receive(region, folder)
    assert (again.uploads, again.uploads_known) == (0, 1)


def test_bundles_that_depots_passed_on_in_parts_are_opened(
    region: Region, stick: Stick, tmp_path: Path
) -> None:
    folder = stick.bundle([statement(1)], [(described(VIDEO), VIDEO)])
    depot = tmp_path / "tus"
    parts = sorted(folder.iterdir())
    assert len(parts) > 6
    for number, part in enumerate(parts, 1):
        metadata = {"kind": "bundle", "bundle_id": folder.name, "part": str(number)}
        tus(depot, f"x{number * 7919 % 97}", part.read_bytes(), metadata, is_tusd=False)
        if number == 3:
            assert codes(receive(region, depot)) == ["bundle_unfinished"]
    assert receive(region, depot).bundles == 1
    assert review_file(region) == VIDEO


def test_statements_in_files_are_taken_once(region: Region, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    lines = [statement(n)[1] for n in range(1200)]
    (folder / "a.ndjson").write_bytes(b"\xef\xbb\xbf" + b"\n".join(lines + lines[:50]))
    report = receive(region, folder)
    assert (report.statements, report.statements_known) == (1200, 50)
    assert statements_at(region) == [statement(n)[0] for n in range(1200)]


def test_other_lists_are_no_statements(region: Region, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "entries.ndjson").write_text('{"id": "lesson-1", "title": "分数"}\n{"id": 7}\n')
    report = receive(region, folder)
    assert (report.statements, codes(report)) == (0, ["record_refused"] * 2)


def test_a_database_that_was_set_back_overwrites_no_statements(
    region: Region, stick: Stick, tmp_path: Path
) -> None:
    stick.bundle([statement(1)])
    receive(region, stick.root)
    shutil.rmtree(region.root / "received")
    shutil.rmtree(stick.root)
    stick.bundle([statement(2)])
    receive(region, stick.root)
    assert sorted(statements_at(region)) == sorted(statement(n)[0] for n in (1, 2))


def test_nothing_and_nowhere_are_said(region: Region, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingReceivedError):
        receive(region, tmp_path / "empty")
    with pytest.raises(MissingFileError):
        receive(region, tmp_path / "nowhere")


# --- cut anywhere


class CutError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("step", range(12))
def test_a_cut_anywhere_is_caught_up_with(
    region: Region, stick: Stick, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stick.bundle([statement(n) for n in range(3)], [(described(VIDEO), VIDEO)])
    left = step

    def maybe_cut(real: Any) -> Any:
        def work(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            if left == 0:
                raise CutError
            left -= 1
            return real(*arguments, **named)

        return work

    for name in ("publish_file", "replace_bytes"):
        monkeypatch.setattr(files, name, maybe_cut(getattr(files, name)))
    for name in ("announce", "set_state", "add_statements", "next_batch", "batch_written"):
        monkeypatch.setattr(ReceivedStore, name, maybe_cut(getattr(ReceivedStore, name)))
    monkeypatch.setattr(ReceivedStore, "add_bundle", maybe_cut(ReceivedStore.add_bundle))
    with contextlib.suppress(CutError, KnownError):
        receive(region, stick.root)
    monkeypatch.undo()
    receive(region, stick.root)
    assert sorted(statements_at(region)) == sorted(statement(n)[0] for n in range(3))
    assert review_file(region) == VIDEO
    assert len(receipts_of(region)) == 2

# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks a tree as a client would: real trust refresh, every shard read, every blob hashed."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from app.base.errors import KnownError
from app.publish.bundle_checker import Problem, check_short
from app.publish.progress import OnProgress, Progress
from app.publish.tree import PublicTree
from app.region import layout
from app.region.directory_fetcher import DirectoryFetcher
from app.region.enrolment import Enrolment, parse_enrolment
from app.region.entry import Entry, ResourceFile
from app.region.generation import metadata_dir
from app.region.index import DeltaPart, Index, ShardLine, parse_index
from app.region.pieces import PieceList, parse_piece_list
from app.region.region_document import parse_region_document
from app.region.shard import read_delta, read_snapshot
from app.region.short_index import parse_short_index
from app.region.trust import Refreshed, Verdict, refresh
from app.region.tuf_types import Metadata, Targets
from app.region.update import parse_updates

_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was seen. `blobs_elsewhere` are named by hash only; their bytes lie at another place."""

    shards: int
    entries: int
    blobs: int
    blob_bytes: int
    blobs_elsewhere: int
    problems: tuple[Problem, ...]


class TreeChecker:
    """Checks one tree; `expected_blobs` answers whether this publisher has put a blob there."""

    def __init__(
        self, root: Path, now: datetime, on_progress: OnProgress, expected: "ExpectedBlobs"
    ) -> None:
        self._tree = PublicTree(root)
        self._now = now
        self._on_progress = on_progress
        self._expected = expected
        self._problems: list[Problem] = []
        self._entries = 0
        self._owners: dict[str, str] = {}
        self._files: dict[str, ResourceFile] = {}
        self._short: Index | None = None

    def check(self) -> CheckReport:
        index = self._check_trust()
        shards = index.shards if index else ()
        for number, line in enumerate(shards):
            self._on_progress(Progress("shards", number, len(shards)))
            self._check_shard(line)
        if index:
            self._check_bundles(index)
            self._problems += check_short(self._tree, self._short, index)
        blobs, size, elsewhere = self._check_blobs()
        return CheckReport(
            len(shards), self._entries, blobs, size, elsewhere, tuple(self._problems)
        )

    def _note(self, path: str, reason: str) -> None:
        self._problems.append(Problem(path, reason))

    # --- trust

    def _check_trust(self) -> Index | None:
        enrolment = self._enrolment()
        if enrolment is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            try:
                refreshed = refresh(
                    Path(folder),
                    enrolment.root,
                    None,
                    DirectoryFetcher(self._tree.root),
                    self._now,
                )
                if refreshed.verdict is not Verdict.UPDATED:
                    self._note(layout.METADATA_DIR, f"{refreshed.verdict}: {refreshed.reason}")
                    return None
                return self._read_targets(refreshed, enrolment)
            except KnownError as error:
                self._note(layout.TARGETS_DIR, error.code)
                return None

    def _enrolment(self) -> Enrolment | None:
        raw = self._tree.read(layout.ENROLMENT_NAME)
        if raw is None:
            self._note(layout.ENROLMENT_NAME, "missing")
            return None
        try:
            return parse_enrolment(raw)
        except KnownError as error:
            self._note(layout.ENROLMENT_NAME, error.code)
            return None

    def _read_targets(self, refreshed: Refreshed, enrolment: Enrolment) -> Index | None:
        region_file = refreshed.target_file(layout.REGION_TARGET)
        raw = self._target(refreshed, layout.INDEX_TARGET)
        if region_file is None or raw is None:
            self._note(layout.TARGETS_DIR, "missing")
            return None
        region = parse_region_document(region_file.read_bytes())
        index = parse_index(raw)
        short = self._target(refreshed, layout.SHORT_INDEX_TARGET)
        self._short = parse_short_index(short) if short is not None else None
        if len({region.region_id, index.region_id, enrolment.region_id}) != 1:
            self._note(layout.TARGETS_DIR, "other_region")
        self._note_packages(refreshed)
        return index

    def _target(self, refreshed: Refreshed, name: str) -> bytes | None:
        """A target as signed, also one that a client of today does not fetch."""
        if refreshed.directory is None:
            return None
        metadata = metadata_dir(refreshed.directory) / "targets.json"
        signed = Metadata.from_bytes(metadata.read_bytes()).signed
        target = signed.targets.get(name) if isinstance(signed, Targets) else None
        if target is None:
            return None
        return self._part(
            layout.target_path(name, target.hashes["sha256"]),
            target.length,
            target.hashes["sha256"],
        )

    def _note_packages(self, refreshed: Refreshed) -> None:
        """Update packages are blobs like any other."""
        updates = refreshed.target_file(layout.UPDATES_TARGET)
        for package in parse_updates(updates.read_bytes()).packages if updates else ():
            self._files[package.sha256] = ResourceFile(
                role="update",
                name=package.version,
                media_type="application/octet-stream",
                size_bytes=package.size_bytes,
                sha256=package.sha256,
                pieces_sha256=package.pieces_sha256,
            )

    # --- shards

    def _check_shard(self, line: ShardLine) -> None:
        raw = self._part(line.snapshot.path, line.snapshot.length, line.snapshot.sha256)
        deltas = [self._part(part.path, part.length, part.sha256) for part in line.deltas]
        if raw is None:
            return
        entries: dict[str, Entry] = {}
        path = line.snapshot.path
        try:
            reader = read_snapshot(raw)
            if reader.key != line.key or reader.serial != line.snapshot.serial:
                self._note(path, "other_shard")
            entries = {entry.id: entry for entry in reader}
            for part, delta in zip(line.deltas, deltas, strict=True):
                path = part.path
                if delta is not None:
                    _apply(entries, delta, part, line)
        except KnownError as error:
            self._note(path, error.code)
            return
        except _OtherShardError:
            self._note(path, "other_shard")
            return
        self._check_entries(line, entries)

    def _part(self, path: str, length: int, sha256: str) -> bytes | None:
        raw = self._tree.read(path)
        if raw is None:
            self._note(path, "missing")
        elif len(raw) != length or hashlib.sha256(raw).hexdigest() != sha256:
            self._note(path, "damaged")
            raw = None
        return raw

    def _check_entries(self, line: ShardLine, entries: dict[str, Entry]) -> None:
        files_bytes = 0
        for entry in entries.values():
            files = entry.files + ((entry.cover,) if entry.cover else ())
            files_bytes += sum(file.size_bytes for file in files)
            if self._owners.setdefault(entry.id, line.shard_id) != line.shard_id:
                self._note(line.snapshot.path, f"entry_twice: {entry.id}")
            for file in files:
                self._take_file(file, entry)
        self._entries += len(entries)
        if len(entries) != line.entries or files_bytes != line.files_bytes:
            self._note(line.snapshot.path, "counts")

    def _take_file(self, file: ResourceFile, entry: Entry) -> None:
        known = self._files.setdefault(file.sha256, file)
        if known.size_bytes != file.size_bytes:
            self._note(layout.blob_path(file.sha256), f"two_sizes: {entry.id}")

    def _check_bundles(self, index: Index) -> None:
        parts: dict[str, list[DeltaPart]] = {}
        for line in index.shards:
            for delta in line.deltas:
                if delta.bundle:
                    parts.setdefault(delta.bundle.bundle_id, []).append(delta)
        for bundle in index.bundles:
            raw = self._part(bundle.path, bundle.length, bundle.sha256)
            for delta in parts.get(bundle.bundle_id, ()) if raw is not None else ():
                start = delta.bundle.offset if delta.bundle else 0
                piece = (raw or b"")[start : start + delta.length]
                if hashlib.sha256(piece).hexdigest() != delta.sha256:
                    self._note(bundle.path, f"offset: {delta.path}")

    # --- blobs

    def _check_blobs(self) -> tuple[int, int, int]:
        seen = size = elsewhere = 0
        for number, file in enumerate(self._files.values()):
            self._on_progress(Progress("blobs", number, len(self._files)))
            pieces = self._piece_list(file)
            path = self._tree.path(layout.blob_path(file.sha256))
            if path.is_file():
                seen += 1
                size += file.size_bytes
                self._check_blob(path, file, pieces)
            elif self._expected.holds(file.sha256):
                self._note(layout.blob_path(file.sha256), "missing")
            else:
                elsewhere += 1
        return seen, size, elsewhere

    def _piece_list(self, file: ResourceFile) -> PieceList | None:
        if file.pieces_sha256 is None:
            return None
        path = layout.piece_list_path(file.pieces_sha256)
        raw = self._tree.read(path)
        if raw is None:
            self._note(path, "missing")
            return None
        if hashlib.sha256(raw).hexdigest() != file.pieces_sha256:
            self._note(path, "damaged")
            return None
        try:
            pieces = parse_piece_list(raw)
        except KnownError as error:
            self._note(path, error.code)
            return None
        if (pieces.sha256, pieces.size_bytes) != (file.sha256, file.size_bytes):
            self._note(path, "other_file")
            return None
        return pieces

    def _check_blob(self, path: Path, file: ResourceFile, pieces: PieceList | None) -> None:
        name = layout.blob_path(file.sha256)
        if path.stat().st_size != file.size_bytes:
            self._note(name, "length")
            return
        whole = hashlib.sha256()
        chunk_bytes = pieces.piece_bytes if pieces else _CHUNK_BYTES
        for number, chunk in enumerate(_chunks(path, chunk_bytes)):
            whole.update(chunk)
            if pieces and hashlib.sha256(chunk).digest() != pieces.hashes[number]:
                self._note(name, f"piece {number}")
        if whole.hexdigest() != file.sha256:
            self._note(name, "damaged")


class ExpectedBlobs:
    """Which blobs the tree must hold; a tree without its publisher's database expects none."""

    def holds(self, sha256: str) -> bool:
        return not sha256


class _OtherShardError(Exception):
    """A delta belongs to another shard or other serials than the index says."""


def _apply(entries: dict[str, Entry], raw: bytes, part: DeltaPart, line: ShardLine) -> None:
    """Apply a delta if it lies after the snapshot; read it in any case."""
    reader = read_delta(raw)
    serials = (reader.from_serial, reader.to_serial)
    if reader.key != line.key or serials != (part.from_serial, part.to_serial):
        raise _OtherShardError
    upserts = list(reader.upserts)
    if part.from_serial < line.snapshot.serial:
        return
    for entry_id in reader.deleted_ids:
        entries.pop(entry_id, None)
    entries.update({entry.id: entry for entry in upserts})


def _chunks(path: Path, chunk_bytes: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(chunk_bytes):
            yield chunk

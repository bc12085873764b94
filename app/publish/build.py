# SPDX-License-Identifier: GPL-3.0-or-later
"""One build: changed shards, the index, the signatures; safe to be cut anywhere and repeated.

Order: content-named files first, then metadata, the timestamp last, then the database closes the
build. A client of the tree sees the old release or the new one, never a mixture.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.publish import times
from app.publish.delta_bundles import Listed, listed_bundles, short_index, stage_bundle
from app.publish.enrolments import write_general_enrolments
from app.publish.errors import IssuedInvalidError
from app.publish.home import RegionHome, RegionSettings
from app.publish.keys import KeyRing
from app.publish.metadata import REGION_EXPIRY, Expiry, MetadataWriter
from app.publish.plan import (
    DatedDelta,
    ShardState,
    is_outlived,
    wants_snapshot,
    with_kept_deltas,
)
from app.publish.progress import OnProgress, Progress, quiet
from app.publish.prune import Pruner
from app.publish.store import Build, Changes, PublishStore
from app.publish.updates import target_contents
from app.region import layout
from app.region.index import (
    BundleLine,
    DeltaPart,
    Index,
    Part,
    ShardKey,
    index_to_bytes,
    parse_index,
)
from app.region.receipts import BundleReceipt, UploadReceipt, receipts_to_bytes
from app.region.region_document import (
    RegionDocument,
    parse_region_document,
    region_document_to_bytes,
)
from app.region.shard import encode_delta, encode_snapshot
from app.region.short_index import short_index_to_bytes
from app.region.trust import issued_of
from app.region.tuf_types import Timestamp

ReceiptsAt = Callable[[datetime], Iterable[UploadReceipt | BundleReceipt]]
_STAGED_TOGETHER: Final = 32  # a kill costs at most so many shards of work


def no_receipts(_: datetime) -> Iterable[UploadReceipt | BundleReceipt]:
    """For regions that have received nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build brought: shards touched, entries in them, and whether anything was signed."""

    issued: str
    shards: int
    upserts: int
    deletions: int
    timestamp_version: int
    was_published: bool
    was_resumed: bool = False


class Builder:
    """Builds one region; `home`, `store` and `keys` belong to the caller."""

    def __init__(
        self,
        home: RegionHome,
        store: PublishStore,
        keys: KeyRing,
        *,
        expiry: Expiry = REGION_EXPIRY,
        receipts: ReceiptsAt = no_receipts,
        on_progress: OnProgress = quiet,
    ) -> None:
        self._home = home
        self._tree = home.tree
        self._store = store
        self._metadata = MetadataWriter(home.tree, keys, expiry)
        self._receipts = receipts
        self._on_progress = on_progress

    def build(self, issued: datetime) -> BuildReport:
        """Publish what changed.

        Raises:
            IssuedInvalidError: earlier than the newest build.
            KeyMissingError: a key is missing or the root does not name it.
            DiskFullError, ReadOnlyError: the tree still serves the previous release.
        """
        settings = self._home.load_settings()
        pending = self._store.pending()
        if pending is not None:
            report = self._run(pending, settings)
            if pending.issued == times.show(issued):
                return replace(report, was_resumed=True)
        timestamp = self._metadata.timestamp()
        newest = max(self._store.newest_issued(), _issued_text(timestamp))
        if times.show(issued) < newest:
            raise IssuedInvalidError(issued=times.show(issued), newest=newest)
        build = self._store.begin(times.show(issued), timestamp.version + 1 if timestamp else 1)
        report = self._run(build, settings)
        return replace(report, was_resumed=pending is not None)

    def _run(self, build: Build, settings: RegionSettings) -> BuildReport:
        issued = times.read(build.issued)
        upserts, deletions = self._stage_shards(build)
        stage_bundle(self._store, self._tree, build)
        staged = self._store.shards(is_staged=True)
        after = [
            with_kept_deltas(state, issued)
            for state in overlay(self._store.shards(is_staged=False), staged)
        ]
        bundles = used_bundles(self._store.bundles(), after)
        listed = listed_bundles(self._store.delta_bundles(), self._tree, after)
        was_published = self._publish(build, settings, self._index(build, after, bundles), listed)
        write_general_enrolments(self._home, settings, self._metadata.newest_root()[1])
        kept = [bundle.bundle_id for bundle in bundles]
        kept += [bundle.line.bundle_id for bundle in listed.bundles]
        self._store.finish(build, after, kept)
        Pruner(self._tree, self._metadata).prune()
        timestamp = self._metadata.timestamp()
        return BuildReport(
            issued=build.issued,
            shards=len(staged),
            upserts=upserts,
            deletions=deletions,
            timestamp_version=timestamp.version if timestamp else 0,
            was_published=was_published,
        )

    # --- shards

    def _stage_shards(self, build: Build) -> tuple[int, int]:
        """Write what changed; a shard that a cut build finished is not encoded again."""
        keys = self._store.changed_shards()
        staged = {state.shard_id: state for state in self._store.shards(is_staged=True)}
        upserts = deletions = 0
        done: list[ShardState] = []
        for number, key in enumerate(keys):
            self._on_progress(Progress("shards", number, len(keys)))
            changes = self._store.changes(key.shard_id)
            upserts += len(changes.upserts)
            deletions += len(changes.deleted_ids)
            is_done = key.shard_id in staged and self._are_files_there(staged[key.shard_id])
            if (changes.upserts or changes.deleted_ids) and not is_done:
                done.append(self._encode_shard(key, changes, build))
            if len(done) >= _STAGED_TOGETHER:
                self._store.stage_shards(done)
                done.clear()
        done += self._renewed_snapshots({key.shard_id for key in keys} | set(staged), build)
        self._store.stage_shards(done)
        self._on_progress(Progress("shards", len(keys), len(keys)))
        return upserts, deletions

    def _renewed_snapshots(self, changed: set[str], build: Build) -> list[ShardState]:
        """Shards that have long been as they are get a snapshot that needs no old delta."""
        issued = times.read(build.issued)
        return [
            replace(state, snapshot=self._write_snapshot(state.key, state.serial))
            for state in self._store.shards(is_staged=False)
            if state.shard_id not in changed and is_outlived(state, issued)
        ]

    def _are_files_there(self, state: ShardState) -> bool:
        newest = [delta.part.path for delta in state.deltas[-1:]]
        return all(self._tree.path(name).is_file() for name in [state.snapshot.path, *newest])

    def _encode_shard(self, key: ShardKey, changes: Changes, build: Build) -> ShardState:
        before = self._store.shard(key.shard_id)
        serial = before.serial + 1 if before else 1
        entries, files_bytes = self._store.size(key.shard_id)
        if before is None:
            snapshot = self._write_snapshot(key, serial)
            return ShardState(key, entries, files_bytes, serial, snapshot, ())
        raw = encode_delta(key, before.serial, serial, changes.upserts, list(changes.deleted_ids))
        delta = self._write_delta(key.shard_id, before.serial, serial, raw)
        is_due = wants_snapshot(before, delta.length, times.read(build.issued))
        return ShardState(
            key=key,
            entries=entries,
            files_bytes=files_bytes,
            serial=serial,
            snapshot=self._write_snapshot(key, serial) if is_due else before.snapshot,
            deltas=(*before.deltas, DatedDelta(delta, build.issued)),
        )

    def _write_snapshot(self, key: ShardKey, serial: int) -> Part:
        raw = encode_snapshot(key, serial, list(self._store.entries(key.shard_id)))
        sha256 = hashlib.sha256(raw).hexdigest()
        path = layout.snapshot_path(key.shard_id, serial, sha256)
        self._tree.write(path, raw)
        return Part(path, len(raw), sha256, serial)

    def _write_delta(self, shard_id: str, start: int, end: int, raw: bytes) -> DeltaPart:
        sha256 = hashlib.sha256(raw).hexdigest()
        path = layout.delta_path(shard_id, start, end, sha256)
        self._tree.write(path, raw)
        return DeltaPart(start, end, path, len(raw), sha256, None)

    # --- signed documents

    def _publish(
        self, build: Build, settings: RegionSettings, index: Index, listed: Listed
    ) -> bool:
        timestamp = self._metadata.timestamp()
        if timestamp is not None and timestamp.version >= build.timestamp_version:
            return True  # the cut came after the timestamp: only the database had to be closed
        contents = {
            layout.REGION_TARGET: self._region_bytes(settings, build.issued),
            **self._index_contents(index, listed),
            layout.RECEIPTS_TARGET: self._receipts_bytes(settings, build.issued),
        } | target_contents(self._home, settings, self._metadata, build.issued)
        return self._metadata.publish(contents, times.read(build.issued))

    def _index(
        self, build: Build, shards: Sequence[ShardState], bundles: Sequence[BundleLine]
    ) -> Index:
        return Index(
            region_id=self._home.load_settings().region_id,
            issued=build.issued,
            shards=tuple(state.line() for state in shards),
            bundles=tuple(bundles),
        )

    def _region_bytes(self, settings: RegionSettings, issued: str) -> bytes:
        document = RegionDocument(
            region_id=settings.region_id,
            name=settings.name,
            mirrors=settings.mirrors,
            uploads_url=settings.uploads_url,
            statements_url=settings.statements_url,
            issued=issued,
            bundle_key=settings.bundle_key,
        )
        old = self._metadata.target_bytes(layout.REGION_TARGET)
        if old is not None:
            unchanged = replace(document, issued=parse_region_document(old).issued)
            if region_document_to_bytes(unchanged) == old:
                return old
        return region_document_to_bytes(document)

    def _index_contents(self, index: Index, listed: Listed) -> dict[str, bytes]:
        """Both forms; they keep their date for as long as they say the same."""
        old = self._metadata.target_bytes(layout.INDEX_TARGET)
        if old is not None:
            unchanged = replace(index, issued=parse_index(old).issued)
            index = unchanged if index_to_bytes(unchanged) == old else index
        return {
            layout.INDEX_TARGET: index_to_bytes(index),
            layout.SHORT_INDEX_TARGET: short_index_to_bytes(short_index(index, listed)),
        }

    def _receipts_bytes(self, settings: RegionSettings, issued: str) -> bytes:
        """As of `issued`; the document keeps its date for as long as it says the same."""
        receipts = tuple(self._receipts(times.read(issued)))
        old = self._metadata.target_bytes(layout.RECEIPTS_TARGET)
        if old is not None and not receipts:
            return old
        raw = receipts_to_bytes(settings.region_id, issued, receipts)
        is_same = old is not None and old.partition(b"\n")[2] == raw.partition(b"\n")[2]
        return old if old is not None and is_same else raw


def _issued_text(timestamp: Timestamp | None) -> str:
    issued = issued_of(timestamp) if timestamp else None
    return times.show(issued) if issued else ""


def overlay(before: Sequence[ShardState], staged: Sequence[ShardState]) -> list[ShardState]:
    """The published shards with the staged ones in their place, in the order of their ids."""
    merged = {state.shard_id: state for state in (*before, *staged)}
    return [merged[shard_id] for shard_id in sorted(merged)]


def used_bundles(bundles: Sequence[BundleLine], shards: Sequence[ShardState]) -> list[BundleLine]:
    """Bundles that a kept delta still lies in."""
    used = {
        delta.part.bundle.bundle_id
        for state in shards
        for delta in state.deltas
        if delta.part.bundle
    }
    return [bundle for bundle in bundles if bundle.bundle_id in used]

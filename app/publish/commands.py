# SPDX-License-Identifier: GPL-3.0-or-later
"""What the publisher can do, one function a command; the command line only prints."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from app.base.errors import known_os_error
from app.base.locks import ProcessLock
from app.publish.blobs import BlobKeeper
from app.publish.build import Builder, BuildReport, ReceiptsAt, no_receipts
from app.publish.bundle_keys import BundleKeys
from app.publish.checker import CheckReport, ExpectedBlobs, TreeChecker
from app.publish.enrolments import write_general_enrolments, write_school_enrolment
from app.publish.entries import AddReport, EntryAdder
from app.publish.errors import (
    BuildPendingError,
    RegionHomeExistsError,
    RegionHomeMissingError,
)
from app.publish.home import RegionHome, RegionSettings, checked_settings
from app.publish.keys import ALL_KEYS, KeyFolder, MemoryKeys
from app.publish.metadata import STARTER_EXPIRY, MetadataWriter
from app.publish.progress import OnProgress, quiet
from app.publish.receipts import receipts
from app.publish.receiving.store import ReceivedStore
from app.publish.rotation import KeyRotation
from app.publish.schools import keep_accounts, read_schools
from app.publish.store import PublishStore
from app.region.enrolment import enrolment_to_bytes, parse_enrolment
from app.region.index import parse_index
from app.region.layout import (
    BLOBS_DIR,
    CATALOGUE_DIR,
    ENROLMENT_NAME,
    METADATA_DIR,
    PIECES_DIR,
    TARGETS_DIR,
)
from app.region.region_document import SHELF_MIRROR

STARTER_PARTS: Final = (METADATA_DIR, TARGETS_DIR, CATALOGUE_DIR, BLOBS_DIR, PIECES_DIR)
_STAGING: Final = ".starter-"
STARTER_ENTRIES: Final = "entries.ndjson"


@contextmanager
def locked(home: RegionHome) -> Iterator[None]:
    """One publisher at a time in one region."""
    home.load_settings()
    with ProcessLock(home.lock_file):
        yield


@contextmanager
def opened_store(home: RegionHome) -> Iterator[PublishStore]:
    """The working database, closed at the end."""
    store = PublishStore(home.entries_db)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_receipts(home: RegionHome) -> Iterator[ReceiptsAt]:
    """What a build tells about what has been received; nothing where nothing ever was."""
    if not home.received_db.is_file():
        yield no_receipts
        return
    received = ReceivedStore(home.received_db)
    try:
        yield partial(receipts, received)
    finally:
        received.close()


def init(
    root: Path,
    *,
    name: str,
    issued: datetime,
    mirrors: Sequence[str] = (),
    uploads_url: str | None = None,
    statements_url: str | None = None,
    region_id: str | None = None,
    keys_dir: Path | None = None,
) -> RegionSettings:
    """Make a region: keys (or those of `keys_dir`), the first root, the general enrolment.

    Raises:
        RegionHomeExistsError: there is one already.
        SettingInvalidError: a name or address breaks the format.
    """
    home = RegionHome(root)
    settings = checked_settings(
        {
            "region_id": region_id or str(uuid.uuid4()),
            "name": name,
            "mirrors": list(mirrors),
            "uploads_url": uploads_url,
            "statements_url": statements_url,
        }
    )
    if home.settings_file.exists():
        raise RegionHomeExistsError(path=str(root))
    home.make_dirs()
    keys = KeyFolder(home.keys_dir)
    if keys_dir is not None:
        keys.adopt(KeyFolder(keys_dir))
    for key_name in ALL_KEYS:
        keys.make(key_name)
    bundle_keys = BundleKeys(home.keys_dir)
    if keys_dir is not None:
        bundle_keys.adopt(BundleKeys(keys_dir))
    settings = replace(settings, bundle_key=bundle_keys.make())
    raw = MetadataWriter(home.tree, keys).write_first_root(issued)
    write_general_enrolments(home, settings, raw)
    with opened_store(home):
        pass  # a region that cannot hold entries is not begun
    home.save_settings(settings)
    return settings


def add(
    root: Path, entries: Path, files_dir: Path | None, on_progress: OnProgress = quiet
) -> AddReport:
    """Add a file of entries; all of it or nothing."""
    home = RegionHome(root)
    with locked(home), opened_store(home) as store:
        if store.pending() is not None:
            raise BuildPendingError()
        keeper = BlobKeeper(home.tree, store)
        return EntryAdder(store, keeper, files_dir or entries.parent, on_progress).add(entries)


def remove(root: Path, entry_ids: Sequence[str]) -> int:
    """Take entries out of the catalogue with the next build; their blobs stay."""
    home = RegionHome(root)
    with locked(home), opened_store(home) as store:
        return store.remove_entries(entry_ids)


def build(root: Path, issued: datetime, on_progress: OnProgress = quiet) -> BuildReport:
    """Publish what changed since the last build; see `Builder.build`."""
    home = RegionHome(root)
    keys = KeyFolder(home.keys_dir)
    with locked(home), opened_store(home) as store, opened_receipts(home) as told:
        KeyRotation(home.tree, keys).settle()
        builder = Builder(home, store, keys, receipts=told, on_progress=on_progress)
        return builder.build(issued)


def rotate(root: Path, role: str, issued: datetime, keys_dir: Path | None = None) -> int:
    """Give a role new keys; `keys_dir` is where root keys lie that were taken away."""
    home = RegionHome(root)
    keys = KeyFolder(home.keys_dir)
    with locked(home), opened_store(home) as store:
        if store.pending() is not None:
            raise BuildPendingError()
        if keys_dir is not None:
            keys.adopt(KeyFolder(keys_dir))
        version = KeyRotation(home.tree, keys).rotate(role, issued)
        raw = MetadataWriter(home.tree, keys).newest_root()[1]
        write_general_enrolments(home, home.load_settings(), raw)
        return version


def rotate_bundle_key(root: Path) -> bytes:
    """Give bundles on sticks a new key, or a first one; machines learn it with the next build."""
    home = RegionHome(root)
    with locked(home):
        key = BundleKeys(home.keys_dir).replace()
        home.save_settings(replace(home.load_settings(), bundle_key=key))
        return key


def enrol(root: Path, schools_file: Path) -> int:
    """Write one enrolment per school; accounts given out earlier stay as they are."""
    home = RegionHome(root)
    schools = read_schools(schools_file)
    with locked(home):
        settings = home.load_settings()
        raw = MetadataWriter(home.tree, KeyFolder(home.keys_dir)).newest_root()[1]
        accounts = keep_accounts(home.credentials_file, schools)
        for school in schools:
            write_school_enrolment(home, settings, raw, school, accounts[school.code])
    return len(schools)


class _StoredBlobs(ExpectedBlobs):
    def __init__(self, store: PublishStore) -> None:
        self._store = store

    def holds(self, sha256: str) -> bool:
        return self._store.blob(sha256) is not None


def check(root: Path, now: datetime, on_progress: OnProgress = quiet) -> CheckReport:
    """Check a region's home, or a bare tree (a mirror, a stick, the starter region)."""
    home = RegionHome(root)
    if home.settings_file.is_file() and home.entries_db.is_file():
        with opened_store(home) as store:
            return TreeChecker(home.tree.root, now, on_progress, _StoredBlobs(store)).check()
    if not (root / METADATA_DIR).is_dir():
        raise RegionHomeMissingError(path=str(root))
    return TreeChecker(root, now, on_progress, ExpectedBlobs()).check()


def starter(
    source: Path,
    out: Path,
    *,
    name: str,
    region_id: str,
    issued: datetime,
    on_progress: OnProgress = quiet,
) -> BuildReport:
    """Build the starter region from `source/entries.ndjson` as a shelf in `out`.

    Its keys live in memory for this one build; what else lies in `out` is left alone.
    """
    settings = checked_settings({"region_id": region_id, "name": name, "mirrors": [SHELF_MIRROR]})
    try:
        out.mkdir(parents=True, exist_ok=True)
        for left in out.glob(_STAGING + "*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=out, prefix=_STAGING) as folder:
            made = Path(folder) / "shelf"
            home = RegionHome(Path(folder) / "home", made)
            home.make_dirs()
            home.save_settings(settings)
            report = _build_starter(home, source, issued, on_progress)
            _swap_in(made, out, Path(folder) / "old")
    except OSError as error:
        raise known_os_error(error, out) from error
    return report


def _build_starter(
    home: RegionHome, source: Path, issued: datetime, on_progress: OnProgress
) -> BuildReport:
    keys = MemoryKeys()
    MetadataWriter(home.tree, keys, STARTER_EXPIRY).write_first_root(issued)
    with opened_store(home) as store:
        adder = EntryAdder(store, BlobKeeper(home.tree, store), source, on_progress)
        adder.add(source / STARTER_ENTRIES)
        builder = Builder(home, store, keys, expiry=STARTER_EXPIRY, on_progress=on_progress)
        report = builder.build(issued)
    _subscribe_to_all(home)
    return report


def _subscribe_to_all(home: RegionHome) -> None:
    """The starter region is small and belongs together: its exercises come with its lessons."""
    made = home.tree.root
    (index,) = (made / TARGETS_DIR / CATALOGUE_DIR).glob("*.index.ndjson")
    keys = tuple(line.key for line in parse_index(index.read_bytes()).shards)
    enrolment = parse_enrolment((made / ENROLMENT_NAME).read_bytes())
    home.tree.write(ENROLMENT_NAME, enrolment_to_bytes(replace(enrolment, subscriptions=keys)))


def _swap_in(made: Path, out: Path, old: Path) -> None:
    old.mkdir()
    for part in (*STARTER_PARTS, ENROLMENT_NAME):
        if (out / part).exists():
            shutil.move(out / part, old / part)
        if (made / part).exists():
            shutil.move(made / part, out / part)

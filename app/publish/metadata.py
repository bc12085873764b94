# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the region's TUF metadata: consistent snapshots, timestamp last, equal bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.serialization.json import JSONSerializer

from app.base.errors import BugError
from app.publish import times
from app.publish.errors import CheckFailedError, KeyMissingError
from app.publish.keys import (
    ONLINE_ROLES,
    ROOT_KEYS,
    ROOT_THRESHOLD,
    CryptoSigner,
    KeyRing,
    key_names,
)
from app.publish.tree import PublicTree
from app.region.layout import METADATA_DIR, target_path
from app.region.trust import ISSUED_FIELD
from app.region.tuf_types import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

_Payload = TypeVar("_Payload", Root, Snapshot, Targets, Timestamp)
_SERIALIZER: Final = JSONSerializer(compact=True)
TIMESTAMP_NAME: Final = f"{METADATA_DIR}/timestamp.json"


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long each role is believed without news."""

    root: timedelta = timedelta(days=3650)
    targets: timedelta = timedelta(days=800)
    snapshot: timedelta = timedelta(days=400)
    timestamp: timedelta = timedelta(days=400)


REGION_EXPIRY: Final = Expiry()
# The starter region is signed once and never again, so nothing may run out while a machine lives.
STARTER_EXPIRY: Final = Expiry(*(timedelta(days=7300) for _ in range(4)))


def versioned(role: str, version: int) -> str:
    return f"{METADATA_DIR}/{version}.{role}.json"


class MetadataWriter:
    """Reads what is published and writes what follows it."""

    def __init__(self, tree: PublicTree, keys: KeyRing, expiry: Expiry = REGION_EXPIRY) -> None:
        self._tree = tree
        self._keys = keys
        self._expiry = expiry

    # --- reading

    def newest_root(self) -> tuple[int, bytes]:
        """Version and bytes of the newest root in the tree; version 0 when there is none."""
        version, newest = 0, b""
        while (raw := self._tree.read(versioned("root", version + 1))) is not None:
            version, newest = version + 1, raw
        return version, newest

    def root(self) -> Root:
        """The newest root."""
        version, raw = self.newest_root()
        return _signed(raw, versioned("root", version), Root)

    def timestamp(self) -> Timestamp | None:
        return self._published(TIMESTAMP_NAME, Timestamp)

    def snapshot(self) -> Snapshot | None:
        timestamp = self.timestamp()
        if timestamp is None:
            return None
        return self._published(versioned("snapshot", timestamp.snapshot_meta.version), Snapshot)

    def targets(self) -> Targets | None:
        snapshot = self.snapshot()
        if snapshot is None:
            return None
        return self._published(versioned("targets", snapshot.meta["targets.json"].version), Targets)

    def _published(self, name: str, kind: type[_Payload]) -> _Payload | None:
        raw = self._tree.read(name)
        if raw is None:
            return None
        return _signed(raw, name, kind)

    def target_bytes(self, target_name: str) -> bytes | None:
        """The published bytes of a target."""
        targets = self.targets()
        target = targets.targets.get(target_name) if targets else None
        return self._tree.read(target_path(target_name, _sha256(target))) if target else None

    # --- writing

    def write_first_root(self, issued: datetime) -> bytes:
        root = Root(expires=issued + self._expiry.root, consistent_snapshot=True)
        for name in ROOT_KEYS:
            root.add_key(self._keys.signer(name).public_key, "root")
        root.roles["root"].threshold = ROOT_THRESHOLD
        for role in ONLINE_ROLES:
            root.add_key(self._keys.signer(role).public_key, role)
        signers = [self._keys.signer(name) for name in ROOT_KEYS]
        return self.write_root(root, signers)

    def write_root(self, root: Root, signers: Sequence[CryptoSigner]) -> bytes:
        raw = _sign(root, signers)
        self._tree.write(versioned("root", root.version), raw)
        return raw

    def new_root(self, issued: datetime) -> Root:
        """A copy of the newest root, one version on, to be changed and signed."""
        root = self.root()
        root.version += 1
        root.expires = issued + self._expiry.root
        return root

    def publish(
        self,
        contents: Mapping[str, bytes],
        issued: datetime,
        *,
        also: Mapping[str, CryptoSigner] | None = None,
        force: frozenset[str] = frozenset(),
    ) -> bool:
        """Sign `contents` as the targets; whether anything was published.

        Only roles whose content changed, or half of whose life is over, get a new version; `force`
        names roles to sign anew, `also` a second signer for a role (during a key rotation).
        """
        extra = also or {}
        self._check_signers(extra)
        previous = self.timestamp()
        targets, is_new_targets = self._next_targets(contents, issued, "targets" in force)
        snapshot, is_new_snapshot = self._next_snapshot(
            targets.version, issued, is_new_targets or "snapshot" in force
        )
        is_same_time = previous is not None and previous.unrecognized_fields.get(
            ISSUED_FIELD
        ) == times.show(issued)
        if is_same_time and not is_new_snapshot and "timestamp" not in force:
            return False
        if is_new_targets:
            for name, raw in contents.items():
                self._tree.write(target_path(name, _sha256(TargetFile.from_data(name, raw))), raw)
            self._write("targets", targets, extra)
        if is_new_snapshot:
            self._write("snapshot", snapshot, extra)
        timestamp = Timestamp(
            version=previous.version + 1 if previous else 1,
            expires=issued + self._expiry.timestamp,
            snapshot_meta=MetaFile(snapshot.version),
            unrecognized_fields={ISSUED_FIELD: times.show(issued)},
        )
        self._tree.write(TIMESTAMP_NAME, _sign(timestamp, self._signers("timestamp", extra)))
        return True

    def _check_signers(self, also: Mapping[str, CryptoSigner]) -> None:
        """A tree signed by keys that the root does not name would lock every client out."""
        root = self.root()
        for role in ONLINE_ROLES:
            signers = self._signers(role, also)
            if not any(one.public_key.keyid in root.roles[role].keyids for one in signers):
                raise KeyMissingError(role=role, path=versioned("root", root.version))

    def _next_targets(
        self, contents: Mapping[str, bytes], issued: datetime, is_forced: bool
    ) -> tuple[Targets, bool]:
        current = self.targets()
        wanted = {
            name: TargetFile.from_data(name, raw, ["sha256"]) for name, raw in contents.items()
        }
        is_same = current is not None and current.targets == wanted and not is_forced
        if (
            current is not None
            and is_same
            and not _is_half_over(current.expires, self._expiry.targets, issued)
        ):
            return current, False
        return (
            Targets(
                version=current.version + 1 if current else 1,
                expires=issued + self._expiry.targets,
                targets=dict(sorted(wanted.items())),
            ),
            True,
        )

    def _next_snapshot(
        self, targets_version: int, issued: datetime, is_changed: bool
    ) -> tuple[Snapshot, bool]:
        current = self.snapshot()
        if (
            current is not None
            and not is_changed
            and not _is_half_over(current.expires, self._expiry.snapshot, issued)
        ):
            return current, False
        return (
            Snapshot(
                version=current.version + 1 if current else 1,
                expires=issued + self._expiry.snapshot,
                meta={"targets.json": MetaFile(targets_version)},
            ),
            True,
        )

    def _write(self, role: str, signed: Any, also: Mapping[str, CryptoSigner]) -> None:
        self._tree.write(versioned(role, signed.version), _sign(signed, self._signers(role, also)))

    def _signers(self, role: str, also: Mapping[str, CryptoSigner]) -> list[CryptoSigner]:
        signers = [self._keys.signer(name) for name in key_names(role)]
        return [*signers, also[role]] if role in also else signers


def _sign(signed: Any, signers: Sequence[CryptoSigner]) -> bytes:
    metadata: Metadata[Any] = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata.to_bytes(_SERIALIZER)


def _signed(raw: bytes, name: str, kind: type[_Payload]) -> _Payload:
    """The payload of our own published metadata; a damaged tree is reported, not overwritten."""
    try:
        signed: Any = Metadata.from_bytes(raw).signed
    except RepositoryError as error:
        raise CheckFailedError(problems=1, first=name) from error
    if not isinstance(signed, kind):
        raise CheckFailedError(problems=1, first=name)
    return signed


def _sha256(target: TargetFile) -> str:
    sha256 = target.hashes.get("sha256")
    if sha256 is None:
        raise BugError("targets are named by sha256")
    return sha256


def _is_half_over(expires: datetime, life: timedelta, issued: datetime) -> bool:
    return expires - issued < life / 2

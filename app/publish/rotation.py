# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces a role's keys so that every client follows, also one that was away for years.

Order: the role's metadata is first signed by the old and the new key, so it is valid under either
root; then the new root appears, signed by the old and the new root keys; then the keys change
places at home. A cut at any point is continued by the same command.
"""

from datetime import datetime
from pathlib import Path

from app.base import files
from app.base.errors import BugError
from app.publish.errors import KeyMissingError
from app.publish.keys import (
    ONLINE_ROLES,
    ROLES,
    ROOT_KEYS,
    ROOT_THRESHOLD,
    CryptoSigner,
    KeyFolder,
    key_names,
)
from app.publish.metadata import MetadataWriter
from app.publish.tree import PublicTree
from app.region.layout import TARGET_NAMES
from app.region.tuf_types import Key, Root


class KeyRotation:
    """Rotates keys of one region."""

    def __init__(self, tree: PublicTree, keys: KeyFolder) -> None:
        self._keys = keys
        self._next = KeyFolder(keys.root / "next")
        self._metadata = MetadataWriter(tree, keys)

    def rotate(self, role: str, issued: datetime) -> int:
        """Give `role` new keys; the version of the new root.

        Raises:
            KeyMissingError: fewer than two of the old root keys are here.
        """
        if role not in ROLES:
            raise BugError(f"no role {role}")
        if self.settle():
            return self._metadata.newest_root()[0]
        root_signers = self._old_root_signers()
        fresh = {name: self._next.make(name) for name in key_names(role)}
        if role in ONLINE_ROLES and self._metadata.timestamp() is not None:
            self._sign_by_both(role, fresh[role], issued)
        root = self._metadata.new_root(issued)
        _replace_keys(root, role, [signer.public_key for signer in fresh.values()])
        extra = list(fresh.values()) if role == "root" else []
        self._metadata.write_root(root, [*root_signers, *extra])
        self.settle()
        return root.version

    def settle(self) -> bool:
        """Finish rotations that were cut after their root was published; whether there were any."""
        if not self._metadata.newest_root()[0]:
            return False
        root = self._metadata.root()
        settled = [self._settle_role(role, root) for role in ROLES]
        return any(settled)

    def _settle_role(self, role: str, root: Root) -> bool:
        waiting = [name for name in key_names(role) if self._next.has(name)]
        published = set(root.roles[role].keyids)
        if not any(self._next.signer(name).public_key.keyid in published for name in waiting):
            return False
        for name in waiting:
            self._put_in_place(name, root.version)
        return True

    def _put_in_place(self, name: str, version: int) -> None:
        current = self._keys.path(name)
        if current.is_file():
            retired = self._keys.root / "retired"
            files.publish_file(current, _free_name(retired, f"{name}-until-root-{version}"))
        files.publish_file(self._next.path(name), current)

    def _old_root_signers(self) -> list[CryptoSigner]:
        """The old root keys that are here; two are needed, the third may be lost or sealed away."""
        keyids = self._metadata.root().roles["root"].keyids
        signers = [self._keys.signer(name) for name in ROOT_KEYS if self._keys.has(name)]
        known = [signer for signer in signers if signer.public_key.keyid in keyids]
        if len(known) < ROOT_THRESHOLD:
            raise KeyMissingError(role="root", path=str(self._keys.root))
        return known

    def _sign_by_both(self, role: str, fresh: CryptoSigner, issued: datetime) -> None:
        contents = {
            name: raw
            for name in TARGET_NAMES
            if (raw := self._metadata.target_bytes(name)) is not None
        }
        self._metadata.publish(contents, issued, also={role: fresh}, force=frozenset({role}))


def _replace_keys(root: Root, role: str, keys: list[Key]) -> None:
    for keyid in list(root.roles[role].keyids):
        root.revoke_key(keyid, role)
    for key in keys:
        root.add_key(key, role)


def _free_name(folder: Path, stem: str) -> Path:
    for number in range(1, 10_000):
        path = folder / (f"{stem}.pem" if number == 1 else f"{stem}-{number}.pem")
        if not path.exists():
            return path
    raise BugError("no free name for a retired key")

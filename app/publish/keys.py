# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing keys: ed25519, one file a key, made once and kept at home.

Three root keys of which two must sign: two holders and one sealed spare, so that neither one lost
nor one stolen key is the end of the region.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]

from app.base import files
from app.base.errors import known_os_error
from app.publish.errors import KeyMissingError
from app.publish.home import make_dir

__all__ = [
    "ALL_KEYS",
    "ONLINE_ROLES",
    "ROLES",
    "ROOT_KEYS",
    "ROOT_THRESHOLD",
    "CryptoSigner",
    "KeyFolder",
    "KeyRing",
    "MemoryKeys",
    "key_names",
]

ROOT_KEYS: Final = ("root-1", "root-2", "root-3")
ROOT_THRESHOLD: Final = 2
ONLINE_ROLES: Final = ("targets", "snapshot", "timestamp")
ALL_KEYS: Final = ROOT_KEYS + ONLINE_ROLES
ROLES: Final = ("root", *ONLINE_ROLES)


def key_names(role: str) -> tuple[str, ...]:
    return ROOT_KEYS if role == "root" else (role,)


class KeyRing(Protocol):
    """Where signers come from."""

    def signer(self, name: str) -> CryptoSigner:
        """The signer of that name; KeyMissingError when it is not here."""
        ...


class MemoryKeys:
    """Throwaway keys that never touch a disk (the starter region)."""

    def __init__(self) -> None:
        self._signers: Mapping[str, CryptoSigner] = {
            name: CryptoSigner.generate_ed25519() for name in ALL_KEYS
        }

    def signer(self, name: str) -> CryptoSigner:
        return self._signers[name]


class KeyFolder:
    """Keys as PEM files, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root / f"{name}.pem"

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def signer(self, name: str) -> CryptoSigner:
        path = self.path(name)
        try:
            pem = path.read_bytes()
        except FileNotFoundError as error:
            raise KeyMissingError(role=name, path=str(path)) from error
        except OSError as error:
            raise known_os_error(error, path) from error
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyMissingError(role=name, path=str(path)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyMissingError(role=name, path=str(path))
        return CryptoSigner(key)

    def make(self, name: str) -> CryptoSigner:
        """The key of that name, made now if there is none."""
        if not self.has(name):
            self.save(name, CryptoSigner.generate_ed25519().private_bytes)
        return self.signer(name)

    def save(self, name: str, pem: bytes) -> None:
        make_dir(self.root)
        files.replace_bytes(self.path(name), pem)
        if os.name != "nt":
            self.path(name).chmod(0o600)

    def adopt(self, source: "KeyFolder") -> None:
        """Copy the keys that `source` has and this folder lacks."""
        for name in ALL_KEYS:
            if source.has(name) and not self.has(name):
                self.save(name, source.signer(name).private_bytes)

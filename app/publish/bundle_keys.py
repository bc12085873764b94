# SPDX-License-Identifier: GPL-3.0-or-later
"""The key that bundles on sticks are sealed for: its secret at home, its public half published.

A stick may take months to come home, so keys that were replaced are kept and still open bundles.
"""

from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from app.base import files
from app.base.errors import known_os_error
from app.publish.errors import KeyMissingError
from app.publish.keys import KeyFolder

BUNDLE_KEY: Final = "bundle"
_RETIRED: Final = "retired"


class BundleKeys:
    """The bundle keys in a region's folder of keys."""

    def __init__(self, root: Path) -> None:
        self._keys = KeyFolder(root)
        self._retired = root / _RETIRED

    @property
    def path(self) -> Path:
        return self._keys.path(BUNDLE_KEY)

    def make(self) -> bytes:
        """The public key, made now if there is none."""
        if not self.path.is_file():
            self._save(X25519PrivateKey.generate())
        return self.public()

    def public(self) -> bytes:
        """Raises KeyMissingError when the secret is not here."""
        return _load(self.path).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def replace(self) -> bytes:
        """Make a new key; the one before keeps opening what is on its way."""
        if self.path.is_file():
            stem = f"{BUNDLE_KEY}-{self.public().hex()[:16]}"
            files.publish_file(self.path, self._retired / f"{stem}.pem")
        return self.make()

    def adopt(self, source: "BundleKeys") -> None:
        """Copy the key that `source` has and this folder lacks."""
        if source.path.is_file() and not self.path.is_file():
            self._save(_load(source.path))

    def secrets(self) -> list[bytes]:
        """Every secret that may open a bundle, the newest first; KeyMissingError without any."""
        retired = sorted(self._retired.glob(f"{BUNDLE_KEY}-*.pem"))
        paths = [path for path in (self.path, *retired) if path.is_file()]
        if not paths:
            raise KeyMissingError(role=BUNDLE_KEY, path=str(self.path))
        return [
            _load(path).private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            for path in paths
        ]

    def _save(self, key: X25519PrivateKey) -> None:
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._keys.save(BUNDLE_KEY, pem)


def _load(path: Path) -> X25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError as error:
        raise KeyMissingError(role=BUNDLE_KEY, path=str(path)) from error
    except OSError as error:
        raise known_os_error(error, path) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyMissingError(role=BUNDLE_KEY, path=str(path)) from error
    if not isinstance(key, X25519PrivateKey):
        raise KeyMissingError(role=BUNDLE_KEY, path=str(path))
    return key

# SPDX-License-Identifier: GPL-3.0-or-later
"""The public tree on disk: every write of the publisher into it goes through here."""

import hashlib
from pathlib import Path

from app.base import files
from app.base.errors import known_os_error


class PublicTree:
    """A folder that can be served as it is at every moment."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root.joinpath(*name.split("/"))

    def place(self, name: str) -> str:
        """`path` as text: of thousands of files making a `Path` costs as much as reading them."""
        return f"{self.root}/{name}"

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None when it is not there."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise known_os_error(error, self.path(name)) from error

    def write(self, name: str, content: bytes) -> None:
        """Replace a file durably; equal content is left alone."""
        if self.read(name) == content:
            return
        path = self.path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise known_os_error(error, path) from error
        files.replace_bytes(path, content)

    def holds(self, name: str, sha256: str, length: int) -> bool:
        """Whether a file is there with exactly these bytes."""
        content = self.read(name)
        return (
            content is not None
            and len(content) == length
            and hashlib.sha256(content).hexdigest() == sha256
        )

    def remove(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

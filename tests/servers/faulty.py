# SPDX-License-Identifier: GPL-3.0-or-later
"""A mirror that misbehaves: serves a folder, and spoils the paths that a test names."""

import sys
from pathlib import Path
from typing import Literal

from tests.servers.process import ControlledServer

Kind = Literal[
    "truncated",  # full Content-Length, the line breaks after `after_bytes`
    "short",  # a Content-Length that agrees with a body cut to `after_bytes`
    "no_length",  # no Content-Length; closed after `after_bytes`
    "flipped",  # the byte at `after_bytes` of the file is another one
    "wrong_range",  # 206 of another range than asked, honestly named
    "lying_range",  # 206 that names the asked range and brings other bytes
    "ignored_range",  # 200 with the whole file
    "no_content_range",  # 206 that does not say which bytes it brings
    "status",  # `status` with a plain body, `retry_after_s` if given
    "redirect",  # 302 to a log-in page
    "html",  # 200 with a page
    "gzip",  # Content-Encoding: gzip although identity was asked
    "hang",  # no reply until the test resets the server
    "stall",  # `after_bytes` of the body, then silence until the reset
    "drip",  # one byte of the body at a time, `pause_ms` apart
    "endless",  # a body that never ends
    "reset",  # the connection is reset
]


class FaultyServer(ControlledServer):
    """Serves `served` with ranges like a good mirror, except where a fault was ordered."""

    name = "faulty"

    def __init__(self, folder: Path, served: Path) -> None:
        super().__init__(folder)
        self.served = served

    @property
    def url(self) -> str:
        return f"{self.address}/"

    def command(self) -> list[str]:
        program = ["-m", "tests.servers.faulty_app"]
        return [sys.executable, *program, str(self.port), str(self.served)]

    def fault(
        self,
        path: str,
        kind: Kind,
        *,
        count: int | None = None,
        after_bytes: int = 0,
        status: int = 404,
        retry_after_s: int | None = None,
        pause_ms: int = 200,
    ) -> None:
        """Spoil replies for paths that match the pattern `path`; `count` None means always."""
        self.order(
            do="fault",
            path=path,
            kind=kind,
            count=count,
            after_bytes=after_bytes,
            status=status,
            retry_after_s=retry_after_s,
            pause_ms=pause_ms,
        )

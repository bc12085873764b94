# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens one package in a process of its own and prints what its page and its renderer say.

`python -m tests.player.hostile_run PACKAGE`; the page ends by writing JSON into its title.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.player.item import PlayItem
from app.player.web_view import WebView
from app.region.media import WEB_PACKAGE

PATIENCE_MS = 40_000


def main() -> None:
    """See the module."""
    path = Path(sys.argv[1])
    app = QApplication(["kezhan"])
    item = PlayItem(
        region_id="r", entry_id="e", title="t", path=path, media_type=WEB_PACKAGE, name="a.zip",
        sha256="", converted_dir=path.parent / "converted",
    )  # fmt: skip
    view = WebView(item)
    loop = QEventLoop()
    view.resize(640, 360)
    view.show()
    view.open()
    assert view.sandbox is not None
    page = view.sandbox.page

    def take_title(title: str) -> None:
        if title.startswith("{"):
            loop.quit()

    page.titleChanged.connect(take_title)
    view.failed.connect(loop.quit)
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    loop.exec()
    pid = page.renderProcessPid()
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    told = {
        "user": os.geteuid(),
        "page": json.loads(page.title() or "null"),
        "seccomp": found["Seccomp"].strip(),
        "is_in_own_namespace": Path(f"/proc/{pid}/ns/user").readlink()
        != Path("/proc/self/ns/user").readlink(),
        "kept_rights": found["CapEff"].strip(),
    }
    print(json.dumps(told))
    del page
    view.close_item()
    view.deleteLater()
    # Pages must go before their profiles; an event loop that ends sees to it.
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    main()

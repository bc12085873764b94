# SPDX-License-Identifier: GPL-3.0-or-later
"""A captive portal: whatever is asked, it answers with its log-in page, in one of several ways."""

import sys
from typing import Literal

from tests.servers.control import Control, ControlledHandler, Order, serve
from tests.servers.process import ControlledServer

PAGE = b"<!doctype html><html><title>Log in</title><body>Please log in to the network</body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}

Mode = Literal["page", "redirect", "status_511", "partial"]


class Portal(ControlledServer):
    """Modes: `page` 200 with HTML, `redirect` 302, `status_511`, `partial` 206 like a range."""

    name = "portal"

    @property
    def url(self) -> str:
        return f"{self.address}/"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "tests.servers.portal", str(self.port)]

    def set_mode(self, mode: Mode) -> None:
        self.order(do="mode", mode=mode)


class PortalHandler(ControlledHandler):
    """Answers in the mode that was ordered last."""

    mode: Mode = "page"

    def answer(self) -> None:
        mode = PortalHandler.mode
        if mode == "redirect" and self.path != "/login":
            self.reply(302, b"", {"Location": f"http://{self.headers['Host']}/login"})
        elif mode == "status_511":
            self.reply(511, PAGE, HTML)
        elif mode == "partial" and self.headers.get("Range"):
            start = self.headers["Range"].removeprefix("bytes=").split("-")[0] or "0"
            end = int(start) + len(PAGE) - 1
            self.reply(206, PAGE, HTML | {"Content-Range": f"bytes {start}-{end}/{end + 1}"})
        else:
            self.reply(200, PAGE, HTML)


def _obey(order: Order) -> None:
    PortalHandler.mode = order["mode"] if order["do"] == "mode" else "page"


if __name__ == "__main__":
    PortalHandler.control = Control(_obey)
    serve(int(sys.argv[1]), PortalHandler)

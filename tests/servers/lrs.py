# SPDX-License-Identifier: GPL-3.0-or-later
"""The learning record store that the region would run: Ralph, reached by xAPI on loopback."""

import sys
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import requests

from tests.servers.process import REPOSITORY, ControlledServer, ServerFailedError

XAPI_VERSION = {"X-Experience-API-Version": "1.0.3"}
ENVIRONMENT = REPOSITORY / ".venv" / "lrs"


class LearningRecordStore(ControlledServer):
    """Takes statements at `url` from `user` with `password`; keeps them over `kill()`."""

    name = "lrs"
    user = "school"
    password = "secret-of-the-school"

    @property
    def url(self) -> str:
        """The xAPI endpoint; statements go to `url` + "statements"."""
        return f"{self.address}/xAPI/"

    @property
    def auth(self) -> tuple[str, str]:
        return (self.user, self.password)

    def command(self) -> list[str]:
        python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if not python.exists():
            raise ServerFailedError("Ralph is not installed: python3 dev.py test installs it")
        (self.folder / "statements").mkdir(exist_ok=True)
        program = Path(__file__).with_name("ralph_app.py")
        arguments = [str(self.port), str(self.folder), self.user, self.password]
        return [str(python), str(program), *arguments]

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.address}/__heartbeat__", timeout=30).ok
        except requests.RequestException:
            return False

    def fault(
        self,
        method: str,
        kind: Literal["status", "hang", "portal", "lost_reply"],
        *,
        count: int = 1,
        status: int = 503,
    ) -> None:
        """Let the next `count` requests of a method fail before or after the store did its work."""
        self.order(do="fault", method=method, kind=kind, count=count, status=status)

    def post(self, statements: list[dict[str, Any]]) -> requests.Response:
        """Send statements as any xAPI client would."""
        return requests.post(
            f"{self.url}statements",
            json=statements,
            auth=self.auth,
            headers=XAPI_VERSION,
            timeout=30,
        )

    def statements(self) -> list[dict[str, Any]]:
        """Read back every statement, page by page, in the order the store kept them."""
        found: list[dict[str, Any]] = []
        address = f"{self.url}statements"
        while address:
            answer = requests.get(address, auth=self.auth, headers=XAPI_VERSION, timeout=30)
            answer.raise_for_status()
            page = answer.json()
            found += page["statements"]
            more = page.get("more") or ""
            address = urljoin(self.address, more) if more else ""
        return found

    def empty(self) -> None:
        """Forget faults, requests and all statements."""
        self.reset()
        (self.folder / "statements" / "statements.jsonl").unlink(missing_ok=True)

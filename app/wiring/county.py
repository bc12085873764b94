# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the region's side to the network: statements that came on sticks go to a record store."""

import json
import os
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from app.sync.errors import MirrorBrokenError
from app.sync.headers import basic_auth, error_of_status
from app.sync.http import HttpSession, Timeouts
from app.sync.statements.courier import statements_address

ACCOUNT_VARIABLE: Final = "KEZHAN_STATEMENTS_ACCOUNT"  # user:password, not for the command line
_HEADERS: Final = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
_AT_ONCE: Final = 100
_CONFLICT: Final = 409
_BAD_BATCH: Final = (400, _CONFLICT, 413, 422)
_TIMEOUTS: Final = Timeouts(silence_s=30.0, total_s=300.0)


class RecordStore:
    """Posts to one learning record store over xAPI 1.0.3."""

    def __init__(self, endpoint: str) -> None:
        self._address = statements_address(endpoint)
        user, mark, password = os.environ.get(ACCOUNT_VARIABLE, "").partition(":")
        self._headers = {**_HEADERS, **(basic_auth(user, password) if mark else {})}
        self._session = HttpSession()

    def post(self, statements: Sequence[bytes]) -> list[bytes]:
        """Bring statements there; a refused batch is halved until the bad ones are found.

        A store that has an id with other content answers 409: it was told over a line before.
        """
        refused: list[bytes] = []
        starts = range(0, len(statements), _AT_ONCE)
        waiting = [statements[start : start + _AT_ONCE] for start in reversed(starts)]
        while waiting:
            batch = waiting.pop()
            status = self._send(batch)
            if status in (200, 204):
                continue
            if len(batch) > 1:
                middle = len(batch) // 2
                waiting += [batch[middle:], batch[:middle]]
            elif status != _CONFLICT:
                refused += batch
        return refused

    def _send(self, batch: Sequence[bytes]) -> int:
        reply = self._session.request(
            "POST",
            self._address,
            headers=self._headers,
            data=b"[" + b",".join(batch) + b"]",
            timeout=_TIMEOUTS,
        )
        path = urlsplit(self._address).path
        if reply.status == 200 and not _is_list(reply.content):
            raise MirrorBrokenError(host=reply.host, path=path, reason="not_a_statement_store")
        if reply.status in (200, 204, *_BAD_BATCH):
            return reply.status
        error = error_of_status(reply.status, reply.host, path, reply.retry_after_s)
        raise error or MirrorBrokenError(
            host=reply.host, path=path, reason=f"status_{reply.status}"
        )


def _is_list(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), list)
    except (ValueError, RecursionError):
        return False

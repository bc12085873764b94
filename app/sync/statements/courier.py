# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings statements to one region's learning record store, in batches, whatever the line does.

The id of a statement is that of its event and its bytes are fixed before the first sending, so a
repeat is harmless: the store answers 204, or 200 naming the new ones. It answers 4xx to a whole
batch for one bad statement; then the batch is halved until the bad one is found and set aside.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit, urlunsplit

from app.base.errors import CancelledError, KnownError
from app.sync.errors import (
    ConnectionLostError,
    MirrorBrokenError,
    MirrorSilentError,
    TransferPausedError,
)
from app.sync.headers import error_of_status, host_of
from app.sync.http import HttpResponse, HttpSession, Timeouts
from app.sync.statements.batch import BatchSize
from app.sync.statements.errors import StatementRefusedError
from app.sync.statements.freezing import Times, freeze_oldest
from app.sync.statements.step import Emit, Endpoint, Patience, StepResult
from app.sync.statements.store import FrozenStatement, StatementStore

__all__ = ["StatementCourier", "Times", "statements_address"]
logger = logging.getLogger(__name__)
_HEADERS = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
_CONFLICT = 409
_BAD_BATCH = (400, _CONFLICT, 422)
_TOO_LARGE = 413
_MAX_REPLY_BYTES = 1 << 20
_MAX_REASON_CHARS = 300
# The worst line we serve still carries this much; a batch that needs longer is stuck.
_SLOWEST_BYTES_S = 4096
# A store that refuses one statement after the other is broken itself; ask it more slowly.
_REFUSALS_IN_A_ROW = 3

Batch = tuple[FrozenStatement, ...]


class StatementCourier:
    """One region's statements. Used from the agent's main thread only."""

    def __init__(
        self,
        session: HttpSession,
        store: StatementStore,
        endpoint: Endpoint,
        times: Times,
        *,
        emit: Emit,
        should_stop: Callable[[], bool],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._store = store
        self._endpoint = endpoint
        self._address = statements_address(endpoint.url)
        self._times = times
        self._emit = emit
        self._should_stop = should_stop
        self._clock_s = clock_s
        self._size = BatchSize()
        self.patience = Patience(clock_s)
        self._halves: list[Batch] = []
        self._refusals = 0
        self._known = 0

    def step(self, deadline_s: float | None = None) -> StepResult:
        """Send one batch, or batches until `deadline_s` of the monotonic clock.

        Raises:
            CancelledError, TransferPausedError: the agent stops or pauses; nothing is lost.
        """
        wait_s = self.patience.left_s
        if wait_s > 0:
            return self._result(0, wait_s=wait_s)
        sent = self._known = 0
        problems: list[KnownError] = []
        while not self._should_stop():
            try:
                batch = self._next_batch()
                if not batch:
                    return self._result(sent, problems)
                sent += self._send(batch, problems)
            except (CancelledError, TransferPausedError):
                raise
            except KnownError as error:
                return self._result(sent, [*problems, error], wait_s=self._wait_after(error))
            if self._refusals >= _REFUSALS_IN_A_ROW:
                return self._result(sent, problems, wait_s=self.patience.after_refusals())
            if deadline_s is None or self._clock_s() >= deadline_s:
                break
        return self._result(sent, problems, is_idle=False)

    def _next_batch(self) -> Batch:
        if self._halves:
            return self._halves.pop()
        frozen = self._store.frozen(self._endpoint.region_id, self._size.count)
        if not frozen and self._freeze(self._size.count):
            frozen = self._store.frozen(self._endpoint.region_id, self._size.count)
        return frozen

    def _freeze(self, count: int) -> bool:
        """Fix the bytes of the oldest waiting statements; False when none waits."""
        endpoint = self._endpoint
        return freeze_oldest(
            self._store, endpoint.region_id, endpoint.school_code, self._times, count
        )

    def _send(self, batch: Batch, problems: list[KnownError]) -> int:
        body = b"[" + b",".join(one.body for one in batch) + b"]"
        timeouts = Timeouts(silence_s=30.0, total_s=60.0 + len(body) / _SLOWEST_BYTES_S)
        started_s = self._clock_s()
        reply = self._session.request(
            "POST",
            self._address,
            headers={**_HEADERS, **self._endpoint.headers},
            data=body,
            timeout=timeouts,
            max_bytes=_MAX_REPLY_BYTES,
        )
        if reply.status in (200, 204):
            _require_answer_of_a_store(reply, batch)
            self._store.delivered(one.statement_id for one in batch)
            self._size.took(self._clock_s() - started_s)
            self.patience.succeeded()
            self._refusals = 0
            self._emit({"event": "changed", "what": "outbox"})
            return len(batch)
        if reply.status == _TOO_LARGE:
            self._size.was_too_large(len(batch))
        if reply.status in (*_BAD_BATCH, _TOO_LARGE):
            self._narrow(batch, reply, problems)
            return 0
        error = error_of_status(reply.status, reply.host, self._path, reply.retry_after_s)
        raise error or MirrorBrokenError(
            host=reply.host, path=self._path, reason=f"status_{reply.status}"
        )

    def _narrow(self, batch: Batch, reply: HttpResponse, problems: list[KnownError]) -> None:
        """Halve a refused batch; a single refused statement is set aside, and said."""
        if len(batch) > 1:
            middle = len(batch) // 2
            self._halves += [batch[middle:], batch[:middle]]
            return
        statement_id = batch[0].statement_id
        if reply.status == _CONFLICT and self._is_stored(batch[0]):
            self._store.delivered([statement_id])
            self._refusals = 0
            self._known += 1
            return
        reason = reply.content.decode("utf-8", "replace")[:_MAX_REASON_CHARS]
        self._store.quarantine(statement_id, reply.status, reason)
        error = StatementRefusedError(
            host=reply.host, status=reply.status, statement_id=statement_id
        )
        problems.append(error)
        self._refusals += 1
        self._emit({"event": "changed", "what": "outbox"})

    def _is_stored(self, one: FrozenStatement) -> bool:
        """Whether the store has this very event, told when a clock or a disk was set back.

        Its time or account may differ then; what happened to what in which viewing cannot.
        """
        separator = "&" if "?" in self._address else "?"
        reply = self._session.request(
            "GET",
            f"{self._address}{separator}statementId={one.statement_id}",
            headers={**_HEADERS, **self._endpoint.headers},
            max_bytes=_MAX_REPLY_BYTES,
        )
        if reply.status != 200:
            return False
        own = _event_of(json.loads(one.body))
        try:
            told = json.loads(reply.content)
        except (ValueError, RecursionError):
            return False
        # The standard answers with the statement itself, one store with a list of one.
        listed = told.get("statements") if isinstance(told, dict) else None
        return own in map(_event_of, listed if isinstance(listed, list) else [told])

    def _wait_after(self, error: KnownError) -> float:
        """How long this endpoint is left alone; what is half told apart is told apart anew."""
        self._halves.clear()
        if isinstance(error, ConnectionLostError | MirrorSilentError):
            self._size.failed()
        return self.patience.after(error)

    @property
    def _path(self) -> str:
        return urlsplit(self._address).path

    def _result(
        self,
        sent: int,
        problems: Sequence[KnownError] = (),
        *,
        is_idle: bool = True,
        wait_s: float | None = None,
    ) -> StepResult:
        left = self._store.left(self._endpoint.region_id)
        is_idle = is_idle or not left
        return StepResult(sent, left, is_idle, wait_s, tuple(problems), known=self._known)


def statements_address(endpoint: str) -> str:
    """The statements resource of an xAPI endpoint, whether or not the region wrote it out."""
    parts = urlsplit(endpoint)
    path = parts.path.rstrip("/")
    if not path.endswith("/statements"):
        path += "/statements"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _require_answer_of_a_store(reply: HttpResponse, batch: Batch) -> None:
    """A 200 lists ids of ours; whatever else says 200 has stored nothing."""
    if reply.status == 204:
        return
    try:
        ids = json.loads(reply.content)
    except (ValueError, RecursionError):
        ids = None
    own = {one.statement_id for one in batch}
    if not isinstance(ids, list) or not own.issuperset(map(str, ids)):
        raise MirrorBrokenError(host=host_of(reply.url), reason="not_a_statement_store")


def _event_of(statement: object) -> tuple[object, ...]:
    """What names the event in a statement: id, verb, object, viewing."""
    if not isinstance(statement, dict):
        return ()
    parts = [statement.get(name) for name in ("verb", "object", "context")]
    verb, thing, context = (part if isinstance(part, dict) else {} for part in parts)
    return statement.get("id"), verb.get("id"), thing.get("id"), context.get("registration")

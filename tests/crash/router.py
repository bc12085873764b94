# SPDX-License-Identifier: GPL-3.0-or-later
"""The school's router: everything goes through it, and it can cut, or let a portal answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from enum import StrEnum
from typing import Any

CHUNK_BYTES = 65536


class State(StrEnum):
    """What the line is like."""

    OPEN = "open"
    CUT = "cut"
    PORTAL = "portal"


class Router:
    """Ports on loopback that lead to servers; one event loop in a thread of its own."""

    def __init__(self, portal_port: int) -> None:
        self._portal_port = portal_port
        self._state = State.OPEN
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[asyncio.Server] = []
        self.passed_bytes = 0

    def lead_to(self, port: int) -> int:
        """A new port that leads to a server's port."""
        return int(self._call(self._listen(port)))

    def become(self, state: State) -> None:
        """Change the line; whatever is open breaks."""
        self._state = state
        self._call(self._drop())

    def close(self) -> None:
        """Stop everything."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self, target: int) -> int:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(reader, writer, target)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int
    ) -> None:
        if self._state is State.CUT:
            writer.transport.abort()
            return
        port = self._portal_port if self._state is State.PORTAL else target
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._writers |= both
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= both

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                self.passed_bytes += len(chunk)
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        await self._drop()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

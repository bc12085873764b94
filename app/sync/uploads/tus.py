# SPDX-License-Identifier: GPL-3.0-or-later
"""The four requests of tus 1.0 that we need, and what each reply means.

Core protocol, creation, termination, expiration (https://tus.io/protocols/resumable-upload). The
checksum extension is not used: the two servers at hand ignore it, so the region compares sha256.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urljoin, urlsplit, urlunsplit

from app.sync.errors import (
    AuthRefusedError,
    MirrorBrokenError,
    MirrorBusyError,
    MirrorMissingError,
    PortalError,
)
from app.sync.headers import host_of, parse_length
from app.sync.http import HttpResponse, HttpSession, SizedBody, Timeouts
from app.sync.statements.step import Endpoint

TUS = {"Tus-Resumable": "1.0.0"}
_MAX_REPLY_BYTES = 64 * 1024
# A chunk must get through a line of 16 kbit/s; slower than that the upload waits for a better hour.
_SLOWEST_BYTES_S = 2048
# A server hashes, locks and flushes between bytes; longer than that it hangs.
SILENCE_S = 45.0
_MAX_ADDRESS_CHARS = 2000


class Verdict(StrEnum):
    """What a reply means to the upload."""

    DONE = "done"
    DOUBT = "doubt"  # ask where we are
    GONE = "gone"  # the server no longer has it
    TOO_LARGE = "too_large"


def judge(reply: HttpResponse) -> Verdict:
    """Decide about a reply.

    Raises:
        PortalError: somebody else answered in the server's place.
        AuthRefusedError, MirrorBusyError, MirrorBrokenError: what no question can settle.
    """
    status, is_tus = reply.status, reply.headers.get("Tus-Resumable") is not None
    if status == 413:  # also of a proxy, which has a limit of its own
        return Verdict.TOO_LARGE
    if status in (401, 403):
        raise AuthRefusedError(host=reply.host, status=status)
    if status in (408, 425, 429) or status >= 500:
        raise MirrorBusyError(host=reply.host, status=status, retry_after_s=reply.retry_after_s)
    if not is_tus and (200 <= status < 400):
        raise PortalError(host=reply.host, status=status)
    if status in (200, 201, 204):
        return Verdict.DONE
    if status in (404, 410):
        if is_tus:
            return Verdict.GONE
        raise MirrorMissingError(host=reply.host, path=urlsplit(reply.url).path)
    if status in (409, 423, 460):
        return Verdict.DOUBT
    raise MirrorBrokenError(host=reply.host, reason=f"status_{status}")


class TusClient:
    """Speaks tus with one endpoint; keeps nothing."""

    def __init__(
        self, session: HttpSession, endpoint: Endpoint, silence_s: float = SILENCE_S
    ) -> None:
        self._session = session
        self._silence_s = silence_s
        self._endpoint = endpoint

    def create(self, size_bytes: int, metadata: str) -> str | None:
        """Ask for a place for so many bytes; its address, or None where the server takes no such.

        Raises:
            KnownError: of the line, or of `judge`.
        """
        headers = {"Upload-Length": str(size_bytes), "Upload-Metadata": metadata}
        reply = self._request("POST", self._endpoint.url, headers)
        verdict = _judge_endpoint(reply)
        if verdict is Verdict.TOO_LARGE:
            return None
        return self._address_of(reply)

    def offset(self, address: str, size_bytes: int) -> int | None:
        """How many bytes have arrived; None when the server has forgotten, or holds another file.

        Raises:
            KnownError: of the line, or of `judge`.
        """
        reply = self._request("HEAD", address, {})
        verdict = judge(reply)
        if verdict is Verdict.GONE:
            # Once is a hiccup of a server behind a balancer; starting again costs all bytes.
            reply = self._request("HEAD", address, {})
            verdict = judge(reply)
        if verdict is Verdict.GONE:
            return None
        if verdict is not Verdict.DONE:
            raise MirrorBusyError(host=reply.host, status=reply.status, retry_after_s=None)
        offset = parse_length(reply.headers.get("Upload-Offset"))
        if offset is None:
            raise MirrorBrokenError(host=reply.host, reason="no_offset")
        length = parse_length(reply.headers.get("Upload-Length"))
        return offset if length in (None, size_bytes) and offset <= size_bytes else None

    def send(
        self,
        address: str,
        offset_bytes: int,
        body: SizedBody,
        on_sent: Callable[[int], None] | None = None,
    ) -> tuple[Verdict, int]:
        """Send one chunk; with DONE comes the new offset, which may lie inside the chunk.

        Raises:
            KnownError: of the line, of `judge`, or raised by the body itself.
        """
        headers = {
            "Upload-Offset": str(offset_bytes),
            "Content-Type": "application/offset+octet-stream",
        }
        total_s = 120.0 + body.size_bytes / _SLOWEST_BYTES_S
        reply = self._request("PATCH", address, headers, body, total_s, on_sent)
        verdict = judge(reply)
        if verdict is not Verdict.DONE:
            return verdict, offset_bytes
        reached = parse_length(reply.headers.get("Upload-Offset"))
        if reached is None or not offset_bytes < reached <= offset_bytes + body.size_bytes:
            return Verdict.DOUBT, offset_bytes
        return Verdict.DONE, reached

    def delete(self, address: str) -> bool:
        """Ask the server to forget an upload; False when it must be asked again.

        Raises:
            KnownError: of the line, or of `judge`.
        """
        reply = self._request("DELETE", address, {})
        is_unsupported = reply.status in (405, 501)  # it expires there by itself
        return is_unsupported or judge(reply) in (Verdict.DONE, Verdict.GONE)

    def _request(
        self,
        method: str,
        address: str,
        headers: dict[str, str],
        body: SizedBody | None = None,
        total_s: float = 90.0,
        on_sent: Callable[[int], None] | None = None,
    ) -> HttpResponse:
        return self._session.request(
            method,
            address,
            headers={**TUS, **headers, **self._endpoint.headers},
            data=body if body is not None or method != "POST" else b"",
            timeout=Timeouts(silence_s=self._silence_s, total_s=total_s),
            max_bytes=_MAX_REPLY_BYTES,
            on_sent=on_sent,
        )

    def _address_of(self, reply: HttpResponse) -> str:
        """The upload's address, always at the host we were told: credentials go nowhere else.

        A server behind a proxy often names its own scheme and port; those of the endpoint count.
        """
        told = reply.headers.get("Location") or ""
        found = urlsplit(urljoin(self._endpoint.url, told))
        own = urlsplit(self._endpoint.url)
        is_odd = not told or len(told) > _MAX_ADDRESS_CHARS or found.hostname != own.hostname
        if is_odd or found.path in ("", "/", own.path):
            raise MirrorBrokenError(host=reply.host, reason="odd_location")
        return urlunsplit((own.scheme, own.netloc, found.path, found.query, ""))


def _judge_endpoint(reply: HttpResponse) -> Verdict:
    """A reply to a creation: here 404 means that the endpoint itself is not there."""
    if reply.status in (404, 405, 410):
        raise MirrorMissingError(host=reply.host, path=urlsplit(reply.url).path)
    verdict = judge(reply)
    if verdict is Verdict.DONE and reply.status != 201:
        raise MirrorBrokenError(host=host_of(reply.url), reason=f"status_{reply.status}")
    if verdict is Verdict.DOUBT:
        raise MirrorBusyError(host=reply.host, status=reply.status, retry_after_s=None)
    return verdict

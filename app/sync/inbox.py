# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of other processes, left as durable files for the agent to take."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import DamagedDocumentError
from app.base.paths import DataPaths

logger = logging.getLogger(__name__)
_FORMAT, _MAJOR = "kezhan-request", 1
_MAX_BYTES = 1 << 20
_FILE_NAME = re.compile(r"[0-9a-f]{32}\.json\Z")


class Kind(StrEnum):
    """What can be asked of the agent."""

    ENROL = "enrol"  # {source}
    GET = "get"  # {entry_ids, region_id}, or all of a lesson list: {for_list, keys}
    RELEASE = "release"  # {list_id}
    UPLOAD = "upload"  # {sha256, size_bytes, name, metadata}
    FORGET_UPLOAD = "forget_upload"  # {upload_id}
    STICK_IMPORT = "stick_import"  # {dir, relay}
    STICK_EXPORT = "stick_export"  # {dir, space_bytes, refill}
    NAME_POINT = "name_point"  # {point, name}
    STICK_STOP = "stick_stop"  # {request_id}
    SUBSCRIBE = "subscribe"  # {region_id, keys: [{stage, subject, edition, exercise}], is_on}


@dataclass(frozen=True, slots=True)
class Request:
    """One wish; `id` makes a repeat harmless."""

    kind: Kind
    body: Mapping[str, Any]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def upload_body(
    sha256: str, size_bytes: int, name: str, metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """The body of an `upload` request for a file that is staged in the outbox."""
    return {
        "sha256": sha256,
        "size_bytes": size_bytes,
        "name": name,
        "metadata": dict(metadata),
    }


class Inbox:
    """The folder `inbox/` of a data directory."""

    def __init__(self, paths: DataPaths) -> None:
        self._folder = paths.inbox_dir

    def leave(self, request: Request) -> str:
        """Leave a request durably; returns its id.

        Raises:
            DiskFullError, ReadOnlyError: nothing was left.
        """
        document = document_header(_FORMAT, _MAJOR, 0) | {
            "id": request.id,
            "kind": request.kind.value,
            "body": dict(request.body),
        }
        files.replace_json(self._folder / f"{request.id}.json", document)
        return request.id

    def waiting(self) -> list[Path]:
        """Files to take, oldest first."""
        try:
            found = [path for path in self._folder.iterdir() if _FILE_NAME.match(path.name)]
            return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))
        except OSError:
            return []

    @staticmethod
    def read(path: Path) -> Request:
        """The request in a file.

        Raises:
            DamagedDocumentError, UnknownMajorError: it is none; its id is the file's name.
        """
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise DamagedDocumentError(what=_FORMAT, reason="unreadable") from error
        document = parse_document(raw, _FORMAT, _MAJOR, max_bytes=_MAX_BYTES)
        body = document.get("body")
        try:
            kind = Kind(document.get("kind", ""))
        except ValueError as error:
            raise DamagedDocumentError(what=_FORMAT, reason="kind") from error
        if not isinstance(body, dict) or document.get("id") != path.stem:
            raise DamagedDocumentError(what=_FORMAT, reason="body")
        return Request(kind, body, path.stem)

    @staticmethod
    def remove(path: Path) -> None:
        """The request is a row now."""
        try:
            path.unlink(missing_ok=True)
            files.sync_dir(path.parent)
        except OSError as error:
            logger.warning("cannot remove %s: %s", path.name, error)

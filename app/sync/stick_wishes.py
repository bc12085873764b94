# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the agent about sticks: import, export, stop, what a point is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.region.fields import FORBIDDEN_IN_LINE
from app.sync.context import Context
from app.sync.courier.errand import Errand
from app.sync.courier.store import RelayStore
from app.sync.inbox import Kind
from app.sync.regions import RegionKeeper
from app.sync.stick import CompleteOf, StickImport
from app.sync.stick_export import StickExport

_MAX_NAME_CHARS = 60
Body = Mapping[str, Any]
Result = Mapping[str, object]


class StickWishes:
    """Handlers for the kinds of requests that concern a stick."""

    def __init__(self, context: Context, keeper: RegionKeeper, complete_of: CompleteOf) -> None:
        self._context = context
        self._keeper = keeper
        self._complete_of = complete_of

    def handlers(self) -> dict[str, Callable[[str, Body], Result | None]]:
        """One for each kind."""
        return {
            Kind.STICK_IMPORT: self._import,
            Kind.STICK_EXPORT: self._export,
            Kind.STICK_STOP: self._stop,
            Kind.NAME_POINT: self._name_point,
        }

    def _import(self, request_id: str, body: Body) -> Result:
        errand = Errand(self._context, request_id)
        try:
            work = StickImport(self._context, self._keeper, self._complete_of, errand)
            folder, is_relay = Path(str(body["dir"])), body.get("relay") is True
            return work.run(folder, is_relay=is_relay).as_result()
        finally:
            errand.close()

    def _export(self, request_id: str, body: Body) -> Result:
        space_bytes = body.get("space_bytes")
        errand = Errand(self._context, request_id)
        try:
            work = StickExport(self._context, self._keeper, errand)
            room_bytes = None if space_bytes is None else int(space_bytes)
            folder, is_refill = Path(str(body["dir"])), body.get("refill") is True
            return work.run(folder, room_bytes, is_refill=is_refill).as_result()
        finally:
            errand.close()

    def _name_point(self, _: str, body: Body) -> Result:
        """What somebody here calls a machine that was heard of by stick."""
        name = FORBIDDEN_IN_LINE.sub("", str(body["name"])).strip()[:_MAX_NAME_CHARS]
        relays = RelayStore(self._context.store.database)
        return {"is_known": relays.name_point(str(body["point"]), name)}

    def _stop(self, _: str, body: Body) -> Result:
        """Whatever it was to stop has seen it while it ran, or was over by then."""
        return {"request_id": str(body["request_id"])}

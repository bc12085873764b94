# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent finds out about its own machine before anything is sent."""

from __future__ import annotations

import logging

from app.base.identity import Device
from app.sync.canary import Canary, SetBack
from app.sync.context import Context
from app.sync.errors import DataSetBackError, DeviceClonedError
from app.sync.uploads.store import UploadStore

logger = logging.getLogger(__name__)
CLONE, CANARY = "clone", "canary"
DEVICE_META = "device_id"


class FirstLook:
    """Notices a cloned disk and data that went back to an earlier state; says it, loses nothing."""

    def __init__(self, context: Context, device: Device, canary: Canary) -> None:
        self._context = context
        self._device = device
        self._canary = canary
        self.is_clone = False

    def run(self) -> None:
        """Look once, at the start."""
        store = self._context.store
        store.close_problems(CLONE)
        store.close_problems(CANARY)
        self._look_for_clone()
        set_back = self._canary.look()
        if set_back is not None:
            self.tell_set_back(set_back)
        self._canary.count_up()

    def tell_set_back(self, how: SetBack) -> None:
        """Say that the data went back; on a clone the region knows us from the original."""
        if how is SetBack.REGION and self.is_clone:
            return
        logger.info("the data here went back to an earlier state (%s)", how)
        self._context.problem(DataSetBackError(how=how.value), CANARY, is_notice=True)

    def _look_for_clone(self) -> None:
        """The window may have met the clone first: state.db remembers whose it was.

        The original goes on with the uploads it has begun, so the clone starts its own at places of
        its own; ids are the same, and so the region counts each once.
        """
        store = self._context.store
        known = store.meta(DEVICE_META)
        if known == self._device.device_id and not self._device.was_cloned:
            return
        store.set_meta(DEVICE_META, self._device.device_id)
        if known is None and not self._device.was_cloned:
            return
        self.is_clone = True
        UploadStore(store.database).forget_addresses()
        self._context.problem(DeviceClonedError(), CLONE, is_notice=True)

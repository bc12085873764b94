# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletes a Qt object before returning, for objects that must go in a fixed order."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject


def delete_now(thing: QObject) -> None:
    """Delete at once, also at the end of the program when no event loop runs any more.

    Never call it from a slot that `thing` itself called directly.
    """
    thing.deleteLater()
    QCoreApplication.sendPostedEvents(thing, QEvent.Type.DeferredDelete.value)

# SPDX-License-Identifier: GPL-3.0-or-later
"""What each tab of the lesson lists says while it is empty."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.ui.widgets.controls import EmptyState

_ICONS = {"favourites": "star", "recent": "clock", "own": "folder"}


def say_empty(empty: EmptyState, tab: str) -> None:
    """Say what would stand here and how it gets here."""
    if tab == "lists":
        title = QCoreApplication.translate("ListsPage", "No lesson list yet")
        words = QCoreApplication.translate(
            "ListsPage",
            "Put the resources of a lesson in order, then play them one after another.",
        )
    elif tab == "favourites":
        title = QCoreApplication.translate("ListsPage", "No favourites yet")
        words = QCoreApplication.translate(
            "ListsPage", "Open a resource and press “Favourite”; it is found here again."
        )
    elif tab == "own":
        title = QCoreApplication.translate("ListsPage", "No files of your own yet")
        words = QCoreApplication.translate(
            "ListsPage", "Bring them in from a USB stick, or add them to a lesson list."
        )
    else:
        title = QCoreApplication.translate("ListsPage", "Nothing used yet")
        words = QCoreApplication.translate(
            "ListsPage", "What was played on this machine is found here again."
        )
    empty.say(title, words, icon=_ICONS.get(tab, "lists"))

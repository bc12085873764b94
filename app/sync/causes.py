# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies behind an exception: network libraries hide the true reason deep inside."""

from __future__ import annotations

_MOST = 30


def causes_of(error: BaseException) -> list[BaseException]:
    """An exception and everything it carries: urllib3 hides causes in reason, args and context."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < _MOST:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or any(item is seen for seen in found):
            continue
        found.append(item)
        waiting += [getattr(item, "reason", None), item.__cause__, item.__context__, *item.args]
    return found

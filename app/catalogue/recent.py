# SPDX-License-Identifier: GPL-3.0-or-later
"""What was used last, up to a bound."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


def _one(_value: object) -> int:
    return 1


class Recent(Generic[Value]):
    """The most recently used values by key, as many as weigh no more than a bound together."""

    def __init__(self, most: int, weigh: Callable[[Value], int] = _one) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def recall(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not here."""
        known = self._values.get(key)
        if known is not None:
            self._values.move_to_end(key)
            return known[0]
        value = make()
        weight = self._weigh(value)
        self._values[key] = value, weight
        self._weight += weight
        while self._weight > self._most and len(self._values) > 1:
            _, (_, gone) = self._values.popitem(last=False)
            self._weight -= gone
        return value

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._weight = 0

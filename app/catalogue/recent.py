# SPDX-License-Identifier: GPL-3.0-or-later
"""What was used last, up to a bound."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

Value = TypeVar("Value")


class Recent(OrderedDict[Hashable, Value]):
    """The few most recently used values by key."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def recall(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not here."""
        if key in self:
            self.move_to_end(key)
            return self[key]
        value = self[key] = make()
        while len(self) > self._size:
            self.popitem(last=False)
        return value

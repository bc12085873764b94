# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the enumerations of Qt in a fifth of the time.

PySide6 makes each of its enumerations through Python's functional interface when the class that it
belongs to is first used: 4,000 members before the first page. Python 3.11 puts a helper into the
class for each member, asks it six questions and takes it out again: 6 microseconds, 25 ms of a
start. PySide6 hands over nothing but names with whole numbers, and for these a loop does the same.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

Pairs = Sequence[tuple[str, int]]
Create = Callable[..., Any]

_KINDS = (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
_TRIAL: Pairs = (("two", 2), ("one", 1), ("both", 3), ("also", 1), ("none", 0), ("wide", 24))


def make_enums_quickly() -> None:
    """From now on; a Python that makes enumerations in another way goes on as it does."""
    usual: Create = enum.EnumType.__dict__["_create_"]
    if sys.version_info[:2] == (3, 11) and all(_is_the_same(usual, kind) for kind in _KINDS):
        enum.EnumType._create_ = _quick(usual)  # type: ignore[attr-defined]


def _quick(usual: Create) -> Create:
    """What stands in for `EnumType._create_`."""

    def create(
        cls: Any,
        class_name: str,
        names: Any,
        *,
        module: str | None = None,
        type: Any = None,  # noqa: A002 - named by `enum`
        **further: Any,
    ) -> Any:
        if module is None:  # of whoever calls the enumeration's class, as there
            module = sys._getframe(2).f_globals.get("__name__")
        if type is not None or not _are_plain(cls, names):
            return usual(cls, class_name, names, module=module, type=type, **further)
        made = usual(cls, class_name, (), module=module, **further)
        _fill(made, names)
        return made

    return create


def _are_plain(cls: Any, names: Any) -> bool:
    """Names with whole numbers, none of which means something to Python's own classes."""
    if cls not in _KINDS or not isinstance(names, list | tuple):
        return False
    for pair in names:
        if pair.__class__ is not tuple or pair[1].__class__ is not int:
            return False
        if pair[0][:1] == "_" or (pair[1] < 0 and issubclass(cls, enum.Flag)):
            return False  # what a negative flag means, Pythons of 3.11 differ in
    own = {name for name, _ in names}
    return len(own) == len(names) and own.isdisjoint(_taken(cls))


@cache
def _taken(cls: Any) -> frozenset[str]:
    return frozenset(name for base in cls.__mro__ for name in vars(base)) | {"mro"}


def _fill(made: Any, pairs: Pairs) -> None:
    """Give an enumeration without members these."""
    new, takes_value = made._new_member_, made._use_args_
    order, by_name, by_value = made._member_names_, made._member_map_, made._value2member_map_
    is_flag = issubclass(made, enum.Flag)
    mask = singles = 0
    set_attribute = type.__setattr__  # the enumeration's own looks for members to protect
    for name, value in pairs:
        is_single = value > 0 and not value & (value - 1)
        mask |= value
        member = by_value.get(value)
        if is_single:
            singles |= value
        if member is None:
            member = new(made, value) if takes_value else new(made)
            member._value_ = value
            member._name_ = name
            member.__objclass__ = made
            member._sort_order_ = len(order)
            by_value[value] = member
            if is_single or not is_flag:  # a sum of flags has a name but is none of them
                order.append(name)
        by_name[name] = member
        set_attribute(made, name, member)
    if is_flag:
        # Before there was a mask of its own for single flags (3.11.2 of Debian 12), this was it.
        has_both = "_singles_mask_" in vars(made)
        set_attribute(made, "_flag_mask_", mask if has_both else singles)
        if has_both:
            set_attribute(made, "_singles_mask_", singles)
        set_attribute(made, "_all_bits_", 2 ** mask.bit_length() - 1)
        values = [by_name[name]._value_ for name in order]
        if values != sorted(values):
            set_attribute(made, "_iter_member_", made._iter_member_by_def_)


def _is_the_same(usual: Create, kind: Any) -> bool:
    """Whether both ways make the same of a small enumeration."""
    one = usual(kind, "Trial", _TRIAL, module=__name__)
    other = usual(kind, "Trial", (), module=__name__)
    _fill(other, _TRIAL)
    return told_of(one) == told_of(other)


def told_of(made: Any) -> dict[str, object]:
    """All that an enumeration holds, comparable with another of the same names."""

    def plain(value: object) -> object:
        if isinstance(value, enum.Enum):
            facts = dict(vars(value))
            facts["__objclass__"] = facts["__objclass__"] is made
            return (facts, int.__repr__(value) if isinstance(value, int) else "")
        if isinstance(value, dict):
            return [(key, plain(one)) for key, one in value.items()]
        return value if isinstance(value, int | str | list | tuple | None) else value.__class__

    return {name: plain(value) for name, value in vars(made).items()}

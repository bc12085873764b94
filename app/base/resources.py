# SPDX-License-Identifier: GPL-3.0-or-later
"""Files shipped inside `app/`, read the same way from source and from a frozen build."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


@cache
def _root() -> Traversable:
    return resources.files("app")


def read_bytes(package_path: str) -> bytes:
    """The content of e.g. `ui/assets/icons/play.svg`."""
    return _root().joinpath(package_path).read_bytes()


def read_text(package_path: str) -> str:
    """The same as text (UTF-8)."""
    return read_bytes(package_path).decode("utf-8")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps PySide6 from reading the source of every module that is imported after it.

It looks there for its optional `snake_case` and `true_property`, of which this program uses none;
each source stays in `linecache`: 2 MB of text, and a tenth of the time that our imports take.
"""

from __future__ import annotations

import sys


def import_plainly() -> None:
    """Take every module for one that may use PySide6, which is the answer that costs nothing."""
    import PySide6.QtCore  # noqa: F401 - brings the module below

    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: True  # type: ignore[union-attr]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a start do nothing beside its imports: no reading of sources, no looking for garbage.

PySide6 reads the source of every module that is imported after it and looks there for its optional
`snake_case` and `true_property`, of which this program uses none; each source stays in `linecache`:
2 MB of text, and a tenth of the time that our imports take. Python's collector looks through the
classes again and again that imports make by the thousand: as much once more, for nothing.
"""

from __future__ import annotations

import gc
import sys


def import_plainly() -> None:
    """Take every module for one that may use PySide6, which is the answer that costs nothing.

    From here on nothing is collected by itself; `app.ui.rubbish` does it once the window stands.
    """
    gc.disable()
    import PySide6.QtCore  # noqa: F401 - brings the module below

    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: True  # type: ignore[union-attr]

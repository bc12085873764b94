# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a start do nothing beside its imports: no reading of sources, no compiling, no collecting.

Measured together, in turn with the same start without them: 40 ms of 350 ms of processor time.

PySide6 puts a function of its own before every `import`, which reads the source of what was
imported and looks there for its optional `snake_case` and `true_property`, of which this program
uses none; each source stays in `linecache`: 2 MB of text, and a tenth of the time that our imports
take. Python's collector looks through the classes again and again that imports make by the
thousand: as much once more. And `dataclass` compiles six functions for each class, most of which no
start calls: 0.3 ms a class. `app.ui.quick_enums` is the fourth of these.
"""

from __future__ import annotations

import builtins
import dataclasses
import gc
from collections.abc import Callable, Sequence
from typing import Any

from app.ui.quick_enums import make_enums_quickly

_NOTHING = dataclasses.MISSING


def import_plainly() -> None:
    """Import as Python does by itself, and compile a dataclass's methods when they are called.

    From here on nothing is collected by itself; `app.ui.rubbish` does it once the window stands.
    """
    gc.disable()
    _compile_when_called()
    make_enums_quickly()
    import PySide6.QtCore  # noqa: F401 - puts its own function before imports

    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original


def _compile_when_called() -> None:
    """From now on; where Python has another `dataclasses` than the one known here, nothing."""
    compile_now: Any = getattr(dataclasses, "_create_fn", None)
    known = ("name", "args", "body", "globals", "locals", "return_type")
    code = getattr(compile_now, "__code__", None)
    if code is not None and code.co_varnames[: len(known)] == known:
        dataclasses._create_fn = _Later(compile_now).method  # type: ignore[attr-defined]


class _Later:
    """Makes methods that compile themselves with `compile_now`, once, at their first call."""

    def __init__(self, compile_now: Callable[..., Callable[..., object]]) -> None:
        self._compile_now = compile_now

    def method(
        self,
        name: str,
        args: Sequence[str],
        body: Sequence[str],
        *,
        globals: dict[str, Any] | None = None,  # noqa: A002 - named by `dataclasses`
        locals: dict[str, Any] | None = None,  # noqa: A002 - named by `dataclasses`
        return_type: object = _NOTHING,
    ) -> Callable[..., object]:
        """Like `dataclasses._create_fn`; the class gets the compiled one in this one's place."""
        compiled: Callable[..., object] | None = None
        asked = (args, body, globals, locals, return_type)  # one cell of memory, not five

        def first_call(self_: object, *given: object, **named: object) -> object:
            nonlocal compiled
            if compiled is None:
                compiled = self._compile(first_call.__name__, *asked)
                compiled.__qualname__ = first_call.__qualname__
                for kind in type(self_).__mro__:
                    if kind.__dict__.get(compiled.__name__) is first_call:
                        setattr(kind, compiled.__name__, compiled)
            return compiled(self_, *given, **named)

        first_call.__name__ = name
        return first_call

    def _compile(
        self,
        name: str,
        args: Sequence[str],
        body: Sequence[str],
        scope: dict[str, Any] | None,
        closure: dict[str, Any] | None,
        return_type: object,
    ) -> Callable[..., object]:
        return self._compile_now(
            name, args, body, globals=scope, locals=closure, return_type=return_type
        )

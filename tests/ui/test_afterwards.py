# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest of a start: in order, one step at a time, and not after the end."""

from __future__ import annotations

import os
import subprocess
import sys

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.ui.afterwards import Afterwards


def test_steps_come_in_order_with_room_between(qtbot: QtBot) -> None:
    done: list[str] = []
    afterwards = Afterwards()

    def first() -> None:
        done.append("first")
        QTimer.singleShot(0, lambda: done.append("a tap"))

    afterwards.begin([first, lambda: done.append("second")])
    assert done == []
    qtbot.waitUntil(lambda: len(done) == 3, timeout=30_000)
    assert done == ["first", "a tap", "second"]


def test_nothing_begins_after_the_end(qtbot: QtBot) -> None:
    done: list[str] = []
    afterwards = Afterwards()

    def first() -> None:
        done.append("first")
        afterwards.close()
        QTimer.singleShot(200, lambda: done.append("later"))

    afterwards.begin([first, lambda: done.append("second")])
    qtbot.waitUntil(lambda: "later" in done, timeout=30_000)
    assert done == ["first", "later"]


def test_a_start_reads_no_sources_and_looks_for_no_garbage() -> None:
    script = (
        "import gc;"
        "looks = []; gc.callbacks.append(lambda phase, _: looks.append(phase));"
        "from app.ui.plain_imports import import_plainly; import_plainly();"
        "looks.clear();"
        "import linecache, app.ui.services;"
        "print([name for name in linecache.cache if 'paths.py' in name], looks, flush=True);"
        "gc.callbacks.clear()"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] []"


_TELL_ENUMS = """
import enum, pickle, sys
if sys.argv[1] == "quick":
    from app.ui.plain_imports import import_plainly
    import_plainly()
from PySide6 import QtCore, QtGui, QtWidgets
from app.ui.quick_enums import told_of
for module in (QtCore, QtGui, QtWidgets):
    for place in [module, *(getattr(module, name) for name in sorted(dir(module)))]:
        for name, made in sorted(vars(place).items() if isinstance(place, type) else ()):
            if isinstance(made, type) and issubclass(made, enum.Enum):
                told = sorted(told_of(made).items())
                print(place.__module__, place.__qualname__, name, made.__module__, told)
                print([(repr(one), str(one), hash(one), one.name) for one in made])
                assert all(made(one.value) is one and made[one.name] is one for one in made)
both = QtCore.Qt.AlignmentFlag.AlignLeft | QtCore.Qt.AlignmentFlag.AlignTop
print(repr(both), ~both, list(both), pickle.loads(pickle.dumps(both)) is both, both & ~both)
"""


def test_enumerations_made_quickly_are_those_of_python() -> None:
    """Every enumeration of the three Qt modules that the window is made of."""

    def tell(how: str) -> list[str]:
        command = [sys.executable, "-c", _TELL_ENUMS, how]
        seeded = {**os.environ, "PYTHONHASHSEED": "0"}
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=seeded)
        return run.stdout.splitlines()

    usual, quick = tell("usual"), tell("quick")
    assert len(usual) > 500
    assert quick == usual


_DEFER = """
from app.ui.plain_imports import import_plainly
import_plainly()
import dataclasses
from dataclasses import dataclass, field

@dataclass(frozen=True, slots=True, order=True)
class Place:
    'Here.'
    row: int
    names: tuple[str, ...] = field(default=(), repr=False)

@dataclass(frozen=True, slots=True)
class Seat(Place):
    'There.'
    side: str = "left"

first, second = Place(1), Place(1, ("a",))
assert Place.__init__.__code__.co_varnames == ("self", "row", "names"), "compiled by the first call"
assert first < second and first == Place(1) and first != second and hash(first) == hash(Place(1))
assert repr(second) == "Place(row=1)" and dataclasses.replace(second, row=2).row == 2
assert repr(Seat(3, side="right")) == "Seat(row=3, side='right')" and Seat(3) != Place(3)
for wrong in (lambda: setattr(first, "row", 2), lambda: delattr(first, "row")):
    try:
        wrong()
    except dataclasses.FrozenInstanceError:
        print("frozen")
try:
    Place()
except TypeError as error:
    print(error)
"""


def test_dataclasses_compiled_later_are_those_of_python() -> None:
    run = subprocess.run([sys.executable, "-c", _DEFER], capture_output=True, text=True, check=True)
    missing = "Place.__init__() missing 1 required positional argument: 'row'"
    assert run.stdout.splitlines() == ["frozen", "frozen", missing]

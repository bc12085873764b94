# SPDX-License-Identifier: GPL-3.0-or-later
"""The setup with Qt WebEngine as a component: with it, without it, and never lost silently."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from installer.journey import expect
from installer.toolbox import BuildError, program_version, say

if TYPE_CHECKING:
    from installer.check_windows import WindowsCheck

_LIBRARY = "_internal/PySide6/Qt6WebEngineCore.dll"
_PLAYER = "_internal/app/player/web_assets/node_modules/@ruffle-rs/ruffle/ruffle.js"
_WEB_LESSON = "starter-clock-courseware"
# What the issue of the installer allows.
MOST_PLAIN_SETUP_BYTES, MOST_WEB_SETUP_BYTES = 70_000_000, 165_000_000
MOST_INSTALLED_BYTES = 185_000_000


def check_component(check: WindowsCheck, plain: Path, web: Path) -> None:
    """Both setups one over the other, on a machine that has had none."""
    data = f"/DATA={check.data_name}"
    check.install(plain, data)
    without_bytes = _expect_component(check, is_there=False)
    check.open_window("web-missing", "open", _WEB_LESSON)
    check.install(web)
    _expect_component(check, is_there=False)
    took = check.install(web, "/WEB=1")
    with_bytes = _expect_component(check, is_there=True)
    say(f"installed with the web component in {took:.0f} s")
    try:
        check.install(plain)
    except BuildError:
        _expect_component(check, is_there=True)
    else:
        raise BuildError("the packed program: the plain setup took the web component away")
    check.install(plain, "/WEB=0")
    again_bytes = _expect_component(check, is_there=False)
    expect(again_bytes == without_bytes, f"is {again_bytes} and not {without_bytes} bytes again")
    check.uninstall()
    say(
        f"installed {without_bytes / 1e6:.0f} MB, with the web component {with_bytes / 1e6:.0f} MB;"
        " it is added, kept, never dropped silently, and left out when asked"
    )


def check_sizes(setup: Path, most_bytes: int) -> None:
    """Refuse a setup that has grown beyond what was promised."""
    size = setup.stat().st_size
    expect(size <= most_bytes, f"{setup.name} takes {size / 1e6:.1f} MB")


def _expect_component(check: WindowsCheck, *, is_there: bool) -> int:
    """The bytes of the installed version, once the component is (not) there as a whole."""
    version = check.program / "versions" / program_version()
    for name in (_LIBRARY, _PLAYER):
        expect((version / name).is_file() == is_there, f"{name}: is it there? {not is_there}")
    size = sum(path.stat().st_size for path in version.rglob("*") if path.is_file())
    if not is_there:
        expect(size <= MOST_INSTALLED_BYTES, f"takes {size / 1e6:.0f} MB installed")
    return size

# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every test: no display, no network, its own data, no warnings, no orphans."""

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.servers.fixtures",
    "tests.guards.children",
    "tests.guards.logs",
    "tests.guards.network",
    "tests.guards.skips",
]

REPOSITORY = Path(__file__).resolve().parent.parent
MEDIA_FOLDERS = ("tests/player/", "tests/ui/media/")
FOREIGN = "linux" if sys.platform == "win32" else "windows"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
for _name in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)
# Classrooms are eight hours ahead of UTC: a forgotten time zone shows.
os.environ["TZ"] = "CST-8"
if sys.platform != "win32":
    time.tzset()


# A collection on a worker thread may destroy a QObject there and deadlock (app/ui/rubbish.py).
gc.disable()
_MUCH_GARBAGE = 20_000


@pytest.fixture(autouse=True)
def _garbage_dies_on_the_main_thread() -> Iterator[None]:
    yield
    gc.disable()
    gc.collect(2 if gc.get_count()[0] > _MUCH_GARBAGE else 0)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory of this test alone, with what breaks naive programs in its name."""
    folder = tmp_path / "课栈 数据"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """Qt's own arguments; wine strips QT_QPA_PLATFORM, so Windows hears it here."""
    return ["kezhan", "-platform", "offscreen"] if sys.platform == "win32" else ["kezhan"]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(autouse=True)
def _home_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever looks for a home, a cache or a desktop finds an empty one."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark media tests by their folder; leave out what only another system can show."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        place = item.path.relative_to(REPOSITORY).as_posix()
        if place.startswith(MEDIA_FOLDERS):
            item.add_marker("media")
        is_foreign = item.get_closest_marker(FOREIGN) is not None
        (left_out if is_foreign else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept

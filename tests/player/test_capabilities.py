# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be played is known at start-up, cheaply, and honestly."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.player import capabilities as module
from app.player.capabilities import Capabilities, capabilities
from app.player.create import create_view
from app.player.errors import NoOfficeError, NoWebEngineError, UnplayableError
from app.player.item import Backend
from app.region.media import FLASH, H5P_PACKAGE, WEB_PACKAGE, Format
from tests.player.conftest import MakeItem

BARE = Capabilities(backends=(), office=None, has_pdf=False, has_web=False)


def test_this_machine_plays_everything_but_archives() -> None:
    found = capabilities()
    assert found.backends == (Backend.VLC, Backend.QT)
    assert found.playable_formats == {
        "video", "audio", "pdf", "slides", "document", "image", "text", "web", "flash",
    }  # fmt: skip
    assert found.playable_formats <= {one.value for one in Format}


@pytest.mark.parametrize(
    ("media_type", "name", "reason"),
    [
        ("video/mp4", "a.mp4", ""),
        ("application/octet-stream", "a.rmvb", ""),
        ("application/octet-stream", "a", "unplayable"),
        (WEB_PACKAGE, "a.zip", ""),
        (H5P_PACKAGE, "a.h5p", ""),
        ("application/zip", "a.zip", "unplayable"),
        ("application/epub+zip", "a.epub", ""),
        ("application/x-shockwave-flash", "a.swf", ""),
        ("image/heic", "a.heic", "unplayable"),
    ],
)
def test_says_why_a_file_does_not_play(media_type: str, name: str, reason: str) -> None:
    assert capabilities().why_not(media_type, name) == reason
    assert capabilities().can_play(media_type, name) is (reason == "")


def test_a_bare_machine_still_shows_pictures_and_texts() -> None:
    assert BARE.playable_formats == {"image", "text"}
    assert BARE.why_not("video/mp4", "a.mp4") == "no_media_backend"
    assert BARE.why_not("application/msword", "a.doc") == "no_office"
    assert BARE.why_not(WEB_PACKAGE, "a.zip") == "no_web_engine"


def test_create_view_says_what_is_missing(
    qapp: QApplication, make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnplayableError) as archive:
        create_view(make_item(tmp_path / "a.rar", "application/vnd.rar"))
    assert archive.value.code == "unplayable"
    monkeypatch.setattr("app.player.create.capabilities", lambda: BARE)
    with pytest.raises(NoOfficeError) as slides:
        create_view(make_item(tmp_path / "a.ppt", "application/vnd.ms-powerpoint"))
    assert slides.value.data["name"] == "a.ppt"
    for name, kind in (("a.zip", WEB_PACKAGE), ("a.swf", FLASH), ("a.h5p", H5P_PACKAGE)):
        with pytest.raises(NoWebEngineError):
            create_view(make_item(tmp_path / name, kind))


def test_looking_loads_no_player() -> None:
    program = (
        "import sys; from app.player.capabilities import capabilities; capabilities();"
        "heavy = [m for m in sys.modules if m.startswith(('PySide6.QtWeb', 'PySide6.QtMulti',"
        " 'PySide6.QtPdf', 'vlc'))]; assert heavy == [], heavy"
    )
    repository = Path(module.__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=repository, timeout=60)

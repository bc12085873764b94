# SPDX-License-Identifier: GPL-3.0-or-later
"""Flash films (.swf) of the years before: played by Ruffle, in the same closed room as pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.base.errors import known_os_error
from app.player.errors import WebPackageRefusedError
from app.player.web_h5p import FAILED_TITLE
from app.player.web_package import INDEX, MAX_ENTRY_BYTES
from app.player.web_parts import PREFIX, RUFFLE_DIR, WebParts

_MARKS: Final = (b"FWS", b"CWS", b"ZWS")
_SHORTEST: Final = 21
_MOVIE: Final = "movie.swf"
# Letters that the film does not bring are drawn with the machine's own fonts: they know Chinese.
_PAGE: Final = f"""<!doctype html><meta charset="utf-8">
<style>html,body{{margin:0;height:100%;background:#000;overflow:hidden}}
ruffle-player{{width:100%;height:100%;display:block}}</style>
<script>
window.RufflePlayer = {{config: {{
  publicPath: '/{PREFIX}', autoplay: 'on', unmuteOverlay: 'hidden', splashScreen: false,
  allowNetworking: 'internal', allowScriptAccess: false, upgradeToHttps: false,
  openUrlMode: 'deny', contextMenu: 'off', warnOnUnsupportedContent: false,
  letterbox: 'on', deviceFontRenderer: 'canvas', polyfills: false, logLevel: 'error',
}}}};
</script>
<script src="/{PREFIX}ruffle.js"></script>
<body>
<script>
const player = window.RufflePlayer.newest().createPlayer();
document.body.append(player);
player.ruffle().load({{url: '/{_MOVIE}', allowScriptAccess: false}})
  .then(() => {{ document.title = 'kezhan:started'; }},
        () => {{ document.title = '{FAILED_TITLE}'; }});
</script>""".encode()


class FlashFilm:
    """One .swf file.

    Raises:
        WebPackageRefusedError: it is no Flash film, or too large for one.
        MissingFileError, UnreadableFileError: it cannot be read.
    """

    def __init__(self, path: Path, name: str) -> None:
        try:
            with path.open("rb") as file:
                self._content = file.read(MAX_ENTRY_BYTES + 1)
        except OSError as error:
            raise known_os_error(error, path) from error
        if len(self._content) > MAX_ENTRY_BYTES:
            raise WebPackageRefusedError(name=name, reason="too_large")
        if not self._content.startswith(_MARKS) or len(self._content) < _SHORTEST:
            raise WebPackageRefusedError(name=name, reason="damaged")
        self._parts = WebParts(RUFFLE_DIR)

    @property
    def has_mp4(self) -> bool:
        """What is inside, Ruffle decodes."""
        return False

    def read(self, name: str) -> bytes | None:
        """Our page, Ruffle, or the film."""
        if name == INDEX:
            return _PAGE
        return self._content if name == _MOVIE else self._parts.read(name)

    def close(self) -> None:
        """Nothing is held."""

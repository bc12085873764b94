# SPDX-License-Identifier: GPL-3.0-or-later
"""H5P content: its own libraries from the package, started by h5p-standalone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from app.player.errors import WebPackageRefusedError
from app.player.web_package import INDEX, WebPackage
from app.player.web_parts import H5P_DIR, PREFIX, WebParts

START_FILE: Final = "h5p.json"
_CONTENT: Final = "h5p/"
# The page says in its title that the content could not be started: a library is missing.
FAILED_TITLE: Final = "kezhan:failed"
_PAGE: Final = f"""<!doctype html><meta charset="utf-8">
<style>html,body{{margin:0;background:#fff}}#h5p{{max-width:1200px;margin:0 auto}}</style>
<body><div id="h5p"></div>
<script src="/{PREFIX}main.bundle.js"></script>
<script>
new H5PStandalone.H5P(document.getElementById('h5p'), {{
  h5pJsonPath: '/h5p', frameJs: '/{PREFIX}frame.bundle.js', frameCss: '/{PREFIX}styles/h5p.css',
  frame: false, copyright: false, export: false, icon: false, fullScreen: false,
}}).catch(() => {{ document.title = '{FAILED_TITLE}'; }});
</script>""".encode()


class H5pContent:
    """An open .h5p file; see `WebPackage` for what it raises."""

    def __init__(self, path: Path, name: str) -> None:
        self._package = WebPackage(path, name, START_FILE)
        self._parts = WebParts(H5P_DIR)
        missing = self._missing()
        if missing:
            self._package.close()
            raise WebPackageRefusedError(name=name, reason=missing)

    @property
    def has_mp4(self) -> bool:
        """See `WebPackage.has_mp4`."""
        return self._package.has_mp4

    def read(self, name: str) -> bytes | None:
        """Our page, the starter, or a file of the content."""
        if name == INDEX:
            return _PAGE
        if name.startswith(PREFIX):
            return self._parts.read(name)
        return (
            self._package.read(name.removeprefix(_CONTENT)) if name.startswith(_CONTENT) else None
        )

    def close(self) -> None:
        """Let go of the file."""
        self._package.close()

    def _missing(self) -> str:
        """What it cannot start without; some tools write content without its libraries."""
        names = self._package.names
        tops = {name.partition("/")[0] for name in names if name.endswith("/library.json")}
        seen: set[str] = set()
        try:
            waiting = self._needed(START_FILE)
            while waiting:
                one = waiting.pop()
                if one not in tops:
                    return "no_library"
                if one not in seen:
                    seen.add(one)
                    waiting += self._needed(f"{one}/library.json")
        except (ValueError, LookupError, TypeError, RecursionError, WebPackageRefusedError):
            return "damaged"
        return "" if "content/content.json" in names else "no_content"

    def _needed(self, name: str) -> list[str]:
        """The folders of the libraries that this one is started with."""
        described = json.loads(self._package.read(name) or b"")
        if not isinstance(described, dict):
            raise TypeError("a description is an object")
        # Content without any library starts nothing; a library may stand alone.
        needed = described["preloadedDependencies"] if name == START_FILE else ()
        return [
            f"{one['machineName']}-{int(one['majorVersion'])}.{int(one['minorVersion'])}"
            for one in needed or described.get("preloadedDependencies", ())
        ]

# SPDX-License-Identifier: GPL-3.0-or-later
"""All ink of one resource: which sheet belongs to which page or to which time. No Qt."""

from __future__ import annotations

from app.ui.board.strokes import InkSheet, Stroke

# Drawn on a still picture, ink belongs to that picture: it goes as soon as the video runs on.
STILL_S = 0.5
# Drawn while it runs, ink stays long enough to be read, then the picture has moved on.
RUNNING_S = 8.0


class InkBook:
    """Sheets by key: `page:3`, `board:1`, `time:83250` (milliseconds of the first stroke)."""

    def __init__(self, sheets: dict[str, InkSheet] | None = None) -> None:
        self.sheets: dict[str, InkSheet] = sheets if sheets is not None else {}

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to keep."""
        return all(sheet.is_blank for sheet in self.sheets.values())

    def page(self, page: int) -> str:
        """The key of a page (from 1; 0 for what has none)."""
        return f"page:{page}"

    def board(self, page: int) -> str:
        """The key of a page of the blank board."""
        return f"board:{page}"

    def board_pages(self) -> int:
        """How many board pages hold ink; the last one counts those before it."""
        pages = [
            int(key.removeprefix("board:"))
            for key, sheet in self.sheets.items()
            if key.startswith("board:") and not sheet.is_blank
        ]
        return max(pages, default=0)

    def sheet(self, key: str) -> InkSheet:
        """The sheet of that key, a new one if there is none."""
        return self.sheets.setdefault(key, InkSheet())

    def at_time(self, seconds: float) -> str | None:
        """The sheet that a video shows at that time; the latest when several do."""
        found = [
            (sheet.span_s[0], key)
            for key, sheet in self.sheets.items()
            if sheet.span_s is not None and sheet.span_s[0] <= seconds <= sheet.span_s[1]
        ]
        return max(found)[1] if found else None

    def add_at_time(
        self, key: str | None, seconds: float, stroke: Stroke, *, is_running: bool
    ) -> str:
        """Put a stroke on the sheet `key` shown at that time, or on a new one; returns its key."""
        if key is None or key not in self.sheets:
            key = f"time:{round(seconds * 1000)}"
        sheet = self.sheet(key)
        first, last = sheet.span_s or (seconds - STILL_S, seconds + STILL_S)
        stays_s = RUNNING_S if is_running else STILL_S
        sheet.span_s = (min(first, seconds - STILL_S), max(last, seconds + stays_s))
        sheet.add(stroke)
        return key

    def moments(self) -> tuple[float, ...]:
        """Where in the video there is ink, in seconds, in order."""
        return tuple(
            sorted(
                sheet.span_s[0] + STILL_S
                for sheet in self.sheets.values()
                if sheet.span_s is not None and not sheet.is_blank
            )
        )

# SPDX-License-Identifier: GPL-3.0-or-later
"""The widget every kind of lesson is. The window hosts it, routes keys to it and draws above it.

Life: `create_view(item)` → connect signals → `open()` → … → `close_item()` → `deleteLater()`.
Nothing is read before `open()`; problems of the file come as `failed`, never as exceptions.
Views take no clicker keys themselves (`StrongFocus` where typing is needed), so the window decides.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPagedPaintDevice
from PySide6.QtWidgets import QWidget

from app.base.errors import BugError, KnownError
from app.player.item import Fit, PlayerEvent, PlayItem, Position


class LessonView(QWidget):
    """One open lesson. Every method may be called on every view; what does not apply does nothing.

    Signals:
        happened(PlayerEvent): for the usage log.
        failed(KnownError): the item cannot be shown (any more); the view is blank, others go on.
        noticed(KnownError): something worth one quiet sentence; the lesson goes on.
        ready(): the first picture, page or sound is there. Once per `open()`.
        ended(): the medium played to its end, or the last page was left forwards.
        state_changed(): any of the plain properties below changed, except `position_s`.
        position_changed(float): `position_s`, about ten times a second while playing.
        found(int, int): which hit (from 1; 0 none yet) of how many the search shows.
    """

    happened = Signal(PlayerEvent)
    failed = Signal(KnownError)
    noticed = Signal(KnownError)
    ready = Signal()
    ended = Signal()
    state_changed = Signal()
    position_changed = Signal(float)
    found = Signal(int, int)

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(item.title)

    # -- what this view can do; the window shows only what applies ---------------------------

    @property
    def is_timed(self) -> bool:
        """Has play, pause, seek, rate and volume."""
        return False

    @property
    def has_pages(self) -> bool:
        """Has pages to turn."""
        return False

    @property
    def can_zoom(self) -> bool:
        """`zoom_in`, `zoom_out` and `fit` do something."""
        return False

    @property
    def has_own_controls(self) -> bool:
        """The pupils press inside it, so nothing may lie above it: the bar stands beside it."""
        return False

    @property
    def can_rotate(self) -> bool:
        """`rotate` does something."""
        return False

    @property
    def can_search(self) -> bool:
        """`search` does something."""
        return False

    @property
    def has_side_panel(self) -> bool:
        """`toggle_side_panel` opens page pictures and bookmarks."""
        return False

    @property
    def can_print(self) -> bool:
        """`print_on` prints something, once the view is `ready`."""
        return False

    @property
    def has_picture(self) -> bool:
        """Shows something to look at (a sound has none); snapshots and pens make sense."""
        return True

    # -- life --------------------------------------------------------------------------------

    def open(self, *, is_playing: bool = True) -> None:
        """Read the file and show it; with `is_playing` False only the first picture (preload)."""
        raise BugError(f"{type(self).__name__} does not open anything")

    def close_item(self) -> None:
        """Let go of the file at once (a stick may be pulled); the last picture goes too."""

    @property
    def is_preparing(self) -> bool:
        """Opening, loading or converting; `ready` or `failed` will follow."""
        return False

    def position(self) -> Position:
        """Where one is now."""
        return Position()

    def restore(self, position: Position) -> None:
        """Go to where one was; before `ready` it is kept until then."""

    def snapshot(self) -> QImage:
        """The picture as shown, without anything drawn above it."""
        return self.grab().toImage()

    def print_on(self, device: QPagedPaintDevice) -> None:
        """Print on a QPrinter or into a QPdfWriter; answers stand on pages of their own."""

    # -- time --------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """The medium runs now."""
        return False

    @property
    def duration_s(self) -> float:
        """Length in seconds, 0 while unknown."""
        return 0.0

    @property
    def position_s(self) -> float:
        """Seconds from the start."""
        return 0.0

    @property
    def rate(self) -> float:
        """Speed; 1.0 is normal."""
        return 1.0

    @property
    def volume_percent(self) -> int:
        """0–100."""
        return 100

    @property
    def is_muted(self) -> bool:
        """Silent whatever the volume."""
        return False

    def play(self) -> None:
        """Run on; after the end, from the start."""

    def pause(self) -> None:
        """Hold the picture."""

    def toggle_play(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def stop(self) -> None:
        """Pause and go back to the start."""

    def seek_to(self, seconds: float) -> None:
        """Go to that time; clamped to the medium."""

    def seek_by(self, seconds: float) -> None:
        """Go back or on."""
        self.seek_to(self.position_s + seconds)

    def step_frame(self) -> None:
        """Show the next single frame; pauses."""

    def set_rate(self, rate: float) -> None:
        """Speed 0.5–2.0, pitch kept."""

    def set_volume(self, percent: int) -> None:
        """0–100."""

    def set_muted(self, is_muted: bool) -> None:
        """Silence without losing the volume."""

    @property
    def subtitle_names(self) -> tuple[str, ...]:
        """Subtitle files that can be shown, in order."""
        return ()

    @property
    def subtitle_index(self) -> int | None:
        """Which of them is shown."""
        return None

    def show_subtitles(self, index: int | None) -> None:
        """Show one of `subtitle_names`, or none."""

    @property
    def second_subtitle_index(self) -> int | None:
        """Which of them is shown below the first, smaller; never the same one."""
        return None

    def show_second_subtitles(self, index: int | None) -> None:
        """Show another of `subtitle_names` below the first (a second language), or none."""

    @property
    def subtitle_percent(self) -> int:
        """Size of subtitles; 100 is normal."""
        return 100

    def set_subtitle_percent(self, percent: int) -> None:
        """50–300."""

    @property
    def repeat(self) -> tuple[float, float] | None:
        """The A–B span that is repeated, in seconds."""
        return None

    def set_repeat(self, span: tuple[float, float] | None) -> None:
        """Repeat from A to B, or stop repeating."""

    # -- pages -------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """The page shown, from 1; 0 without pages."""
        return 0

    @property
    def page_count(self) -> int:
        """How many pages, 0 while unknown."""
        return 0

    def next_page(self) -> bool:
        """Turn forwards; False when there is nothing further (the window may go on in the list)."""
        return False

    def previous_page(self) -> bool:
        """Turn back; False on the first page."""
        return False

    def go_to(self, page: int) -> None:
        """Show that page (from 1; clamped)."""

    # -- look --------------------------------------------------------------------------------

    @property
    def fit_mode(self) -> Fit:
        """How the page or picture fills the view."""
        return Fit.PAGE

    def zoom_in(self) -> None:
        """Larger by a quarter, about the middle."""

    def zoom_out(self) -> None:
        """Smaller by a quarter."""

    def fit(self, mode: Fit = Fit.PAGE) -> None:
        """Fill the view with the page or its width."""

    def rotate(self) -> None:
        """Turn the picture by a quarter to the right."""

    def toggle_side_panel(self) -> None:
        """Show or hide page pictures and bookmarks."""

    # -- search ------------------------------------------------------------------------------

    def search(self, words: str) -> None:
        """Search the document; the answer comes as `found`. Empty words end the search."""

    def search_next(self) -> None:
        """Show the next hit."""

    def search_previous(self) -> None:
        """Show the hit before."""

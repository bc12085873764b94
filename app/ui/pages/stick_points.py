# SPDX-License-Identifier: GPL-3.0-or-later
"""教学点: at a central school, which machines sticks have come from and when the last one came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.ui.jobs import JobContext
from app.ui.look.theme import Theme
from app.ui.pages.status_words import since_words
from app.ui.services import Services
from app.ui.widgets.controls import Card, button, clear_layout, column, label, row
from app.ui.widgets.name_dialog import ask_name

if TYPE_CHECKING:
    from app.sync.courier.store import Point

# Somebody comes about once a month; after two of them have not, it is worth a telephone call.
_SILENT = timedelta(days=60)
_SIGNS = 6  # of the random word that stands for a machine nobody has named


class PointsCard(Card):
    """Hidden where no stick of another machine ever came by."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme)
        self._theme, self._services = theme, services
        self._shown: tuple[tuple[str, str, str, int], ...] = ()
        self._named: dict[str, str] = {}  # until the agent has written it down
        self.body.addWidget(label(theme, self.tr("Teaching points that come by stick"), "title"))
        words = self.tr(
            "Their parcels are passed on sealed; the one not heard of longest is first."
        )
        self.body.addWidget(label(theme, words, name="muted"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.px(8))
        self.body.addLayout(self._rows)
        self.hide()

    @Slot()
    def refresh(self) -> None:
        """Read again, off the GUI thread."""
        paths = self._services.paths

        def read(_: JobContext) -> object:
            from app.sync.courier.points import read_points

            return read_points(paths)

        self._services.runner.start(read).succeeded.connect(self._show)

    @Slot(object)
    def _show(self, points: tuple[Point, ...]) -> None:
        now = datetime.now(UTC)
        for point in points:
            if self._named.get(point.point) == point.name:
                del self._named[point.point]
        lines = tuple(
            (one.point, self._named.get(one.point, one.name), one.last_at, one.bundles)
            for one in points
        )
        if lines != self._shown:  # else a row would vanish under the hand that taps it
            self._shown = lines
            clear_layout(self._rows)
            for line in lines:
                self._rows.addWidget(self._row(*line, now))
        self.setVisible(bool(lines))

    def _row(self, point: str, name: str, last_at: str, bundles: int, now: datetime) -> QWidget:
        theme = self._theme
        last = datetime.fromisoformat(last_at)
        unnamed = self.tr("Not named yet ({sign})").format(sign=point[:_SIGNS])
        title = label(theme, name or unnamed, is_bold=bool(name))
        parcels = self.tr("Parcels in all: %n", "", bundles)
        about = label(theme, f"{since_words(last, now)} · {parcels}", "body", "muted")
        parts: list[QWidget | QVBoxLayout] = [column(title, about, gap=theme.px(2))]
        if now - last > _SILENT:
            chip = label(theme, self.tr("long not heard of"), "small", "chipWarn")
            chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            parts.append(chip)
        naming = button(theme, self.tr("Rename") if name else self.tr("Name"), "edit", "quiet")
        naming.clicked.connect(lambda _=False: self._ask(point, name))
        holder = QWidget()
        line = row(*parts, naming, gap=theme.px(12))
        line.setStretch(0, 1)
        holder.setLayout(line)
        return holder

    def _ask(self, point: str, name: str) -> None:
        typed = ask_name(self, self._theme, self.tr("What is this teaching point called?"), name)
        if not typed or typed == name:
            return
        self._named[point] = typed
        self._services.courier.name_point(point, typed)
        self._services.agent.nudge()
        self.refresh()

# SPDX-License-Identifier: GPL-3.0-or-later
"""同步: when this machine was last up to date, what waits, what is moving, what needs a hand."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message, message_of
from app.sync.status import RegionStatus, Status
from app.ui.agent_link import AgentState, Progress
from app.ui.look.theme import Theme
from app.ui.pages.status_words import (
    age_words,
    agent_words,
    disk_words,
    left_words,
    outbox_words,
    since_words,
    transfer_words,
    visible_problems,
)
from app.ui.pages.stick_points import PointsCard
from app.ui.services import Services
from app.ui.widgets.controls import (
    Card,
    FlowBox,
    Notice,
    ScrollPage,
    button,
    clear_layout,
    icon_label,
    label,
    row,
)
from app.ui.words import moment_words, size_words

_REFRESH_MS = 5000
_SHOWN_TRANSFERS = 6


class Tile(Card):
    """One fact: icon, name, the fact in large print, a word below."""

    def __init__(self, theme: Theme, icon: str, name: str) -> None:
        super().__init__(theme)
        head = row(icon_label(theme, icon, "primary", 24), label(theme, name, "body", "muted"))
        head.setStretch(1, 1)
        self.body.addLayout(head)
        self.fact = label(theme, "…", "title")
        self.more = label(theme, "", "small", "muted")
        self.body.addWidget(self.fact)
        self.body.addWidget(self.more)
        self.body.addStretch(1)

    def say(self, fact: str, more: str = "") -> None:
        """Put the words in."""
        self.fact.setText(fact)
        self.more.setText(more)
        self.more.setVisible(bool(more))


class StatusPage(QWidget):
    """Read again every few seconds while it is seen, and when the agent says that it changed."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self._status: Status | None = None
        self._tile_count = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._make()
        agent = services.agent
        agent.state_changed.connect(self._agent_moved)
        agent.progressed.connect(self._progressed)
        agent.done.connect(self.refresh)
        agent.problem_met.connect(self._met)
        self._agent_moved()
        self.refresh()

    def _make(self) -> None:
        theme = self._theme
        scroll = ScrollPage(theme, 1080)
        body = scroll.body
        self.sync_button = button(theme, self.tr("Sync now"), "sync", "primary")
        self.sync_button.clicked.connect(self._sync)
        self.pause_button = button(theme, self.tr("Pause"), "pause")
        self.pause_button.clicked.connect(self._pause)
        self.agent = label(theme, name="muted")
        buttons = FlowBox(theme.px(10))
        buttons.add(self.sync_button)
        buttons.add(self.pause_button)
        self._buttons = buttons
        body.addWidget(label(theme, self.tr("Sync"), "display"))
        body.addWidget(self.agent)
        body.addWidget(buttons)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(theme.px(8))
        body.addLayout(self._problems)
        self.last = Tile(theme, "clock", self.tr("Last sync"))
        self.outbox = Tile(theme, "outbox", self.tr("Waiting to be sent"))
        self.disk = Tile(theme, "disk", self.tr("Lessons on this machine"))
        self.disk_bar = QProgressBar()
        self.disk_bar.setTextVisible(False)
        self.disk_bar.setRange(0, 1000)
        self.disk.body.insertWidget(2, self.disk_bar)
        self._tiles = QGridLayout()
        self._tiles.setSpacing(theme.px(14))
        body.addLayout(self._tiles)
        self.moving = Card(theme)
        self.moving.body.addWidget(label(theme, self.tr("On the way"), "title"))
        self._transfers = QVBoxLayout()
        self._transfers.setSpacing(theme.px(12))
        self.moving.body.addLayout(self._transfers)
        body.addWidget(self.moving)
        self.regions = Card(theme)
        self.regions.body.addWidget(label(theme, self.tr("Where the lessons come from"), "title"))
        self._regions = QVBoxLayout()
        self._regions.setSpacing(theme.px(8))
        self.regions.body.addLayout(self._regions)
        body.addWidget(self.regions)
        self.points = PointsCard(theme, self._services)
        body.addWidget(self.points)
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._place_tiles()

    def _place_tiles(self) -> None:
        """Three side by side, or one below the other where that is too narrow."""
        count = 3 if self.width() >= self._theme.px(820) else 1
        if count == self._tile_count:
            return
        self._tile_count = count
        for at, tile in enumerate((self.last, self.outbox, self.disk)):
            self._tiles.addWidget(tile, at // count, at % count)
        for column in range(3):
            self._tiles.setColumnStretch(column, 1 if column < count else 0)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._place_tiles()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    # -- reading -----------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read the status again, off the GUI thread."""
        read = self._services.read_status
        job = self._services.runner.start(lambda _context: read())
        job.succeeded.connect(self._show)
        job.failed.connect(self._fail)
        self.points.refresh()

    @Slot(object)
    def _fail(self, error: object) -> None:
        if isinstance(error, KnownError):
            said = message_of(error, self._language)
            self._show_problems([said.line])

    @property
    def _language(self) -> str:
        return self._services.settings.current.language

    @Slot(object)
    def _show(self, status: Status) -> None:
        self._status = status
        now = datetime.now(UTC)
        if status.last_sync_at is None:
            self.last.say(self.tr("Not yet"), self.tr("It happens by itself when a way is there."))
        else:
            self.last.say(since_words(status.last_sync_at, now), moment_words(status.last_sync_at))
        self.outbox.say(*outbox_words(status))
        disk = status.disk
        self.disk.say(size_words(disk.used_bytes), disk_words(disk))
        share = disk.used_bytes / disk.quota_bytes if disk.quota_bytes else 0.0
        self.disk_bar.setValue(min(1000, round(share * 1000)))
        lines = [
            message(problem.code, problem.data, self._language).line
            for problem in visible_problems(status)
        ]
        if status.clock.is_wrong:
            lines.append(self.tr("This machine's clock seems to be wrong; please set it."))
        self._show_problems(lines)
        self._show_transfers()
        self._show_regions(status)

    def _show_problems(self, lines: list[str]) -> None:
        clear_layout(self._problems)
        for line in dict.fromkeys(lines):
            notice = Notice(self._theme, "notice", "warning")
            notice.say(line)
            self._problems.addWidget(notice)

    def _show_transfers(self) -> None:
        """What moves now, as the agent says it; else what waits in its database."""
        clear_layout(self._transfers)
        moving = list(self._services.agent.transfers.values())
        if not moving and self._status is not None:
            moving = [
                Progress(t.sha256, "download", t.title, t.done_bytes, t.total_bytes, t.left_s)
                for t in self._status.transfers
            ]
        self.moving.setVisible(bool(moving))
        for progress in moving[:_SHOWN_TRANSFERS]:
            self._transfers.addWidget(self._transfer(progress))
        if len(moving) > _SHOWN_TRANSFERS:
            words = self.tr("and {count} more").format(count=len(moving) - _SHOWN_TRANSFERS)
            self._transfers.addWidget(label(self._theme, words, name="muted"))

    def _transfer(self, progress: Progress) -> QWidget:
        theme = self._theme
        holder = QWidget()
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setRange(0, 1000)
        if progress.total_bytes:
            bar.setValue(min(1000, progress.done_bytes * 1000 // progress.total_bytes))
        bar.setAccessibleName(progress.title)
        title = label(theme, progress.title or transfer_words(progress.kind), is_bold=True)
        done = f"{size_words(progress.done_bytes)} / {size_words(progress.total_bytes)}"
        left = left_words(progress.left_s)
        amount = label(theme, f"{done} · {left}" if left else done, "small", "muted")
        amount.setWordWrap(False)
        head = row(title, amount, gap=theme.px(12))
        head.setStretch(0, 1)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(6))
        layout.addLayout(head)
        layout.addWidget(bar)
        return holder

    def _show_regions(self, status: Status) -> None:
        clear_layout(self._regions)
        self.regions.setVisible(bool(status.regions))
        for region in status.regions:
            self._regions.addWidget(self._region(region))

    def _region(self, region: RegionStatus) -> QWidget:
        holder = QWidget()
        name = label(self._theme, region.name or region.region_id, is_bold=True)
        age = label(self._theme, age_words(region.age_days), "body", "muted")
        age.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        line = row(name, age, gap=self._theme.px(12))
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        holder.setLayout(line)
        return holder

    # -- the agent ---------------------------------------------------------------------------

    @Slot()
    def _agent_moved(self) -> None:
        state = self._services.agent.state
        self.agent.setText(agent_words(state))
        is_paused = state is AgentState.PAUSED
        self.pause_button.setText(self.tr("Go on") if is_paused else self.tr("Pause"))
        self.pause_button.setIcon(self._theme.icon("play" if is_paused else "pause", "text", 22))
        self.pause_button.setEnabled(state in (AgentState.RUNNING, AgentState.PAUSED))
        self._buttons.refresh()

    @Slot(object)
    def _progressed(self, _progress: object) -> None:
        if self.isVisible():
            self._show_transfers()

    @Slot(object)
    def _met(self, _problem: object) -> None:
        if self.isVisible():
            self.refresh()

    @Slot()
    def _sync(self) -> None:
        agent = self._services.agent
        if agent.state is AgentState.PAUSED:
            agent.resume()
        agent.sync_now()
        self.refresh()

    @Slot()
    def _pause(self) -> None:
        agent = self._services.agent
        if agent.state is AgentState.PAUSED:
            agent.resume()
        else:
            agent.pause()

# SPDX-License-Identifier: GPL-3.0-or-later
"""One quiet line on the pages about what the agent does; never in a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Slot

from app.base.messages import message
from app.ui.agent_link import Problem, Progress

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_QUIET_CODES = frozenset({"offline", "cancelled"})


class WindowNews(QObject):
    """Listens to the agent for one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        agent = window.services.agent
        agent.progressed.connect(self._progressed)
        agent.problem_met.connect(self._problem_met)
        agent.done.connect(self._done)

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if progress.kind != "catalogue" or self._window.home.has_content:
            return
        words = QCoreApplication.translate(
            "MainWindow", "Lessons are being put in place: {percent} %"
        )
        percent = progress.done_bytes * 100 // progress.total_bytes if progress.total_bytes else 0
        self._window.say(words.format(percent=percent), is_progress=True)

    @Slot(object)
    def _problem_met(self, problem: Problem) -> None:
        if problem.code in _QUIET_CODES or self._window.is_in_lesson:
            return
        language = self._window.services.settings.current.language
        self._window.say(message(problem.code, problem.data, language).line)

    @Slot()
    def _done(self) -> None:
        if not self._window.services.agent.problems.keys() - _QUIET_CODES:
            self._window.say("")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches for sticks and leads one at a time through the card: offer, import, export, pull out.

The agent does the work; here requests are left and followed. No handle of a stick is ever held:
looking at it and counting run in worker jobs that end by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.base.messages import message, message_of
from app.ui.agent_link import Progress
from app.ui.jobs import JobContext
from app.ui.look.theme import Theme
from app.ui.pages import stick_words as say
from app.ui.services import Services
from app.ui.widgets.stick_card import StickCard
from app.ui.words import size_words

if TYPE_CHECKING:
    from app.sync.courier.survey import StickFacts
    from app.sync.requests import RequestState

LOOK_MS = 2_000
FOLLOW_MS = 500

Places = Callable[[], Sequence[Path]]


class Host(Protocol):
    """The window, as far as the card needs it."""

    @property
    def theme(self) -> Theme:
        """How things look now."""
        ...

    @property
    def shell(self) -> QWidget:
        """Where the card lies: everything but the lesson."""
        ...

    @property
    def is_in_lesson(self) -> bool:
        """Whether a lesson is on the screen."""
        ...


class Ask(Protocol):
    """Leaves requests for the agent; each returns the request's id."""

    def stick_import(self, folder: Path, *, takes_parcels: bool) -> str:
        """Bring what is on a stick; other schools' parcels too, if somebody has agreed to that."""
        ...

    def stick_export(self, folder: Path, *, is_refill: bool) -> str:
        """Load what waits onto a stick; lessons for the point it came from, too."""
        ...

    def stick_stop(self, request_id: str) -> str:
        """End an import or export early."""
        ...


class Phase(StrEnum):
    """What the card is doing."""

    IDLE = "idle"
    COUNTING = "counting"
    OFFERED = "offered"
    IMPORTING = "importing"
    EXPORTING = "exporting"
    OVER = "over"


@dataclass(slots=True)
class _Visit:
    """One stick, from plugging in to pulling out."""

    root: Path
    facts: StickFacts | None = None
    request_id: str = ""
    imported: Mapping[str, Any] = field(default_factory=dict)
    exported: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""
    is_stopping: bool = False
    progress: Progress | None = None


class StickDesk(QObject):
    """Lives as long as the window; made by `app.wiring`."""

    def __init__(self, host: Host, services: Services, ask: Ask, places: Places) -> None:
        super().__init__()
        self._host, self._services, self._ask, self._places = host, services, ask, places
        self.phase = Phase.IDLE
        self._visit: _Visit | None = None
        self._present: frozenset[Path] = frozenset()
        self._queue: list[Path] = []
        self._is_looking = self._is_reading = False
        self._card: StickCard | None = None
        self._shell: QWidget | None = None
        self._look_timer = self._timer(LOOK_MS, self.look)
        self._follow_timer = self._timer(FOLLOW_MS, self._follow)
        services.agent.progressed.connect(self._progressed)
        services.agent.request_ended.connect(self._request_ended)
        services.settings.changed.connect(self._renew_soon)

    def start(self) -> None:
        """Begin to look for sticks."""
        self._look_timer.start()

    def close(self) -> None:
        """Look no more."""
        self._look_timer.stop()
        self._follow_timer.stop()

    @property
    def card(self) -> StickCard:
        """The card, made anew when the window was rebuilt in another look."""
        shell = self._host.shell
        if self._card is None or shell is not self._shell:
            self._shell = shell
            self._card = StickCard(self._host.theme, shell)
            self._card.accepted.connect(self.accept)
            self._card.left.connect(self.leave)
        return self._card

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    # -- looking -----------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """See which sticks are there; a worker asks the system."""
        if self._is_looking:
            return
        self._is_looking = True
        places = self._places
        job = self._services.runner.start(lambda _: frozenset(places()))
        job.succeeded.connect(self._looked)
        job.ended.connect(self._look_ended)

    @Slot()
    def _look_ended(self) -> None:
        self._is_looking = False

    @Slot(object)
    def _looked(self, found: frozenset[Path]) -> None:
        self._queue = [root for root in self._queue if root in found]
        self._queue += sorted(found - self._present)
        self._present = found
        visit = self._visit
        is_working = self.phase in (Phase.IMPORTING, Phase.EXPORTING)
        if visit is not None and visit.root not in found and not is_working:
            self._end_visit()
        self._next()

    def _next(self) -> None:
        """Count the next stick, unless a lesson is on."""
        if self.phase is not Phase.IDLE or not self._queue or self._host.is_in_lesson:
            return
        root = self._queue.pop(0)
        self._visit = _Visit(root)
        self.phase = Phase.COUNTING
        paths = self._services.paths

        def count(context: JobContext) -> object:
            from app.sync.courier.survey import survey

            return survey(paths, root, context.is_cancelled)

        job = self._services.runner.start(count)
        job.succeeded.connect(self._counted)
        job.failed.connect(self._count_failed)

    @Slot(object)
    def _count_failed(self, _error: object) -> None:
        self._end_visit()

    @Slot(object)
    def _counted(self, facts: StickFacts) -> None:
        visit = self._visit
        if visit is None or self.phase is not Phase.COUNTING or facts.root != visit.root:
            return
        if facts.is_lesson or self._host.is_in_lesson:
            self._queue.insert(0, facts.root)
            self._end_visit()
            return
        visit.facts = facts
        if facts.can_bring or (facts.can_take and (facts.is_ours or facts.is_without_line)):
            self.phase = Phase.OFFERED
        elif facts.is_ours:
            error = facts.error
            language = self._services.settings.current.language
            visit.failure = message_of(error, language).line if error is not None else ""
            self.phase = Phase.OVER
        else:
            self._end_visit()
            return
        self._show()

    # -- doing -------------------------------------------------------------------------------

    @Slot()
    def accept(self) -> None:
        """The large button: do it; or, when it is over, put the card away."""
        visit = self._visit
        if visit is None or visit.facts is None:
            return
        if self.phase is Phase.OVER:
            self._end_visit()
            self._next()
        elif self.phase is Phase.OFFERED:
            self._begin(visit, is_import=visit.facts.can_bring)

    @Slot()
    def leave(self) -> None:
        """The quiet button: not now; or, while something runs, stop it."""
        visit = self._visit
        if visit is not None and self.phase in (Phase.IMPORTING, Phase.EXPORTING):
            visit.is_stopping = True
            self._ask.stick_stop(visit.request_id)
            self._services.agent.nudge()
            self.card.quiet_button.setEnabled(False)
            return
        self._end_visit()
        self._next()

    def _begin(self, visit: _Visit, *, is_import: bool) -> None:
        ask, facts = self._ask, visit.facts
        if is_import:
            # A card that speaks of nothing but parcels was tapped for them.
            takes = facts is not None and facts.parcels > 0 and not facts.new_files
            visit.request_id = ask.stick_import(visit.root, takes_parcels=takes)
        else:
            is_refill = bool(visit.imported.get("relayed"))
            visit.request_id = ask.stick_export(visit.root, is_refill=is_refill)
        visit.progress = None
        self.phase = Phase.IMPORTING if is_import else Phase.EXPORTING
        self._services.agent.nudge()
        self._follow_timer.start()
        self._show()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        visit = self._visit
        if visit is not None and progress.job == f"stick-{visit.request_id}":
            visit.progress = progress
            self._show_progress(visit)

    @Slot(str, str, str)
    def _request_ended(self, request_id: str, _state: str, _code: str) -> None:
        if self._visit is not None and request_id == self._visit.request_id:
            self._follow()

    @Slot()
    def _follow(self) -> None:
        """Read what became of the request: whichever agent works on it writes it down."""
        visit = self._visit
        if visit is None or self._is_reading:
            return
        self._is_reading = True
        paths, request_id = self._services.paths, visit.request_id

        def read(_: JobContext) -> object:
            from app.ui.state_reader import read_request

            return read_request(paths, request_id)

        job = self._services.runner.start(read)
        job.succeeded.connect(self._followed)
        job.ended.connect(self._read_ended)

    @Slot()
    def _read_ended(self) -> None:
        self._is_reading = False

    @Slot(object)
    def _followed(self, state: RequestState | None) -> None:
        visit = self._visit
        if visit is None or state is None or state.id != visit.request_id or not state.is_over:
            return
        if self.phase is Phase.IMPORTING:
            visit.imported = state.result
        elif self.phase is Phase.EXPORTING:
            visit.exported = state.result
        else:
            return
        if state.code is not None:
            language = self._services.settings.current.language
            visit.failure = message(state.code, state.data, language).line
        can_take = visit.facts is not None and visit.facts.can_take
        goes_on = not (visit.failure or visit.is_stopping)
        is_for_others = bool(visit.imported.get("relayed"))
        if self.phase is Phase.IMPORTING and goes_on and (can_take or is_for_others):
            self._begin(visit, is_import=False)
            return
        self._follow_timer.stop()
        self.phase = Phase.OVER
        self._show()

    def _end_visit(self) -> None:
        self._follow_timer.stop()
        self._visit = None
        self.phase = Phase.IDLE
        if self._card is not None and self._shell is self._host.shell:
            self._card.hide()

    # -- showing -----------------------------------------------------------------------------

    @Slot()
    def _renew_soon(self) -> None:
        """Another look or language: the window is rebuilt first, then the card says it again."""
        QTimer.singleShot(LOOK_MS // 4, self, self._show)

    @Slot()
    def _show(self) -> None:
        visit = self._visit
        if visit is None or visit.facts is None:
            return
        if self.phase is Phase.OFFERED:
            self._show_offer(visit.facts)
        elif self.phase is Phase.OVER:
            self._show_end(visit, visit.facts)
        else:
            title = (
                self.tr("Bringing lessons in …")
                if self.phase is Phase.IMPORTING
                else self.tr("Sealing what waits for the county …")
            )
            self.card.work(title, str(visit.root), self.tr("Stop"))
            self._show_progress(visit)

    def _show_offer(self, facts: StickFacts) -> None:
        self.card.offer(
            say.offer_title(facts),
            say.place_words(facts),
            say.along_words(facts, len(self._queue)),
            say.suspect_words(facts.suspects.count, facts.suspects.names),
            say.offer_buttons(facts),
        )

    def _show_progress(self, visit: _Visit) -> None:
        progress = visit.progress
        if progress is None:
            self.card.progress(0, 0, str(visit.root))
            return
        words = self.tr("{done} of {total} · {title}").format(
            done=size_words(progress.done_bytes),
            total=size_words(progress.total_bytes),
            title=progress.title or visit.root,
        )
        self.card.progress(progress.done_bytes, progress.total_bytes, words)

    def _show_end(self, visit: _Visit, facts: StickFacts) -> None:
        suspects = say.suspect_words(facts.suspects.count, facts.suspects.names)
        close = (self.tr("OK"), "")
        if visit.failure:
            lines = [visit.failure, say.done_words(visit.imported, visit.exported)]
            words = "\n".join(line for line in lines if line)
            self.card.conclude(
                self.tr("The stick did not get through"), words, suspects, close, is_good=False
            )
            return
        title = self.tr("You can pull the stick out")
        words = say.done_words(visit.imported, visit.exported) or self.tr(
            "There was nothing new on it."
        )
        self.card.conclude(title, words, suspects, close, is_good=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the window together: data directory, threads, agent, pages; and ends them in order.

What the first page does not need is loaded after it: arrays of the catalogue and players on worker
threads or with their page, tray and sticks and guard by `app.wiring.beside`.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

import app
from app.base.clock import SystemClock
from app.base.errors import AlreadyRunningError, KnownError, OtherSessionError
from app.base.heap import keep_heap_whole
from app.base.identity import device
from app.base.locks import ProcessLock, is_held
from app.base.log import configure_logging
from app.base.messages import message, message_of
from app.base.paths import DataPaths, agent_command, find_data_root, shelf_dir
from app.base.settings import Settings, load_settings
from app.cache.reader import BlobReader
from app.catalogue.warming import warm_up
from app.lesson.school import read_school
from app.player.capabilities import capabilities
from app.ui.afterwards import Afterwards
from app.ui.agent_link import AgentLink
from app.ui.classroom import Classroom
from app.ui.end_signals import EndSignals
from app.ui.i18n.install import Translations
from app.ui.jobs import DeskQueue, JobRunner, SerialQueue
from app.ui.lesson_log import LessonLog
from app.ui.lesson_place import load_place
from app.ui.look.icons import icon_pixmap
from app.ui.look.theme import Theme, percent_on_screen, theme_for
from app.ui.main_window import PACKAGE_ENDING, MainWindow
from app.ui.own_shelf import OwnShelf
from app.ui.rubbish import Rubbish
from app.ui.services import CatalogueReader, Services, SettingsBox
from app.ui.wanted import Wanted
from app.ui.widgets.cover import CoverStore
from app.wiring.autostart import Autostart
from app.wiring.beside import Beside
from app.wiring.courier import AgentCourier
from app.wiring.crash import FaultFile, report_leftovers
from app.wiring.move_wish import MoveWish

if TYPE_CHECKING:
    from app.sync.status import Status
    from app.ui.desk import Desk
    from app.ui.shooter import Screenshooter

log = logging.getLogger(__name__)

SHOT_SIZE = (1280, 720)
_AGENT_RESTS_AFTER_S = 20
_FIRST_PAGE_MS = 1500  # longest wait for the first page before the rest of the program begins


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """What the command line says."""

    data_dir: Path | None = None
    open_id: str | None = None
    screenshot: Path | None = None
    enrol: str | None = None
    language: str | None = None
    is_guarded: bool = False
    is_resumed: bool = False  # by the guard, after a crash
    is_in_tray: bool = False  # by the system's start: no window, where the settings have a tray


class Program(QObject):
    """The running window with everything that belongs to it. Signals: ended(int), an exit code."""

    ended = Signal(int)

    def __init__(self, paths: DataPaths, options: WindowOptions) -> None:
        super().__init__()
        self.paths, self.options = paths, options
        self.exit_code = 0
        settings = load_settings(paths)
        if options.language is not None:
            settings = replace(settings, language=options.language)
        self.settings = SettingsBox(paths, settings)
        self.translations = Translations()
        self.translations.use(settings.language)
        self.runner = JobRunner()
        self.desk = DeskQueue(self._open_desk)
        self.playable = capabilities().playable_formats
        self.catalogue: SerialQueue[CatalogueReader] = SerialQueue(self._open_catalogue)
        self.agent = AgentLink(
            agent_command(paths.root, "sync", "--json", "--rest", str(_AGENT_RESTS_AFTER_S)),
            lambda: is_held(paths.agent_lock),
        )
        locator = OwnShelf(paths, BlobReader(paths, [shelf_dir(), paths.own_dir]), self.playable)
        courier = AgentCourier(paths)
        self.lesson_log = LessonLog(self.desk, device(paths).device_id, SystemClock())
        self.classroom = Classroom(
            self.desk, self.runner, self.settings, SystemClock(), partial(read_school, paths)
        )
        self.lesson_log.occasion_of = self.classroom.occasion
        self.move_wish = MoveWish(paths, self.end)
        self.window = MainWindow(
            self._theme(),
            Services(
                paths=paths,
                settings=self.settings,
                runner=self.runner,
                catalogue=self.catalogue,
                desk=self.desk,
                covers=CoverStore(locator, self.runner),
                locator=locator,
                agent=self.agent,
                courier=courier,
                lesson_log=self.lesson_log,
                read_status=self._read_status,
                playable=self.playable,
                classroom=self.classroom,
                own=locator,
                wanted=Wanted(self.runner, self._read_status, courier),
                autostart=Autostart(),
                mover=self.move_wish,
            ),
        )
        self.beside = Beside(self.window, paths, self.end)
        self.afterwards = Afterwards(self)
        self._has_begun = False
        self.rubbish: Rubbish | None = None
        self._applied = self.settings.current
        self._shooter: Screenshooter | None = None
        self.settings.changed.connect(self._settings_changed)
        self.settings.failed.connect(self._say_problem)
        self.window.closing.connect(self.close)
        self.lesson_log.failed.connect(self._say_problem)
        self.desk.submit(_what_was_repaired).succeeded.connect(self._say_problem)

    def _open_desk(self) -> Desk:
        from app.ui.desk import open_desk

        return open_desk(self.paths)

    def _open_catalogue(self) -> CatalogueReader:
        from app.catalogue.reader import Catalogue

        return Catalogue.open(self.paths, self.playable)

    def _read_status(self) -> Status:
        from app.sync.status import read_status

        return read_status(self.paths)

    def start(self) -> None:
        """Show the window, then let the agent begin."""
        options = self.options
        self.catalogue.submit(lambda _: None)  # it opens while the window is painted
        self.classroom.start()
        if options.screenshot is not None:
            self._take_picture(options.screenshot)
        elif not (options.is_in_tray and self._use_tray()):
            self._show_fitting()
        # The first page comes before anything else takes a core.
        self.window.home.settled.connect(self._begin_rest)
        QTimer.singleShot(_FIRST_PAGE_MS, self._begin_rest)
        place = load_place(self.paths) if options.is_resumed else None
        if place is not None:
            self.window.go_on(place)
        elif options.open_id is not None:
            self.window.open_wish(options.open_id)

    @Slot()
    def _begin_rest(self) -> None:
        """Agent, tray, sticks, guard: once, after the first page."""
        if self._has_begun:
            return
        self._has_begun = True
        steps: list[Callable[[], object]] = [self._collect, self.beside.answer_second_starts]
        if self.options.is_guarded:
            steps.append(self.beside.be_guarded)
        steps.append(self._start_agent)
        if self.options.screenshot is None:
            steps += [self._use_tray, self.beside.watch_sticks]
        steps.append(lambda: self.runner.start(lambda _: warm_up(self.paths.catalogue_dir)))
        self.afterwards.begin([*steps, partial(report_leftovers, self.paths)])

    def _collect(self) -> None:
        gc.freeze()  # what a start has made stays until the end
        self.rubbish = Rubbish(self)

    def _use_tray(self) -> bool:
        return self.beside.use_tray(is_wanted=self.settings.current.is_tray)

    def _take_picture(self, target: Path) -> None:
        from app.ui.shooter import Screenshooter

        self.window.resize(*SHOT_SIZE)
        wish = self.options.open_id
        is_player = wish is not None and not wish.lower().endswith(PACKAGE_ENDING)
        self._shooter = Screenshooter(self.window, target, is_player=is_player)
        self._shooter.done.connect(self._shot)
        self.window.show()

    def _show_fitting(self) -> None:
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.window.resize(min(1400, room.width()), min(860, room.height()))
        if room.width() <= 1440 or room.height() <= 900:
            self.window.showMaximized()
        else:
            self.window.show()

    def _start_agent(self) -> None:
        source = self.options.enrol or self._first_enrolment()
        if source is not None:
            AgentCourier(self.paths).enrol(source)
            words = QCoreApplication.translate("Program", "Preparing the first lessons …")
            self.window.say(words, is_progress=True)
        self.agent.start()

    def _first_enrolment(self) -> str | None:
        """The starter region that came with the program, on a machine that has no region yet."""
        enrolment = shelf_dir() / "enrolment.json"
        has_region = any(self.paths.regions_dir.iterdir())
        is_asked = any(self.paths.inbox_dir.glob("*.json"))
        return str(enrolment) if enrolment.is_file() and not has_region and not is_asked else None

    @Slot(object)
    def _say_problem(self, error: object) -> None:
        """desk.db was set back, or something cannot be written: said above the lessons."""
        if isinstance(error, KnownError) and not self.window.is_in_lesson:
            said = message_of(error, self.settings.current.language)
            self.window.say(said.line)

    @Slot()
    def _settings_changed(self) -> None:
        """Another language, palette or size: the pages are made anew, the place is kept."""
        before, now = self._applied, self.settings.current
        self._applied = now
        self._use_tray()
        if before.language != now.language:
            self.translations.use(now.language)
            self.beside.rename_tray()
        if (before.language, before.theme, before.scale_percent) != (
            now.language,
            now.theme,
            now.scale_percent,
        ):
            QTimer.singleShot(0, self._rebuild)

    @Slot()
    def _rebuild(self) -> None:
        self.window.rebuild(self._theme())

    def _theme(self) -> Theme:
        now = self.settings.current
        is_small = self.options.screenshot is not None  # the picture has the size of a TV
        height = SHOT_SIZE[1] if is_small else QGuiApplication.primaryScreen().size().height()
        return theme_for(now.theme, percent_on_screen(now.scale_percent, height))

    @Slot(bool)
    def _shot(self, is_saved: bool) -> None:
        if not is_saved and self._shooter is not None:
            said = message(*self._shooter.reason, self.settings.current.language)
            print(said.line, file=sys.stderr)  # noqa: T201 - --screenshot is a command
            self.exit_code = 1
        self.window.close()

    @Slot()
    def end(self) -> None:
        """The system, or the tray's menu, wants the end: a tray hides nothing now."""
        self.beside.leave_tray()
        self.window.close()

    @Slot()
    def close(self) -> None:
        """End in order: nothing that was recorded is lost, no thread or process is left."""
        self._has_begun = True  # a window that closes at once begins nothing more
        self.afterwards.close()
        self.beside.close()
        if self.rubbish is not None:
            self.rubbish.close()
        self.lesson_log.close()
        self.classroom.close()
        self.agent.stop()
        self.runner.close()
        self.catalogue.close()
        if not self.desk.close():
            log.error("desk.db was still busy at the end")
        self.ended.emit(self.exit_code)


def _what_was_repaired(desk: Desk) -> object:
    return desk.repaired


def make_application() -> QApplication:
    """The QApplication with what must be set before it exists."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # Qt WebEngine, loaded later for interactive lessons, needs this from the beginning.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Kezhan")
    application.setApplicationDisplayName("课栈")
    application.setApplicationVersion(app.__version__)
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(icon_pixmap("logo", "#0b6e5a", 64, 1.0)))
    return application


def run_window(options: WindowOptions) -> int:
    """Run the window until it is closed; a second start raises the first and returns 0.

    Raises:
        KnownError: the data directory cannot be used; the caller says why.
    """
    gc.disable()  # nothing that a start makes is garbage; `Rubbish` collects from then on
    keep_heap_whole()  # before Qt starts a thread for its display
    paths = DataPaths(find_data_root(options.data_dir))
    paths.ensure()
    configure_logging(paths, "window")
    application = make_application()
    lock = ProcessLock(paths.window_lock)
    try:
        lock.acquire()
    except AlreadyRunningError as error:
        return _hand_over(paths, lock, options.open_id, error)
    faults, ending = FaultFile(paths), EndSignals()
    try:
        faults.open()
        ending.listen()
        program = Program(paths, options)
        program.ended.connect(application.exit)
        ending.asked.connect(program.end)
        program.start()
        code = application.exec()
        program.beside.dismiss()
        program.window.deleteLater()
        application.processEvents()
        program.translations.clear()
    except KnownError as error:
        log.warning("the window could not start: %s", message_of(error, "en").line)
        raise
    finally:
        ending.close()
        faults.close()
        lock.release()
    if program.move_wish.target is not None:
        _move(program.move_wish, paths, program.settings.current)
    return code


def _hand_over(
    paths: DataPaths, lock: ProcessLock, open_id: str | None, error: AlreadyRunningError
) -> int:
    """Let the window that runs come forward; it may be one of another account."""
    from app.ui.single_instance import hand_over

    if hand_over(paths.root, open_id):
        return 0
    if other := lock.other_account():
        raise OtherSessionError(user=other) from error
    raise error


def _move(wish: MoveWish, paths: DataPaths, settings: Settings) -> None:
    """The window has ended for it: move the data, and open the window again wherever it lies."""
    from app.ui.move_dialog import MoveDialog
    from app.wiring.guard import window_command

    translations = Translations()
    translations.use(settings.language)
    height = QGuiApplication.primaryScreen().size().height()
    theme = theme_for(settings.theme, percent_on_screen(settings.scale_percent, height))
    dialog = MoveDialog(theme, wish.command(), settings.language)
    dialog.start()
    dialog.exec()
    translations.clear()
    program, *words = window_command(find_data_root(paths.root))
    QProcess.startDetached(program, words)

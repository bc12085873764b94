# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the window together: data directory, threads, agent, pages; and ends them in order.

What is slow to load (arrays of the catalogue, players) loads on worker threads or with its page.
"""

from __future__ import annotations

import logging
import sys
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
from app.base.identity import device
from app.base.locks import ProcessLock
from app.base.log import configure_logging
from app.base.messages import Message, message, message_of
from app.base.paths import DataPaths, agent_command, find_data_root, shelf_dir
from app.base.settings import Settings, load_settings
from app.cache.reader import BlobReader
from app.lesson.school import read_school
from app.player.capabilities import capabilities
from app.ui.agent_link import AgentLink
from app.ui.classroom import Classroom
from app.ui.end_signals import EndSignals
from app.ui.i18n.install import Translations
from app.ui.jobs import DeskQueue, JobRunner, SerialQueue
from app.ui.lesson_log import LessonLog
from app.ui.lesson_place import load_place
from app.ui.look.icons import icon_pixmap
from app.ui.look.theme import Theme, percent_on_screen, theme_for
from app.ui.main_window import MainWindow
from app.ui.move_dialog import MoveDialog
from app.ui.own_shelf import OwnShelf
from app.ui.problem_box import problem_box
from app.ui.services import CatalogueReader, Services, SettingsBox
from app.ui.shooter import SHOT_DEADLINE_S, Screenshooter
from app.ui.single_instance import SingleInstance, hand_over
from app.ui.tray import Tray
from app.ui.wanted import Wanted
from app.ui.widgets.cover import CoverStore
from app.wiring.autostart import Autostart
from app.wiring.courier import AgentCourier
from app.wiring.crash import FaultFile, report_leftovers
from app.wiring.guard import Guard, window_command
from app.wiring.move_wish import MoveWish
from app.wiring.stick_window import watch_sticks

if TYPE_CHECKING:
    from app.sync.status import Status
    from app.ui.desk import Desk

log = logging.getLogger(__name__)

SHOT_SIZE = (1280, 720)
_AGENT_RESTS_AFTER_S = 20
_GUARD_DELAY_MS = 1000
_AGENT_DELAY_MS = 300  # the first paint comes before another process takes a core


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


def is_held(lock_path: Path) -> bool:
    """Whether a living process holds a lock; the note of a dead one does not count."""
    lock = ProcessLock(lock_path)
    try:
        lock.acquire()
    except AlreadyRunningError:
        return True
    lock.release()
    return False


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
                wanted=Wanted(self.runner, self._read_status, courier.get),
                autostart=Autostart(),
                mover=self.move_wish,
            ),
        )
        self.tray = Tray(self.window)
        self.tray.end_wanted.connect(self.end)
        self.sticks = watch_sticks(self.window, paths)
        self._applied = self.settings.current
        self._shooter: Screenshooter | None = None
        self.settings.changed.connect(self._settings_changed)
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
        if options.screenshot is not None:
            self.window.resize(*SHOT_SIZE)
            self._shooter = Screenshooter(
                self.window, options.screenshot, is_player=options.open_id is not None
            )
            self._shooter.done.connect(self._shot)
            self.window.show()
        else:
            self.tray.use(is_wanted=self.settings.current.is_tray)
            if not (options.is_in_tray and self.tray.is_in_use):
                self._show_fitting()
            self.sticks.start()
        self.classroom.start()
        QTimer.singleShot(_AGENT_DELAY_MS, self._start_agent)
        place = load_place(self.paths) if options.is_resumed else None
        if place is not None:
            self.window.go_on(place)
        elif options.open_id is not None:
            self.window.open_by_id(options.open_id)

    def _show_fitting(self) -> None:
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.window.resize(min(1400, room.width()), min(860, room.height()))
        if room.width() <= 1440 or room.height() <= 900:
            self.window.showMaximized()
        else:
            self.window.show()

    @Slot()
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
        """desk.db was set back, or cannot be written: said once, above the lessons."""
        if isinstance(error, KnownError) and not self.window.is_in_lesson:
            said = message_of(error, self.settings.current.language)
            self.window.say(said.line)

    @Slot()
    def _settings_changed(self) -> None:
        """Another language, palette or size: the pages are made anew, the place is kept."""
        before, now = self._applied, self.settings.current
        self._applied = now
        self.tray.use(is_wanted=now.is_tray)
        if before.language != now.language:
            self.translations.use(now.language)
            self.tray.rename()
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
        if not is_saved:
            data = {"seconds": SHOT_DEADLINE_S}
            said = message("screenshot_failed", data, self.settings.current.language)
            print(said.line, file=sys.stderr)  # noqa: T201 - --screenshot is a command
            self.exit_code = 1
        self.window.close()

    @Slot()
    def end(self) -> None:
        """The system, or the tray's menu, wants the end: a tray hides nothing now."""
        self.tray.close()
        self.window.close()

    @Slot()
    def close(self) -> None:
        """End in order: nothing that was recorded is lost, no thread or process is left."""
        self.tray.close()
        self.lesson_log.close()
        self.sticks.close()
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


def say_problem(said: Message) -> None:
    """A box instead of the window, where no console would show why."""
    make_application()
    problem_box(said).exec()


def run_window(options: WindowOptions) -> int:
    """Run the window until it is closed; a second start raises the first and returns 0.

    Raises:
        KnownError: the data directory cannot be used; the caller says why.
    """
    paths = DataPaths(find_data_root(options.data_dir))
    paths.ensure()
    configure_logging(paths, "window")
    application = make_application()
    lock = ProcessLock(paths.window_lock)
    try:
        lock.acquire()
    except AlreadyRunningError as error:
        if hand_over(paths.root, options.open_id):
            return 0
        if other := lock.other_account():
            raise OtherSessionError(user=other) from error
        raise
    guard, faults, ending = Guard(paths.root), FaultFile(paths), EndSignals()
    try:
        faults.open()
        report_leftovers(paths)
        ending.listen()
        instance = SingleInstance(paths.root)
        if not instance.listen():
            log.warning("a second start will not find this window")
        program = Program(paths, options)
        program.ended.connect(application.exit)
        instance.asked.connect(program.window.come_forward)
        ending.asked.connect(program.end)
        program.start()
        if options.is_guarded:
            QTimer.singleShot(_GUARD_DELAY_MS, guard.start)
        code = application.exec()
        instance.close()
        program.window.deleteLater()
        application.processEvents()
        program.translations.clear()
    except KnownError as error:
        log.warning("the window could not start: %s", message_of(error, "en").line)
        raise
    finally:
        guard.dismiss()
        ending.close()
        faults.close()
        lock.release()
    if program.move_wish.target is not None:
        _move(program.move_wish, paths, program.settings.current)
    return code


def _move(wish: MoveWish, paths: DataPaths, settings: Settings) -> None:
    """The window has ended for it: move the data, and open the window again wherever it lies."""
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

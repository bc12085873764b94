# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows that say when they are usable: ours with its first page shown, or an empty one.

Usage: python -m benchmarks.start_probe kezhan DATA_DIR | empty. Prints `ready`, then on a line of
input `search` types 分数 and prints `found`; ends at the end of input. Ours takes the way of the
`kezhan` command, command line included, and is ready when its books have been painted.
"""

import sys
from pathlib import Path

LOOK_MS = 5


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def run_empty() -> int:
    """An empty window; `ready` after its first paint."""
    from PySide6.QtCore import QSocketNotifier, QTimer, Slot
    from PySide6.QtWidgets import QApplication, QWidget

    class Empty(QWidget):
        has_painted = False

        def paintEvent(self, event: object) -> None:
            if not self.has_painted:
                self.has_painted = True
                QTimer.singleShot(0, self.tell)

        @Slot()
        def tell(self) -> None:
            say("ready")

    application = QApplication(sys.argv[:1])
    window = Empty()
    window.resize(1280, 720)
    window.show()
    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(application.quit)
    return application.exec()


def run_kezhan(data_dir: Path) -> int:
    """The real window; `ready` once the first page shows its books."""
    from app.ui.plain_imports import import_plainly

    import_plainly()
    from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot
    from PySide6.QtWidgets import QLineEdit

    from app.wiring import window
    from app.wiring.cli import main

    class Watcher(QObject):
        """Says when the page has settled, and types what the benchmark asks for."""

        def __init__(self, program: window.Program) -> None:
            super().__init__()
            self._program = program
            self._word = "ready"
            self._timer = QTimer(self)
            self._timer.setInterval(LOOK_MS)
            self._timer.timeout.connect(self.look)
            self._timer.start()
            self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
            self._notifier.activated.connect(self.obey)

        @Slot()
        def look(self) -> None:
            shown = self._program.window
            if self._word == "ready":
                is_shown = shown.home.is_settled and shown.home.has_content
            else:
                is_shown = shown.library.is_settled and shown.library.results.total > 0
            if is_shown:
                self._timer.stop()
                shown.repaint()  # now, whatever else waits
                say(self._word)

        @Slot()
        def obey(self) -> None:
            line = sys.stdin.readline()
            if not line:
                self._notifier.setEnabled(False)
                self._program.window.close()
                return
            self._word = "found"
            self._program.window.show_page("library")
            field = self._program.window.library.findChild(QLineEdit)
            if field is not None:
                field.setText("分数")
            self._timer.start()

    watchers: list[Watcher] = []

    class WatchedProgram(window.Program):
        def start(self) -> None:
            super().start()
            watchers.append(Watcher(self))

    window.Program = WatchedProgram  # type: ignore[misc]
    return main(["--data-dir", str(data_dir)])


if __name__ == "__main__":
    sys.exit(run_empty() if sys.argv[1] == "empty" else run_kezhan(Path(sys.argv[2])))

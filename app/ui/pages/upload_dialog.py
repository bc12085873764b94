# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file, and what it is: the few fields of an upload."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.base.errors import KnownError
from app.base.messages import message_of
from app.region.entry import RESOURCE_TYPES
from app.ui.jobs import Job, JobContext
from app.ui.look.theme import Theme
from app.ui.services import Services
from app.ui.widgets.controls import Chooser, Notice, ScrollPage, button, label, named
from app.ui.words import size_words, type_words

SUBJECTS = (
    "语文 数学 英语 道德与法治 科学 音乐 美术 体育与健康 信息科技 劳动 "
    "物理 化学 生物学 历史 地理 思想政治 综合实践活动 书法"
).split()
GRADES = "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级 高中".split()
VOLUMES = "上册 下册 全一册".split()
_STAGES = dict.fromkeys(GRADES[:6], "小学") | dict.fromkeys(GRADES[6:9], "初中") | {"高中": "高中"}


class UploadDialog(QDialog):
    """Copies the file into the outbox with progress, then leaves the request.

    Signals: left_file(str) with the title when the file is safe.
    """

    left_file = Signal(str)

    def __init__(self, theme: Theme, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._services = theme, services
        self._path: Path | None = None
        self._job: Job | None = None
        self.setWindowTitle(self.tr("Upload a file"))
        self.setModal(True)
        self._make_fields()
        self._lay_out()
        self._show_ready()

    def _make_fields(self) -> None:
        theme = self._theme
        self.file_words = label(theme, self.tr("No file chosen yet"), name="muted")
        self.file_button = button(theme, self.tr("Choose a file"), "folder")
        self.file_button.clicked.connect(self.choose_file)
        self.title_field = self._field(self.tr("Title"), 200)
        self.title_field.textChanged.connect(self._show_ready)
        self.subject = self._chooser(self.tr("Subject"), [(s, s) for s in SUBJECTS])
        self.kind = self._chooser(self.tr("Type"), [(type_words(t), t) for t in RESOURCE_TYPES])
        self.grade = self._chooser(self.tr("Grade"), [(g, g) for g in GRADES])
        self.volume = self._chooser(self.tr("Volume"), [(v, v) for v in VOLUMES])
        self.kind.setCurrentIndex(self.kind.findData("课件"))
        for chooser in (self.subject, self.grade):
            chooser.activated.connect(self._show_ready)
        self.lesson_field = self._field(self.tr("Lesson"), 100)
        self.author_field = self._field(self.tr("Your name (may stay empty)"), 60)
        self.notice = Notice(theme, "noticeBad", "warning")
        self.notice.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.cancel_button = button(theme, self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.send_button = button(theme, self.tr("Upload"), "upload", "primary")
        self.send_button.clicked.connect(self.send)
        self.send_button.setDefault(True)

    def _field(self, name: str, max_length: int) -> QLineEdit:
        made = QLineEdit()
        made.setFont(self._theme.font())
        made.setMinimumHeight(self._theme.px(48))
        made.setMaxLength(max_length)
        made.setAccessibleName(name)
        return made

    def _chooser(self, name: str, choices: list[tuple[str, str]]) -> Chooser:
        made = Chooser(self._theme, name)
        made.addItem(self.tr("Please choose"), "")
        for words, value in choices:
            made.addItem(words, value)
        return made

    def _lay_out(self) -> None:
        theme = self._theme
        scroll = ScrollPage(theme, 720)
        body = scroll.body
        body.setSpacing(theme.px(10))
        body.addWidget(label(theme, self.tr("Upload a file"), "title"))
        file_line = QHBoxLayout()
        file_line.addWidget(self.file_words, 1)
        file_line.addWidget(self.file_button)
        body.addLayout(file_line)
        body.addWidget(named(theme, self.title_field))
        grid = QGridLayout()
        grid.setSpacing(theme.px(12))
        for at, field in enumerate((self.subject, self.kind, self.grade, self.volume)):
            grid.addWidget(named(theme, field), at // 2, at % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        body.addLayout(grid)
        body.addWidget(named(theme, self.lesson_field))
        body.addWidget(named(theme, self.author_field))
        body.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.px(12))
        foot.addWidget(self.progress, 1)
        foot.addStretch(0)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.send_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(side) for side in (0, 0, 0, 18)))
        whole.addWidget(scroll, 1)
        edge = QVBoxLayout()
        edge.setContentsMargins(theme.px(28), 0, theme.px(28), 0)
        edge.setSpacing(theme.px(10))
        edge.addWidget(self.notice)
        edge.addLayout(foot)
        whole.addLayout(edge)
        room = self.screen().availableSize()
        self.resize(min(theme.px(720), room.width() - 40), min(theme.px(680), room.height() - 40))

    # -- the file ----------------------------------------------------------------------------

    @Slot()
    def choose_file(self) -> None:
        """The system's own file chooser."""
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file"), QDir.homePath())
        if path:
            self.set_file(path)

    def set_file(self, path: str) -> None:
        """Take this file; its name is the first idea of a title."""
        self._path = Path(path)
        try:
            size = size_words(self._path.stat().st_size)
        except OSError:
            size = ""
        self.file_words.setText(f"{self._path.name}  {size}".strip())
        self.file_words.setToolTip(path)
        if not self.title_field.text():
            self.title_field.setText(self._path.stem[:200])
        self._show_ready()

    @Slot()
    def _show_ready(self) -> None:
        is_complete = (
            self._path is not None
            and bool(self.title_field.text().strip())
            and bool(self.subject.currentData())
        )
        self.send_button.setEnabled(is_complete and self._job is None)

    # -- sending -----------------------------------------------------------------------------

    def details(self) -> dict[str, str]:
        """What was filled in, in the words of the catalogue."""
        grade = str(self.grade.currentData())
        values = {
            "title": self.title_field.text().strip(),
            "stage": _STAGES.get(grade, ""),
            "subject": str(self.subject.currentData()),
            "grade": grade,
            "volume": str(self.volume.currentData()),
            "lesson": self.lesson_field.text().strip(),
            "resource_type": str(self.kind.currentData()),
            "author": self.author_field.text().strip(),
        }
        return {name: value for name, value in values.items() if value}

    @Slot()
    def send(self) -> None:
        """Copy the file into the outbox and leave the request."""
        path, details, courier = self._path, self.details(), self._services.courier
        if path is None or self._job is not None:
            return

        def work(context: JobContext) -> object:
            return courier.upload(path, details, context)

        self.notice.hide()
        self.progress.setRange(0, 0)
        self.progress.show()
        self._job = self._services.runner.start(work)
        self._job.progressed.connect(self._show_progress)
        self._job.succeeded.connect(self._sent)
        self._job.failed.connect(self._failed)
        self._job.ended.connect(self._over)
        self._show_ready()

    @Slot(object, object)
    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, 1000)
        self.progress.setValue(done * 1000 // total if total else 0)

    @Slot(object)
    def _sent(self, _request_id: object) -> None:
        self.left_file.emit(self.title_field.text().strip())
        self.accept()

    @Slot(object)
    def _failed(self, error: object) -> None:
        if isinstance(error, KnownError):
            language = self._services.settings.current.language
            self.notice.say(message_of(error, language).line)

    @Slot()
    def _over(self) -> None:
        self._job = None
        self.progress.hide()
        self._show_ready()

    def reject(self) -> None:
        """Cancel; what was copied so far is removed by the job."""
        if self._job is not None:
            self._job.cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._job is not None:
            self._job.cancel()
        super().closeEvent(event)

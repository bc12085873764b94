# SPDX-License-Identifier: GPL-3.0-or-later
"""Lesson lists and own files on their way in and out: `.kezhan` files, files from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from app.base.errors import KnownError
from app.base.messages import message_of
from app.lesson.lists import LessonList, ListItem, OwnFile
from app.ui.jobs import Job, JobContext
from app.ui.services import Services

if TYPE_CHECKING:
    from app.lesson.package import ListPackage
    from app.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Taken:
    """Files that came in, for which list (perhaps none), and why others did not."""

    files: tuple[OwnFile, ...]
    list_id: str
    errors: tuple[KnownError, ...]


class ListTravel(QObject):
    """Signals: said(str), one quiet line; brought(str), the id of a list that came in;
    changed() when own files came in; taken(Taken)."""

    said = Signal(str)
    brought = Signal(str)
    changed = Signal()
    taken = Signal(object)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._job: Job | None = None
        self._way = ""

    @property
    def is_busy(self) -> bool:
        """Whether something is on its way."""
        return self._job is not None

    @Slot()
    def cancel(self) -> None:
        """Stop; nothing half-made stays."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.said.emit("")

    def _start(
        self, work: Callable[[JobContext], object], words: str, done: Callable[[Any], None]
    ) -> None:
        job = self._services.runner.start(work)
        self._job, self._way = job, words
        job.progressed.connect(self._progressed)
        job.succeeded.connect(done)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self.said.emit(words.format(percent=0))

    @Slot(object, object)
    def _progressed(self, done: int, total: int) -> None:
        percent = min(100, done * 100 // total) if total else 0
        self.said.emit(self._way.format(percent=percent))

    @Slot(object)
    def _failed(self, error: object) -> None:
        if isinstance(error, KnownError):
            language = self._services.settings.current.language
            self.said.emit(message_of(error, language).line)

    @Slot()
    def _ended(self) -> None:
        self._job = None

    # -- lists -------------------------------------------------------------------------------

    def bring_in(self, path: Path) -> None:
        """Read a `.kezhan` file and make a list of it."""
        own = self._services.own.store

        def work(context: JobContext) -> object:
            from app.lesson.package import read_package

            total = path.stat().st_size if path.is_file() else 0
            return read_package(path, own, _counting(context, total), context.is_cancelled)

        self._start(work, self.tr("Being brought in: {percent} %"), self._package_read)

    @Slot(object)
    def _package_read(self, package: ListPackage) -> None:
        def work(desk: Desk) -> object:
            return desk.lessons.bring(package.name, package.items)

        job = self._services.desk.submit(work)
        job.succeeded.connect(self._brought)
        job.failed.connect(self._failed)

    @Slot(object)
    def _brought(self, list_id: str) -> None:
        self.said.emit(self.tr("The lesson list has been brought in."))
        self.brought.emit(list_id)

    def send_out(self, one: LessonList, out: Path) -> None:
        """Write a list to a file."""
        target = out if out.suffix == ".kezhan" else out.with_name(out.name + ".kezhan")

        def read(desk: Desk) -> object:
            return desk.lessons.items(one.list_id)

        job = self._services.desk.submit(read)
        job.succeeded.connect(partial(self._write, one.name, target))
        job.failed.connect(self._failed)

    def _write(self, name: str, target: Path, items: tuple[ListItem, ...]) -> None:
        services = self._services

        def locate(file: OwnFile) -> Path | None:
            return services.own.locate(file.sha256, file.size_bytes)

        def work(context: JobContext) -> object:
            from app.lesson.package import write_package

            total = sum(item.file.size_bytes for item in items if item.file is not None)
            count = _counting(context, total)
            write_package(target, name, items, locate, count, context.is_cancelled)
            return target

        self._start(work, self.tr("Being written: {percent} %"), self._written)

    @Slot(object)
    def _written(self, target: Path) -> None:
        self.said.emit(self.tr("Written to {path}").format(path=target))

    # -- own files ---------------------------------------------------------------------------

    def take_in(self, paths: Sequence[Path], list_id: str = "") -> None:
        """Copy files in, into a list if one is named; each is let go of when it is copied."""
        if not paths:
            return
        own = self._services.own

        def work(context: JobContext) -> object:
            files: list[OwnFile] = []
            errors: list[KnownError] = []
            for path in paths:
                try:
                    files.append(own.adopt(path, context))
                except KnownError as error:
                    if error.code in ("cancelled", "disk_full", "read_only"):
                        raise
                    errors.append(error)
            return Taken(tuple(files), list_id, tuple(errors))

        self._start(work, self.tr("Being copied: {percent} %"), self._taken)

    @Slot(object)
    def _taken(self, taken: Taken) -> None:
        job = self._services.desk.submit(partial(_keep, taken))
        job.succeeded.connect(self._kept)
        job.failed.connect(self._failed)

    @Slot(object)
    def _kept(self, taken: Taken) -> None:
        if taken.errors:
            self._failed(taken.errors[0])
        elif taken.list_id:
            self.said.emit("")
        else:
            self.said.emit(self.tr("Kept on this machine; the stick can be pulled."))
        self.changed.emit()
        self.taken.emit(taken)

    def forget(self, sha256: str) -> None:
        """Delete an own file that no lesson list needs."""
        job = self._services.desk.submit(lambda desk: (sha256, desk.lessons.forget_file(sha256)))
        job.succeeded.connect(self._forgotten)
        job.failed.connect(self._failed)

    @Slot(object)
    def _forgotten(self, answer: tuple[str, bool]) -> None:
        sha256, is_forgotten = answer
        if not is_forgotten:
            self.said.emit(self.tr("A lesson list still needs this file."))
            return
        store = self._services.own.store
        job = self._services.runner.start(lambda _context: store.forget(sha256))
        job.failed.connect(self._failed)
        self.said.emit("")
        self.changed.emit()


def _keep(taken: Taken, desk: Desk) -> object:
    for file in taken.files:
        if taken.list_id:
            desk.lessons.add_file(taken.list_id, file)
        else:
            desk.lessons.keep_file(file)
    return taken


def _counting(context: JobContext, total: int) -> Callable[[int], None]:
    done = 0

    def count(size_bytes: int) -> None:
        nonlocal done
        done += size_bytes
        context.report(done, total)

    return count

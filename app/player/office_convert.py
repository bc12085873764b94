# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns slides and documents into PDF pages with LibreOffice, once per file.

Slides come from anywhere, so LibreOffice runs with a profile of its own in which macros are off,
links are never followed and every address leads to a dead proxy.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
import uuid
from pathlib import Path

import psutil
from PySide6.QtCore import QLockFile, QObject, QProcess, QProcessEnvironment, QTimer, QUrl, Signal

from app.base.errors import KnownError, known_os_error
from app.base.files import publish_file, replace_bytes, sha256_file
from app.player.errors import ConversionFailedError
from app.player.item import PlayItem
from app.region.media import UNKNOWN, guess_media_type

_log = logging.getLogger(__name__)

# A 30-slide file takes 3 s, 9 s on a loaded machine; old disks start LibreOffice in a minute.
TIMEOUT_MS = 180_000
_RETRY_LOCK_MS = 250
_KEPT_FILES = 200
_LEFTOVER_S = 3600
# A fresh profile makes LibreOffice ask its starter, which we leave out, to start it once more.
_RESTART_CODES = (79, 81)
_SUFFIX_OF_TYPE = {
    "application/vnd.ms-powerpoint": "ppt",
    "application/msword": "doc",
    "application/rtf": "rtf",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.text": "odt",
}
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{items}
</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_PROPERTIES = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Load", "UpdateDocMode", "0"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


class OfficeConversion(QObject):
    """One file on its way to pages; waits while another window or item converts.

    Signals:
        succeeded(Path): the PDF is there.
        failed(KnownError): it is not, and why; nothing is left behind.
    """

    succeeded = Signal(Path)
    failed = Signal(KnownError)

    def __init__(self, item: PlayItem, program: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._item, self._program = item, program
        self._work_dir: Path | None = None
        self._is_over = False
        self._restarts_left = 2
        self._lock = QLockFile(str(item.converted_dir / "converting.lock"))
        self._lock.setStaleLockTime(0)  # only a dead process makes it stale
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._take_error)
        self._retry = QTimer(self, interval=_RETRY_LOCK_MS)
        self._retry.timeout.connect(self._begin)
        self._deadline = QTimer(self, interval=TIMEOUT_MS, singleShot=True)
        self._deadline.timeout.connect(self._time_out)

    def set_timeout(self, milliseconds: int) -> None:
        """How long LibreOffice may take."""
        self._deadline.setInterval(milliseconds)

    def start(self) -> None:
        """Convert, now or as soon as nobody else does."""
        try:
            self._item.converted_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._fail(known_os_error(error, self._item.converted_dir))
            return
        self._begin()

    def cancel(self) -> None:
        """Stop LibreOffice and leave nothing; says nothing more."""
        self._is_over = True
        self._stop()

    def _begin(self) -> None:
        ready = finished_pages(self._item)
        if ready is not None:  # whoever held the lock converted the same file
            self._retry.stop()
            self._is_over = True
            self.succeeded.emit(ready)
            return
        if not self._lock.tryLock(0):
            if not self._retry.isActive():
                self._retry.start()
            return
        self._retry.stop()
        try:
            self._run(self._prepare())
        except KnownError as error:
            self._fail(error)

    def _prepare(self) -> Path:
        """A folder of its own with the file under a name that says its type."""
        _drop_leftovers(self._item.converted_dir)
        self._work_dir = self._item.converted_dir / f"work-{uuid.uuid4().hex[:12]}"
        source = self._work_dir / f"pages.{office_suffix(self._item)}"
        try:
            self._work_dir.mkdir()
            shutil.copyfile(self._item.path, source)
        except OSError as error:
            raise known_os_error(error, self._item.path) from error
        return source

    def _run(self, source: Path) -> None:
        profile_dir = self._item.converted_dir / "office-profile"
        _write_settings(profile_dir)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("SAL_USE_VCLPLUGIN", "svp")
        self._process.setProcessEnvironment(environment)
        self._process.setProgram(str(_direct_program(self._program)))
        self._process.setArguments(
            [
                f"-env:UserInstallation={QUrl.fromLocalFile(str(profile_dir)).toString()}",
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--nodefault",
                "--nofirststartwizard",
                "--convert-to",
                "pdf",
                "--outdir",
                str(source.parent),
                str(source),
            ]
        )
        self._process.start()
        self._deadline.start()

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._is_over:
            return
        if code in _RESTART_CODES and self._restarts_left:
            self._restarts_left -= 1
            self._process.start()
            return
        output = bytes(self._process.readAll().data())[-500:]
        made = self._work_dir / "pages.pdf" if self._work_dir is not None else None
        is_pdf = made is not None and made.is_file() and made.stat().st_size > 0
        if made is None or not is_pdf:
            _log.warning("no pages were made: %s", output.decode(errors="replace").strip())
            crashed = status is QProcess.ExitStatus.CrashExit
            self._fail(self._problem("crashed" if crashed else "no_output"))
            return
        try:
            final = pages_path(self._item)
            publish_file(made, final)
        except KnownError as error:
            self._fail(error)
            return
        self._is_over = True
        self._stop()
        _prune(self._item.converted_dir)
        self.succeeded.emit(final)

    def _take_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._fail(self._problem("not_started"))

    def _time_out(self) -> None:
        self._fail(self._problem("timeout"))

    def _problem(self, reason: str) -> ConversionFailedError:
        return ConversionFailedError(name=self._item.name, reason=reason)

    def _fail(self, error: KnownError) -> None:
        if not self._is_over:
            self._is_over = True
            self._stop()
            self.failed.emit(error)

    def _stop(self) -> None:
        self._retry.stop()
        self._deadline.stop()
        kill_tree(self._process)
        if self._work_dir is not None:
            shutil.rmtree(self._work_dir, ignore_errors=True)
            self._work_dir = None
        self._lock.unlock()


def office_suffix(item: PlayItem) -> str:
    """The suffix LibreOffice should see; from the name when its type fits, else from the type."""
    plain = item.media_type.partition(";")[0].strip().lower()
    if plain in _SUFFIX_OF_TYPE:
        return _SUFFIX_OF_TYPE[plain]
    suffix = item.name.rpartition(".")[2].lower()
    if guess_media_type(item.name) != UNKNOWN and suffix.isalnum():
        return suffix
    return "pptx" if "presentation" in plain else "docx"


def pages_path(item: PlayItem) -> Path:
    """Where the pages of this file are kept; files of no known hash (a stick's) are hashed."""
    return item.converted_dir / f"{item.sha256 or sha256_file(item.path)}.pdf"


def finished_pages(item: PlayItem) -> Path | None:
    """The pages from an earlier conversion."""
    path = pages_path(item)
    return path if path.is_file() and path.stat().st_size > 0 else None


def kill_tree(process: QProcess) -> None:
    """End a process and its children (LibreOffice's starter is not LibreOffice)."""
    if process.state() is QProcess.ProcessState.NotRunning:
        return
    try:
        family = psutil.Process(process.processId()).children(recursive=True)
    except psutil.Error:
        family = []
    process.kill()
    for child in family:
        try:
            child.kill()
        except psutil.Error:
            continue
    process.waitForFinished(2000)


def _direct_program(program: Path) -> Path:
    """LibreOffice itself instead of its starter, where it lies beside it."""
    direct = program.resolve().with_name("soffice.bin")
    return direct if direct.is_file() else program


def _write_settings(profile_dir: Path) -> None:
    settings = profile_dir / "user" / "registrymodifications.xcu"
    if settings.is_file():
        return
    items = "\n".join(
        _ITEM.format(path=path, name=name, value=value) for path, name, value in _PROPERTIES
    )
    try:
        settings.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise known_os_error(error, settings) from error
    replace_bytes(settings, _SETTINGS.format(items=items).encode())


def _drop_leftovers(folder: Path) -> None:
    """Work folders of a run that lost power; only the holder of the lock comes here."""
    now = time.time()
    for left in folder.glob("work-*"):
        if now - left.stat().st_mtime > _LEFTOVER_S:
            shutil.rmtree(left, ignore_errors=True)


def _prune(folder: Path) -> None:
    """Pages can be made again, so only the newest are kept."""
    kept = sorted(folder.glob("*.pdf"), key=os.path.getmtime, reverse=True)
    for old in kept[_KEPT_FILES:]:
        old.unlink(missing_ok=True)

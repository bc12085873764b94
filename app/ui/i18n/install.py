# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the running program a language: our translation and Qt's own."""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from app.base.resources import read_bytes

log = logging.getLogger(__name__)


class Translations:
    """Owns the translators: Qt neither keeps them nor copies their content."""

    def __init__(self) -> None:
        self._kept: list[tuple[QTranslator, bytes]] = []

    def use(self, language: str) -> bool:
        """Speak `language` from now on; False when its translation is missing (English then)."""
        application = QCoreApplication.instance()
        if application is None:
            return False
        self.clear()
        QLocale.setDefault(QLocale(language))
        qt = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if qt.load(QLocale(language), "qtbase", "_", folder):
            self._kept.append((qt, b""))
        is_found = language == "en" or self._add_ours(f"ui/i18n/kezhan_{language}.qm")
        for translator, _ in self._kept:
            application.installTranslator(translator)
        return is_found

    def clear(self) -> None:
        """Speak English as the sources do."""
        application = QCoreApplication.instance()
        for translator, _ in self._kept:
            if application is not None:
                application.removeTranslator(translator)
        self._kept = []

    def _add_ours(self, package_path: str) -> bool:
        try:
            content = read_bytes(package_path)
        except FileNotFoundError:
            log.warning("%s is missing; python -m app.ui.i18n.build makes it", package_path)
            return False
        translator = QTranslator()
        if not translator.load(content):
            return False
        self._kept.append((translator, content))
        return True

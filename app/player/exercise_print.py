# SPDX-License-Identifier: GPL-3.0-or-later
"""练习 on paper: the questions with room to write, the answers on pages of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import (
    QFont,
    QPagedPaintDevice,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
)

from app.player.exercise import Question

_TITLE_PT, _BODY_PT = 18.0, 12.0
# Two lines to write on after each question.
_ROOM_PT = 40.0
_GAP_PT = 8.0
_BreakFlag = QTextFormat.PageBreakFlag


class _Paper(QTextDocument):
    """Loads nothing: no file of this machine and no address belongs to an exercise."""

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """See the class."""
        return None


def print_exercise(title: str, questions: Sequence[Question], device: QPagedPaintDevice) -> None:
    """All questions, then from a new page on all answers, with page numbers below."""
    document = exercise_document(title, questions)
    document.print_(device)


def exercise_document(title: str, questions: Sequence[Question]) -> QTextDocument:
    """The pages as one text."""
    document = _Paper()
    font = QFont()
    font.setPointSizeF(_BODY_PT)
    document.setDefaultFont(font)
    cursor = QTextCursor(document)
    _write_title(cursor, title, _BreakFlag.PageBreak_Auto)
    for question in questions:
        _write_part(cursor, f"**{question.number}.** {question.text}", _ROOM_PT)
    answered = [question for question in questions if question.answer]
    if answered:
        heading = QCoreApplication.translate("ExercisePrint", "Answers: {title}")
        cursor.insertBlock()
        _write_title(cursor, heading.format(title=title), _BreakFlag.PageBreak_AlwaysBefore)
        for question in answered:
            _write_part(cursor, f"**{question.number}.** {question.answer}", _GAP_PT)
    return document


def _write_title(cursor: QTextCursor, words: str, page_break: QTextFormat.PageBreakFlag) -> None:
    block = QTextBlockFormat()
    block.setBottomMargin(_GAP_PT * 2)
    block.setPageBreakPolicy(page_break)
    letters = QTextCharFormat()
    letters.setFontPointSize(_TITLE_PT)
    letters.setFontWeight(QFont.Weight.Bold)
    cursor.setBlockFormat(block)
    cursor.insertText(words, letters)


def _write_part(cursor: QTextCursor, markdown: str, room_pt: float) -> None:
    part = QTextDocument()
    part.setDefaultFont(cursor.document().defaultFont())
    flavour = QTextDocument.MarkdownFeature
    part.setMarkdown(markdown, flavour.MarkdownDialectGitHub | flavour.MarkdownNoHTML)
    cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
    cursor.insertFragment(QTextDocumentFragment(part))
    block = cursor.blockFormat()
    block.setBottomMargin(room_pt)
    cursor.setBlockFormat(block)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons, labels and boxes in our look; all of them at least 48 px high at 100 %."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.look.theme import TARGET_PX, Theme
from app.ui.widgets.card_grid import give_viewport, grab_scrolling

_ICON_ROLES = {"primary": "on_primary", "hero": "on_primary", "quiet": "primary", "danger": "bad"}


def button(theme: Theme, text: str, icon: str = "", look: str = "") -> QPushButton:
    """A button with an icon and its word; `look` is primary, hero, quiet, danger or plain."""
    made = QPushButton(text)
    made.setObjectName(look)
    made.setFont(theme.font("heading" if look == "hero" else "body", is_bold=look == "primary"))
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setMinimumHeight(theme.px(64 if look == "hero" else TARGET_PX))
    if icon:
        side = 28 if look == "hero" else 22
        made.setIcon(theme.icon(icon, _ICON_ROLES.get(look, "text"), side))
        made.setIconSize(QSize(theme.px(side), theme.px(side)))
    made.setAccessibleName(text)
    return made


def label(
    theme: Theme, text: str = "", role: str = "body", name: str = "", *, is_bold: bool = False
) -> QLabel:
    """A label that wraps; `name` picks its look (muted, chip, chipGood, …)."""
    made = QLabel(text)
    made.setFont(theme.font(role, is_bold=is_bold))
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)  # catalogue text is not ours
    made.setWordWrap(not name.startswith("chip"))
    return made


def icon_label(theme: Theme, icon: str, role: str, size_px: float) -> QLabel:
    """An icon that only decorates."""
    made = QLabel()
    made.setPixmap(theme.pixmap(icon, role, size_px))
    made.setFixedSize(theme.px(size_px), theme.px(size_px))
    return made


def row(*parts: QWidget | QLayout | int | None, gap: int = 12) -> QHBoxLayout:
    """A horizontal layout; an integer is a stretch, None nothing."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(gap)
    _fill(made, parts)
    return made


def column(*parts: QWidget | QLayout | int | None, gap: int = 12) -> QVBoxLayout:
    """A vertical layout; an integer is a stretch, None nothing."""
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(gap)
    _fill(made, parts)
    return made


def _fill(
    layout: QHBoxLayout | QVBoxLayout, parts: Sequence[QWidget | QLayout | int | None]
) -> None:
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        elif isinstance(part, int):
            layout.addStretch(part)


def clear_layout(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear_layout(inner)


class Card(QFrame):
    """A white box with round corners and a column inside."""

    def __init__(self, theme: Theme, name: str = "card", pad_px: int = 20) -> None:
        super().__init__()
        self.setObjectName(name)
        self.body = QVBoxLayout(self)
        pad = theme.px(pad_px)
        self.body.setContentsMargins(pad, pad, pad, pad)
        self.body.setSpacing(theme.px(10))


class ScrollPage(QScrollArea):
    """A page that scrolls when the window is low, with a centred column of limited width."""

    def __init__(self, theme: Theme, max_width_px: int = 980) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        grab_scrolling(give_viewport(self))
        holder = QWidget()
        holder.setObjectName("scrollBody")
        centred = QHBoxLayout(holder)
        centred.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 28)))
        inner = QWidget()
        inner.setMaximumWidth(theme.px(max_width_px))
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        centred.addWidget(inner)
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.px(16))
        self.setWidget(holder)


class Segments(QFrame):
    """A switch between a few words. Signals: picked(str) with the key of the word."""

    picked = Signal(str)

    def __init__(self, theme: Theme, choices: Sequence[tuple[str, str]], name: str) -> None:
        """`choices` are key and word."""
        super().__init__()
        self.setObjectName("segments")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys: dict[QAbstractButton, str] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for key, word in choices:
            made = QPushButton(word)
            made.setCheckable(True)
            made.setFont(theme.font("body", is_bold=True))
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.setMinimumHeight(theme.px(TARGET_PX))
            self._group.addButton(made)
            self._keys[made] = key
            layout.addWidget(made)
        self._group.buttonClicked.connect(self._pick)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_key(self, key: str) -> None:
        """Show a choice without telling anybody."""
        for made, known in self._keys.items():
            made.setChecked(known == key)

    @property
    def key(self) -> str:
        """What is chosen."""
        checked = self._group.checkedButton()
        return self._keys.get(checked, "") if checked is not None else ""

    def choice(self, key: str) -> QAbstractButton:
        """The button of a key."""
        return next(made for made, known in self._keys.items() if known == key)

    @Slot(QAbstractButton)
    def _pick(self, pressed: QAbstractButton) -> None:
        self.picked.emit(self._keys[pressed])


class Chooser(QComboBox):
    """A drop-down list with our arrow."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setFont(theme.font())
        self.setMinimumHeight(theme.px(TARGET_PX))
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.view().setFont(theme.font())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(
            hint.width() + self._theme.px(24), max(hint.height(), self._theme.px(TARGET_PX))
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._theme
        arrow = theme.pixmap("chevron_down", "muted", 18)
        side, edge = theme.px(18), theme.px(12)
        x = edge if self.isRightToLeft() else self.width() - side - edge
        QPainter(self).drawPixmap(x, (self.height() - side) // 2, arrow)


class Notice(QFrame):
    """A quiet strip with one sentence, perhaps with a button."""

    def __init__(self, theme: Theme, look: str = "notice", icon: str = "info") -> None:
        super().__init__()
        self.setObjectName(look)
        role = {"notice": "warn", "noticeBad": "bad", "noticeQuiet": "on_tint"}[look]
        self.words = label(theme)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout(self)
        line.setContentsMargins(*(theme.px(side) for side in (16, 10, 16, 10)))
        line.setSpacing(theme.px(12))
        line.addWidget(icon_label(theme, icon, role, 22), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.words, 1)
        self.line = line

    def say(self, text: str) -> None:
        """Show a sentence; an empty one hides the strip."""
        self.words.setText(text)
        self.setVisible(bool(text))


class EmptyState(QWidget):
    """What a page says when there is nothing to show: picture, sentence, what to do."""

    pressed = Signal()

    def __init__(self, theme: Theme, icon: str = "empty") -> None:
        super().__init__()
        self._theme = theme
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._icon.setPixmap(theme.pixmap(icon, "edge", 72))
        self._title = label(theme, role="title")
        self._words = label(theme, name="muted")
        self._button = button(theme, "", look="primary")
        self._button.clicked.connect(self.pressed)
        for part in (self._title, self._words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = column(
            1, self._icon, self._title, self._words, row(1, self._button, 1), 2, gap=theme.px(14)
        )
        self._layout = QHBoxLayout(self)
        self._layout.addStretch(1)
        self._layout.addLayout(middle, 8)
        self._layout.addStretch(1)

    def say(self, title: str, words: str = "", button_text: str = "", icon: str = "") -> None:
        """Put the words in; without a button text there is no button."""
        self._title.setText(title)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._button.setText(button_text)
        self._button.setAccessibleName(button_text)
        self._button.setVisible(bool(button_text))
        if icon:
            self._icon.setPixmap(self._theme.pixmap(icon, "edge", 72))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_high = self.height() >= self._theme.px(330)
        self._icon.setVisible(is_high)  # words before pictures
        side, edge = self._theme.px(32), self._theme.px(32 if is_high else 2)
        self._layout.setContentsMargins(side, edge, side, edge)

    @property
    def button(self) -> QPushButton:
        """The one thing to do."""
        return self._button


class Deck(QStackedWidget):
    """Shows one of several parts; a hidden one does not ask for room."""

    def __init__(self, theme: Theme, *parts: QWidget) -> None:
        super().__init__()
        self.setMinimumHeight(theme.px(80))
        for part in parts:
            self.addWidget(part)


class FlowBox(QWidget):
    """Lays its children out in lines, as words are."""

    def __init__(self, gap_px: int) -> None:
        super().__init__()
        self._gap = gap_px
        self._parts: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """All of them in order, hidden ones too."""
        return tuple(self._parts)

    def add(self, part: QWidget) -> None:
        """Put one more at the end."""
        part.setParent(self)
        part.show()
        self._parts.append(part)
        self._arrange()

    def clear(self) -> None:
        """Remove all."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = []
        self._arrange()

    def heightForWidth(self, width: int) -> int:
        return self._lay(width, is_moving=False)

    def hasHeightForWidth(self) -> bool:
        return True

    def minimumSizeHint(self) -> QSize:
        widest = max(
            (part.sizeHint().width() for part in self._parts if self._is_in(part)), default=0
        )
        return QSize(widest, 0)

    def sizeHint(self) -> QSize:
        width = max(self.width(), self.minimumSizeHint().width())
        return QSize(width, self._lay(width, is_moving=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def refresh(self) -> None:
        """Parts were shown, hidden or renamed."""
        self._arrange()

    def _is_in(self, part: QWidget) -> bool:
        return not part.isHidden()

    def _arrange(self) -> None:
        height = self._lay(self.width(), is_moving=True)
        self.setMinimumHeight(height)
        self.updateGeometry()

    def _lay(self, width: int, *, is_moving: bool) -> int:
        x = y = line = 0
        for part in self._parts:
            if not self._is_in(part):
                continue
            hint = part.sizeHint().expandedTo(part.minimumSize())
            if x and x + hint.width() > width:
                x, y, line = 0, y + line + self._gap, 0
            if is_moving:
                left = width - x - hint.width() if self.isRightToLeft() else x
                part.setGeometry(left, y, min(hint.width(), max(width, 1)), hint.height())
            x += hint.width() + self._gap
            line = max(line, hint.height())
        return y + line


def named(theme: Theme, field: QWidget) -> QWidget:
    """A field under its own accessible name."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.px(4))
    layout.addWidget(label(theme, field.accessibleName(), "small", "muted"))
    layout.addWidget(field)
    return holder

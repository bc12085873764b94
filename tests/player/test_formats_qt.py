# SPDX-License-Identifier: GPL-3.0-or-later
"""Old formats and broken files through Qt Multimedia."""

import pytest

from app.player.item import Backend
from tests.player.format_cases import FormatCases

# Qt says what FFmpeg finds wrong with broken files, and that no loudspeaker is here, as warnings.
pytestmark = [pytest.mark.media, pytest.mark.qt_log_ignore(".*", extend=True)]


class TestQt(FormatCases):
    """All cases."""

    backend = Backend.QT

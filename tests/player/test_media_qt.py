# SPDX-License-Identifier: GPL-3.0-or-later
"""Video and sound through Qt Multimedia."""

import pytest

from app.player.item import Backend
from tests.player.media_cases import MediaCases
from tests.player.step_cases import StepCases

# Rooms without a loudspeaker are normal; Qt says so as a warning.
pytestmark = [
    pytest.mark.media,
    pytest.mark.qt_log_ignore(
        "PulseAudio",
        "pipewire",
        "No audio device",
        "No RHI backend",
        "Immediate exit requested",
        extend=True,
    ),
]


class TestQt(MediaCases, StepCases):
    """All cases."""

    backend = Backend.QT

# SPDX-License-Identifier: GPL-3.0-or-later
"""Video and sound through libvlc."""

import pytest

from app.player.item import Backend
from tests.player.media_cases import MediaCases
from tests.player.step_cases import StepCases

pytestmark = pytest.mark.media


class TestVlc(MediaCases, StepCases):
    """All cases."""

    backend = Backend.VLC

# SPDX-License-Identifier: GPL-3.0-or-later
"""Old formats and broken files through libvlc."""

import pytest

from app.player.item import Backend
from tests.player.format_cases import FormatCases

pytestmark = pytest.mark.media


class TestVlc(FormatCases):
    """All cases."""

    backend = Backend.VLC

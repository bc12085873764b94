# SPDX-License-Identifier: GPL-3.0-or-later
"""A warning that the program logs is a finding: it fails the test that did not announce it."""

import logging
from collections.abc import Iterator

import pytest


class _Collector(logging.Handler):
    """Keeps what the program said at warning level and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_logged_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that expect warnings say whose: `@pytest.mark.allow_warnings("app.sync")`."""
    collector = _Collector()
    logger = logging.getLogger("app")
    logger.addHandler(collector)
    yield
    logger.removeHandler(collector)
    allowed = [
        name for marker in request.node.iter_markers("allow_warnings") for name in marker.args
    ]
    surprises = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for record in collector.records
        if not any(record.name == name or record.name.startswith(f"{name}.") for name in allowed)
    ]
    if surprises:
        pytest.fail("logged without being announced:\n" + "\n".join(surprises))

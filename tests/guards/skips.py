# SPDX-License-Identifier: GPL-3.0-or-later
"""A skipped test shows nothing, so it counts as failed; so does one that is expected to fail."""

from collections.abc import Generator

import pytest

REASON = "skipped or expected to fail: install what is missing, or mend it"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{REASON} ({report.longrepr})"
        if hasattr(report, "wasxfail"):
            del report.wasxfail
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{REASON} ({report.longrepr})"
    return report

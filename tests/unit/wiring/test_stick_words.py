# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan stick export` says what went onto the stick, and nothing that did not."""

import pytest

from app.base.messages import message
from app.wiring.console import Console
from app.wiring.stick import say_exported

TAKEN = message("cli_stick_taken", {"statements": 3, "uploads": 1}, "zh_CN").line
ABOARD = message("cli_stick_aboard", {}, "zh_CN").line
READY = message("cli_stick_ready", {}, "zh_CN").line
NOTHING = message("cli_stick_nothing", {}, "zh_CN").line


@pytest.mark.parametrize(
    ("result", "is_refill", "last"),
    [
        ({"bundles": 1, "statements": 3, "uploads": 1}, False, TAKEN),
        ({"bundles": 1, "statements": 3, "uploads": 1, "refilled": 2}, True, TAKEN),
        ({"aboard": 1}, False, ABOARD),
        ({"relayed": 1}, False, READY),
        ({"refilled": 2}, True, READY),
        ({}, True, READY),
        ({}, False, NOTHING),
    ],
)
def test_the_last_word_is_what_became_of_ours(
    result: dict[str, int], is_refill: bool, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_exported(result, Console("zh_CN"), is_refill=is_refill)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == last
    others = {TAKEN, ABOARD, READY, NOTHING} - {last}
    assert not others.intersection(lines)

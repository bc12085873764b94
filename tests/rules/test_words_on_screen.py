# SPDX-License-Identifier: GPL-3.0-or-later
"""Only plain literals reach the translators: anything else stays untranslated without a word."""

import ast

import pytest

from tests.rules.sources import calls_in, python_files


def untranslatable(call: ast.Call, what: str) -> bool:
    """Whether a call of tr() or translate() hides its text from the tools that collect texts."""
    last = what.rsplit(".", 1)[-1]
    if last == "tr":
        texts = call.args[:1]
    elif what.endswith("QCoreApplication.translate"):
        texts = call.args[:2]
    else:
        return False
    return not texts or not all(
        isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts
    )


def test_tr_and_translate_take_literals() -> None:
    found = [
        f"{name}:{call.lineno} {what}"
        for name in python_files("app/")
        for call, what in calls_in(name)
        if untranslatable(call, what)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "is_bad"),
    [
        ("self.tr('Play')", False),
        ("self.tr('{name}').format(name=n)", False),
        ("self.tr(f'{n}')", True),
        ("self.tr(text)", True),
        ("self.tr('a' + b)", True),
        ("QCoreApplication.translate('Context', 'Play')", False),
        ("QCoreApplication.translate('Context', text)", True),
        ("name.translate(table)", False),
    ],
)
def test_the_rule_sees_what_it_should(source: str, is_bad: bool) -> None:
    from tests.rules.sources import dotted_name

    expression = ast.parse(source, mode="eval").body
    calls = [node for node in ast.walk(expression) if isinstance(node, ast.Call)]
    assert any(untranslatable(call, dotted_name(call.func)) for call in calls) is is_bad

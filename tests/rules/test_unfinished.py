# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing unfinished is called done, no test is left out, and nobody waits by sleeping."""

import ast
import io
import re
import tokenize

from tests.rules.sources import calls_in, dotted_name, python_files, text_of, tree_of

UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HACK)\b")
LEFT_OUT = {"pytest.skip", "pytest.importorskip", "pytest.xfail", "unittest.skip"}
LEFT_OUT_MARKS = {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
SLEEPS = {"time.sleep", "QTest.qWait", "QTest.qSleep", "qtbot.wait", "QThread.sleep"}


def test_no_comment_promises_work_for_later() -> None:
    found = [
        f"{name}:{token.start[0]} {token.string}"
        for name in python_files()
        for token in tokenize.generate_tokens(io.StringIO(text_of(name)).readline)
        if token.type == tokenize.COMMENT and UNFINISHED.search(token.string)
    ]
    assert found == []


def test_nothing_raises_not_implemented() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name in python_files()
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Name)
        and node.id == "NotImplementedError"
        and _is_raised(name, node)
    ]
    assert found == []


def test_no_test_is_left_out() -> None:
    found = [
        f"{name}:{node.lineno}" for name in python_files("tests/") for node in _leaves_out(name)
    ]
    assert found == []


def test_nobody_sleeps() -> None:
    found: list[str] = []
    for name in python_files("app/", "tests/", "installer/"):
        found += [f"{name}:{call.lineno} {what}" for call, what in calls_in(name) if what in SLEEPS]
        found += [
            f"{name}:{node.lineno} from time import sleep"
            for node in ast.walk(tree_of(name))
            if isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and any(alias.name == "sleep" for alias in node.names)
        ]
    assert found == [], "wait on an event, a signal or a condition with a timeout"


def _is_raised(name: str, wanted: ast.Name) -> bool:
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Raise) and node.exc is not None:
            inner = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if inner is wanted:
                return True
    return False


def _leaves_out(name: str) -> list[ast.expr]:
    calls: list[ast.expr] = [call for call, what in calls_in(name) if what in LEFT_OUT]
    attributes = (node for node in ast.walk(tree_of(name)) if isinstance(node, ast.Attribute))
    return calls + [node for node in attributes if dotted_name(node) in LEFT_OUT_MARKS]

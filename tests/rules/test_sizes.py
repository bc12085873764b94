# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and functions stay small enough to be read in one go."""

import ast

from tests.rules.sources import python_files, text_of, tree_of

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60


def test_no_file_is_too_long() -> None:
    sizes = {name: len(text_of(name).splitlines()) for name in python_files()}
    assert sizes, "no sources found"
    long = {name: size for name, size in sizes.items() if size > MOST_FILE_LINES}
    assert long == {}, f"split by idea: {long}"


def test_no_function_is_too_long() -> None:
    long: list[str] = []
    for name in python_files():
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    long.append(f"{name}:{node.lineno} {node.name} ({lines} lines)")
    assert long == []


def test_no_folder_collects_odds_and_ends() -> None:
    odd = {"utils", "util", "misc", "helpers", "helper", "common"}
    found = [name for name in python_files() if odd & set(name.removesuffix(".py").split("/"))]
    assert found == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""The files the rules speak about: what git tracks, and what it would track if it were added."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("app/", "tests/", "installer/", "benchmarks/", "resources_cache/authoring/")


@cache
def repository_files() -> tuple[str, ...]:
    """Paths of all files of the repository, relative to its root, without ignored ones."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
    names = {name for name in answer.decode("utf-8").split("\0") if name}
    return tuple(sorted(name for name in names if (REPOSITORY / name).is_file()))


def python_files(*folders: str) -> list[str]:
    """Our Python sources below the given folders (default: all of ours, and dev.py)."""
    wanted = folders or (*CODE_FOLDERS, "dev.py")
    return [name for name in repository_files() if name.endswith(".py") and name.startswith(wanted)]


def text_of(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name), filename=name)


def calls_in(name: str) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a file with the dotted name of what it calls ("" where there is none)."""
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Call):
            yield node, dotted_name(node.func)


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` for a chain of names; the chain's end where it begins with something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted_name(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""

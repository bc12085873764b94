# SPDX-License-Identifier: GPL-3.0-or-later
"""What only one file may do, only that file does."""

import ast
from functools import cache

import pytest

from tests.rules.sources import calls_in, dotted_name, python_files, tree_of

# Names whose use in app/ is the business of the files beside them.
OWNERS = {
    "threading.Thread": {"app/sync/streams.py"},
    "threading.Timer": set[str](),
    "multiprocessing": set[str](),
    "concurrent.futures.ThreadPoolExecutor": {"app/sync/streams.py"},
    "concurrent.futures.ProcessPoolExecutor": set[str](),
    "PySide6.QtCore.QThread": {"app/ui/jobs.py"},
    "PySide6.QtCore.QThreadPool": {"app/ui/jobs.py"},
    "PySide6.QtNetwork": {"app/ui/single_instance.py"},
    "PySide6.QtSql": set[str](),
    "os.replace": {"app/base/files.py"},
    "os.rename": {"app/base/files.py"},
    "shutil.move": {"app/publish/commands.py"},  # whole folders that can be built again
    "pickle": set[str](),
    "vlc": {"app/player/vlc_library.py", "app/player/vlc_backend.py"},
}


@cache
def used_names(name: str) -> set[str]:
    """Full names of what a file imports or reaches through its imports."""
    modules: dict[str, str] = {}
    used: set[str] = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name] = alias.name
                used.add(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            used.add(node.module)
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                used.add(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Attribute):
            first, _, rest = dotted_name(node).partition(".")
            if first in modules:
                used.add(f"{modules[first]}.{rest}")
    return used


@pytest.mark.parametrize(("what", "owners"), OWNERS.items(), ids=list(OWNERS))
def test_only_its_owner_uses_it(what: str, owners: set[str]) -> None:
    users = {name for name in python_files("app/") if what in used_names(name)}
    assert users <= owners


def test_nobody_turns_certificate_checks_off() -> None:
    found = [
        f"{name}:{call.lineno}"
        for name in python_files("app/")
        for call, _ in calls_in(name)
        for keyword in call.keywords
        if keyword.arg == "verify" and _is_false(keyword.value)
    ]
    assert found == []


def test_no_shell_reads_our_commands() -> None:
    found = [
        f"{name}:{call.lineno} {what}"
        for name in python_files("app/", "installer/", "dev.py")
        for call, what in calls_in(name)
        if what in {"os.system", "os.popen", "eval", "exec"}
        or any(each.arg == "shell" and not _is_false(each.value) for each in call.keywords)
    ]
    assert found == []


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False

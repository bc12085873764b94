# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects the licence texts of everything inside; a package without one stops the build."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from installer.toolbox import ROOT, BuildError

_TEXT = re.compile(r"(?i)(licen[cs]e|copying|notice|authors)[^/]*$")
# Qt's wheels name LGPL-3.0 and carry only the text of the commercial licence.
_STANDARD_TEXTS = {
    "pyside6": "LGPL-3.0.txt",
    "pyside6-addons": "LGPL-3.0.txt",
    "pyside6-essentials": "LGPL-3.0.txt",
    "shiboken6": "LGPL-3.0.txt",
}
# Locked as dependencies of dependencies, and never frozen.
NOT_INSIDE = frozenset({"pip", "pycparser"})
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def normalised(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_packages(lock: str) -> dict[str, str]:
    """Name → version of every package in a lock file that may get inside."""
    found = {normalised(name): version for name, version in _LOCKED.findall(lock)}
    return {name: version for name, version in found.items() if name not in NOT_INSIDE}


def collect(site: Path, python_licence: Path, target: Path) -> None:
    """Write all texts below `target`; `site` is the site-packages that is frozen."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in (ROOT / "installer/licences").glob("*.txt"):
        shutil.copyfile(path, target / path.name)
    shutil.copyfile(ROOT / "LICENSE", target / "LICENSE.txt")
    shutil.copyfile(python_licence, target / "python-LICENSE.txt")
    found = {normalised(each.name): each for each in distributions(path=[str(site)])}
    for name in locked_packages((ROOT / "requirements.lock").read_text("utf-8")):
        if name not in found:
            raise BuildError(f"the locked package {name} is not installed in {site}")
        _copy_texts(name, found[name], target / f"{name}-{found[name].version}")


def _copy_texts(name: str, package: Distribution, folder: Path) -> None:
    texts = list(licence_files(str(path) for path in package.files or []))
    if not texts and name not in _STANDARD_TEXTS:
        raise BuildError(f"the package {name} brings no licence text")
    folder.mkdir()
    if name in _STANDARD_TEXTS:
        shutil.copyfile(ROOT / "installer/licences" / _STANDARD_TEXTS[name], folder / "LICENSE.txt")
        return
    for text in texts:
        inner = re.split(r"\.dist-info/(?:licenses/)?", text)[-1]
        flat = inner.replace("/", "-")
        shutil.copyfile(str(package.locate_file(text)), folder / flat)


def licence_files(names: Iterable[str]) -> Iterable[str]:
    """Those of a package's files that state its licence."""
    for name in names:
        if ".dist-info/" in name and _TEXT.search(name):
            yield name

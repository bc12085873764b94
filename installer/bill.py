# SPDX-License-Identifier: GPL-3.0-or-later
"""What is inside, for whoever has to answer for it: a CycloneDX list and SHA-256 sums."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from installer.notices import locked_packages, normalised
from installer.toolbox import ROOT, pins

_NAMESPACE = uuid.UUID("6f0d5a52-7f0c-4f0e-9a39-4d8a6a1f8a57")
_SPDX = re.compile(r"^[A-Za-z0-9.+-]+$")


def sha256(path: Path) -> str:
    """The sum of one file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_sums(files: Iterable[Path], target: Path) -> None:
    """`sha256sum -c` reads this; so does a teacher with `certutil -hashfile`."""
    lines = [f"{sha256(path)}  {path.name}\n" for path in sorted(files)]
    target.write_text("".join(lines), "utf-8", newline="\n")


def cyclone_dx(folder: Path, site: Path, platform: str, version: str) -> dict[str, Any]:
    """CycloneDX 1.5: packages with their licences, and every file of the folder with its sum."""
    components = [*_packages(site), *_runtime(platform), *_files(folder)]
    digest = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "Kezhan",
                "version": version,
                "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
                "properties": [{"name": "platform", "value": platform}],
            }
        },
        "components": components,
    }


def write_bill(document: dict[str, Any], target: Path) -> None:
    """Save it, readable."""
    content = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    target.write_text(content + "\n", "utf-8", newline="\n")


def _packages(site: Path) -> list[dict[str, Any]]:
    locked = locked_packages((ROOT / "requirements.lock").read_text("utf-8"))
    found = {normalised(each.name): each for each in distributions(path=[str(site)])}
    components = []
    for name, version in sorted(locked.items()):
        about = found[name].metadata
        component: dict[str, Any] = {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        }
        named = [about[key] for key in ("License-Expression", "License") if key in about]
        if named and named[0]:
            component["licenses"] = [_licence(named[0])]
        components.append(component)
    return components


def _licence(text: str) -> dict[str, Any]:
    line = text.splitlines()[0][:120]
    if " OR " in line or " AND " in line:
        return {"expression": line}
    return {"license": {"id" if _SPDX.match(line) else "name": line}}


def _runtime(platform: str) -> list[dict[str, Any]]:
    if platform != "windows":
        return []
    pin = pins()["windows_python"]
    hashes = [{"alg": "SHA-256", "content": pin["sha256"]}]
    python = {"type": "framework", "name": "CPython for Windows", "version": "3.11.9"}
    return [python | {"licenses": [{"license": {"id": "PSF-2.0"}}], "hashes": hashes}]


def _files(folder: Path) -> list[dict[str, Any]]:
    return [
        {
            "type": "file",
            "name": path.relative_to(folder).as_posix(),
            "hashes": [{"alg": "SHA-256", "content": sha256(path)}],
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]

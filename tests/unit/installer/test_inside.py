# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes in and what is said about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from installer import bill, deb, notices, payload
from installer.toolbox import ROOT


def test_the_shelf_goes_in_without_the_scripts_that_make_it(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "licences").mkdir(parents=True)
    (work / "licences/LICENSE.txt").write_text("x")
    root = tmp_path / "root"
    for name in (
        "app/base/messages/base.toml", "app/ui/i18n/kezhan_zh_CN.qm", "app/ui/assets/style.qss",
        "app/base/files.py", "resources_cache/enrolment.json", "resources_cache/blobs/aa/bb",
        "resources_cache/authoring/make.py",
    ):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    pairs = {Path(source).name: folder for source, folder in payload.data_files(root, work)}
    assert pairs == {
        "base.toml": "app/base/messages",
        "kezhan_zh_CN.qm": "app/ui/i18n",
        "style.qss": "app/ui/assets",
        "enrolment.json": "resources_cache",
        "bb": "resources_cache/blobs/aa",
        "LICENSE.txt": "licences",
    }


def test_a_missing_translation_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(payload.PayloadError, match="missing"):
        payload.data_files(tmp_path, tmp_path)


def test_every_module_of_ours_is_frozen_but_the_publishers() -> None:
    def collect(package: str) -> list[str]:
        return {"app": ["app.player.web_view", "app.publish.build", "app.ui.i18n.build"]}.get(
            package, []
        )

    names = payload.hidden_imports(collect, has_web=False)
    assert "app.player.web_view" in names
    assert not [name for name in names if name.startswith(("app.publish", "app.ui.i18n.build"))]
    assert "PySide6.QtWebEngineCore" not in names
    assert "PySide6.QtWebEngineCore" in payload.hidden_imports(collect, has_web=True)


def test_licence_files_are_told_from_code() -> None:
    names = [
        "a-1.dist-info/licenses/LICENSE", "a-1.dist-info/COPYING", "a/licence.py",
        "a-1.dist-info/RECORD", "a-1.dist-info/licenses/LICENSE.APACHE",
    ]  # fmt: skip
    assert list(notices.licence_files(names)) == [names[0], names[1], names[4]]


def test_every_locked_package_is_known_by_name_and_version() -> None:
    locked = notices.locked_packages((ROOT / "requirements.lock").read_text("utf-8"))
    assert locked["pyside6"] == "6.11.3"
    assert "cffi" in locked  # its line carries a marker
    assert "pip" not in locked


def test_sums_can_be_checked_with_the_usual_tool(tmp_path: Path) -> None:
    (tmp_path / "检查.exe").write_bytes(b"abc")
    bill.write_sums([tmp_path / "检查.exe"], tmp_path / "sums")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (tmp_path / "sums").read_text("utf-8") == f"{known}  检查.exe\n"


def test_the_bill_names_every_package_and_file(tmp_path: Path) -> None:
    import sysconfig

    (tmp_path / "inside.txt").write_bytes(b"abc")
    site = Path(sysconfig.get_path("purelib"))
    document = bill.cyclone_dx(tmp_path, site, "linux", "1.0.0")
    names = {each["name"]: each for each in document["components"]}
    assert names["pyside6"]["purl"] == "pkg:pypi/pyside6@6.11.3"
    assert names["inside.txt"]["hashes"][0]["content"].startswith("ba7816bf")
    assert document == bill.cyclone_dx(tmp_path, site, "linux", "1.0.0")
    json.dumps(document)


def test_the_debian_package_needs_what_the_program_needs() -> None:
    needed, recommended = deb.dependencies("2.35")
    assert "libc6 (>= 2.35)" in needed
    assert "libxcb-cursor0" in needed
    assert "xvfb" not in needed + recommended
    assert "libvlc5" in recommended
    lines = deb.control(1000, "2.35").splitlines()
    assert "Package: kezhan" in lines
    assert all(line.startswith(" ") or ":" in line for line in lines)

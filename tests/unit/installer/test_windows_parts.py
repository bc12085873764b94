# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the Windows build that need no Windows: pins, versions, icon, scripts."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from installer import icon, setup, version_info, wine
from installer.toolbox import ROOT, BuildError, pins, program_version

NSIS = ROOT / "installer/nsis"


def test_a_download_with_another_content_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "python.tar.gz"
    archive.write_bytes(b"something else")
    with pytest.raises(BuildError, match="sha256"):
        wine.verify(archive, pins()["windows_python"]["sha256"])


def test_the_freezing_tools_are_cut_out_of_the_lock_with_their_hashes() -> None:
    wanted = set(pins()["tools"]["packages"])
    cut = wine.cut_lock((ROOT / "requirements-dev.lock").read_text("utf-8"), wanted)
    entries = re.findall(
        r"^([a-z0-9-]+)==(?:[^\n]*\\\n)(?: +--hash=sha256:[0-9a-f]{64}[ \\]*\n)+", cut, re.MULTILINE
    )
    assert sorted(entries) == sorted(wanted)


def test_a_tool_that_the_lock_lacks_is_named() -> None:
    with pytest.raises(BuildError, match="absent"):
        wine.cut_lock("present==1 \\\n    --hash=sha256:00\n", {"present", "absent"})


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("2.10", (2, 10, 0, 0)), ("1.2.3.4", (1, 2, 3, 4))],
)
def test_versions_become_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert version_info.four_numbers(version) == numbers


@pytest.mark.parametrize("version", ["1.0rc1", "1.2.3.4.5", ""])
def test_a_version_that_windows_cannot_hold_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        version_info.four_numbers(version)


def test_the_version_resource_is_one_expression_with_our_names() -> None:
    text = version_info.version_text("kezhan-cli", "1.2.3")
    compile(text, "resource", "eval")
    assert "kezhan-cli.exe" in text
    assert "filevers=(1, 2, 3, 0)" in text


def test_the_icon_file_leads_to_each_picture() -> None:
    pictures = {16: b"small", 256: b"large one"}
    raw = icon.ico(pictures)
    assert struct.unpack_from("<HHH", raw) == (0, 1, 2)
    for number, (size, content) in enumerate(pictures.items()):
        side, _, _, _, _, bits, length, offset = struct.unpack_from(
            "<BBBBHHII", raw, 6 + 16 * number
        )
        assert (side or 256, bits) == (size, 32)
        assert raw[offset : offset + length] == content


def test_every_sentence_of_the_setup_is_said_in_both_languages_and_used() -> None:
    words = (NSIS / "words.nsh").read_text("utf-8")
    scripts = "".join(
        (NSIS / name).read_text("utf-8") for name in ("setup.nsi", "steps.nsh", "uninstall.nsh")
    )
    said = re.findall(r'^ *!insertmacro Say (\w+) "([^"]+)" "([^"]+)"$', words, re.MULTILINE)
    assert len(said) > 8
    used = set(re.findall(r"\$\((\w+)\)", scripts))
    assert used == {name for name, _, _ in said}
    assert all(re.search("[\u4e00-\u9fff]", chinese) for _, chinese, _ in said)
    assert not any(re.search("[\u4e00-\u9fff]", english) for _, _, english in said)


def test_every_exit_code_and_switch_of_the_setup_is_documented() -> None:
    manual = (ROOT / "installer/README.md").read_text("utf-8")
    script = (NSIS / "setup.nsi").read_text("utf-8")
    codes = re.findall(r"^!define EXIT_\w+ (\d+)", script, re.MULTILINE)
    assert len(codes) == len(set(codes)) > 5
    for code in codes:
        assert re.search(rf"^\| {code} \|", manual, re.MULTILINE), code
    steps = (NSIS / "steps.nsh").read_text("utf-8")
    for switch in re.findall(r'\{ReadSwitch\} "(/\w+=)"', steps):
        assert f"`{switch}" in manual, switch


def test_setup_and_checker_ask_for_the_same_windows() -> None:
    builds = [
        re.search(r"OLDEST_BUILD (\d+)", (NSIS / name).read_text("utf-8"))
        for name in ("setup.nsi", "check.nsi")
    ]
    assert [build and build[1] for build in builds] == ["17763", "17763"]


def test_the_uninstaller_deletes_only_a_folder_with_our_marker() -> None:
    from app.base.moved import MARKER_NAME

    script = (NSIS / "uninstall.nsh").read_text("utf-8")
    guard = script.index(f"$DataDir\\{MARKER_NAME}")
    assert guard < script.index('RMDir /r "$DataDir"')
    moved = script.index(f"$5\\{MARKER_NAME}")
    assert moved < script.index('RMDir /r "$5"')
    own = ('RMDir /r "$INSTDIR\\versions"', 'RMDir /r "$INSTDIR\\updates"')
    assert all(line in script for line in own)
    assert script.count("RMDir /r") == 4


def test_the_setup_and_the_program_agree_on_the_default_data_folder() -> None:
    from app.base import paths

    script = (NSIS / "steps.nsh").read_text("utf-8")
    assert f":\\{paths.FOLDER_NAME}" in script
    assert f"$0\\{paths.FOLDER_NAME}" in script


def test_the_version_is_one_that_an_installer_can_have() -> None:
    assert version_info.four_numbers(program_version())[3] == 0


def test_the_portable_program_says_where_its_data_is() -> None:
    assert "data_dir=KezhanData" in setup.PORTABLE

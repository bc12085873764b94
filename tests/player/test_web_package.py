# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages are read without unpacking, and refused when they are not harmless."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from app.base.errors import MissingFileError
from app.player.errors import WebPackageRefusedError
from app.player.web_loose import SinglePage
from app.player.web_package import MAX_ENTRIES, WebPackage, media_type_of

INDEX = {"index.html": b"<p>ok"}


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    """A deflated zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return path


def reason_of(path: Path) -> str:
    """Why it was refused."""
    with pytest.raises(WebPackageRefusedError) as error:
        WebPackage(path, "课件.zip")
    assert error.value.data["name"] == "课件.zip"
    return str(error.value.data["reason"])


def test_reads_files_by_name(tmp_path: Path) -> None:
    package = WebPackage(
        make_zip(tmp_path / "a", INDEX | {"图/一.png": b"png", "v/a.mp4": b"x"}), "a"
    )
    assert package.read("index.html") == b"<p>ok"
    assert package.read("图/一.png") == b"png"
    assert package.read("nothing") is None
    assert package.read("../a") is None
    assert package.has_mp4
    package.close()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.js",
        "a/../../evil.js",
        "/etc/passwd",
        "C:/Windows/x",
        "a\\..\\evil",
        "a//b",
        "./a",
        "a\nb",
        "x" * 300,
        "a:stream",
    ],
)
def test_refuses_names_that_leave_the_package(tmp_path: Path, name: str) -> None:
    assert reason_of(make_zip(tmp_path / "a", INDEX | {name: b"x"})) == "bad_name"


def test_refuses_a_name_cut_by_nul(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a", INDEX | {"evilXjs": b"x"})
    path.write_bytes(path.read_bytes().replace(b"evilXjs", b"evil\0js"))
    assert reason_of(path) == "bad_name"


def test_refuses_bombs_before_reading_them(tmp_path: Path) -> None:
    assert reason_of(make_zip(tmp_path / "a", INDEX | {"z": bytes(3 << 20)})) == "too_large"
    many = INDEX | {f"{number}.txt": b"" for number in range(MAX_ENTRIES)}
    assert reason_of(make_zip(tmp_path / "b", many)) == "too_many_files"


def test_refuses_an_entry_that_says_it_is_huge(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a", INDEX | {"big": b"x" * 5000})
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"PK\1\2", raw.index(b"PK\1\2") + 4)
    raw[entry + 24 : entry + 28] = struct.pack("<I", 0xF0000000)
    path.write_bytes(raw)
    assert reason_of(path) == "too_large"


def test_an_entry_larger_than_it_says_is_not_served(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a", INDEX | {"liar": b"y" * 5000})
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"PK\1\2", raw.index(b"PK\1\2") + 4)
    raw[entry + 24 : entry + 28] = struct.pack("<I", 10)
    path.write_bytes(raw)
    package = WebPackage(path, "a")
    with pytest.raises(WebPackageRefusedError):
        package.read("liar")
    package.close()


def test_refuses_links_double_names_and_a_missing_start(tmp_path: Path) -> None:
    link = tmp_path / "a"
    with zipfile.ZipFile(link, "w") as package:
        package.writestr("index.html", b"x")
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        package.writestr(info, b"/etc/passwd")
    assert reason_of(link) == "bad_entry"
    double = make_zip(tmp_path / "b", INDEX | {"INDEX.html": b"other"})
    assert reason_of(double) == "double_name"
    two = make_zip(tmp_path / "c", {"sub/index.html": b"x", "other/a.js": b"x"})
    assert reason_of(two) == "no_index"


def test_the_one_folder_around_a_package_does_not_matter(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a", {"课件/index.html": b"x", "课件/js/a.js": b"y"})
    package = WebPackage(path, "a")
    assert package.names == {"index.html", "js/a.js"}
    assert package.read("js/a.js") == b"y"
    package.close()


@pytest.mark.parametrize("content", [b"", b"PK\3\4", bytes(1000), b"<html>"])
def test_refuses_what_is_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert reason_of(path) == "damaged"
    path.unlink()
    with pytest.raises(MissingFileError):
        WebPackage(path, "a")


def test_a_damaged_file_inside_is_an_error_of_that_file(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a", INDEX | {"x.js": b"abcdefgh" * 100})
    raw = bytearray(path.read_bytes())
    place = raw.index(b"x.js") + 8
    raw[place : place + 6] = b"\xff" * 6
    path.write_bytes(raw)
    package = WebPackage(path, "a")
    assert package.read("index.html") == b"<p>ok"
    with pytest.raises(WebPackageRefusedError):
        package.read("x.js")
    package.close()


def test_a_lone_page_is_its_own_package(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>hello")
    page = SinglePage(path, "a.html")
    assert page.read("index.html") == b"<p>hello"
    assert page.read("other") is None
    path.write_bytes(b"\0\0")
    with pytest.raises(WebPackageRefusedError):
        SinglePage(path, "a.html")


def test_media_types_are_our_own() -> None:
    assert media_type_of("a/b.MJS") == "text/javascript"
    assert media_type_of("x.wasm") == "application/wasm"
    assert media_type_of("x.exe") == media_type_of("noext") == "application/octet-stream"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Who signs, with what, and what is refused before a build begins.

Signing itself is shown by `dev.py installer --check`, which has the tool for it.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from installer import signing
from installer.check_signing import PASSWORD, given, write_certificate
from installer.toolbox import BuildError

VARIABLES = (signing.CERTIFICATE_VARIABLE, signing.PASSWORD_VARIABLE, signing.COMMAND_VARIABLE)


@pytest.fixture(autouse=True)
def _nobody_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def program(*, is_64_bit: bool = True, signature: bytes = b"") -> bytes:
    """The headers of a Windows program, and behind them a signature."""
    magic, table_at = (0x20B, 112) if is_64_bit else (0x10B, 96)
    optional = bytearray(240)
    struct.pack_into("<H", optional, 0, magic)
    size_bytes = 64 + 24 + len(optional)
    if signature:
        struct.pack_into("<II", optional, table_at + 8 * 4, size_bytes, len(signature))
    start = b"MZ" + bytes(58) + struct.pack("<I", 64)
    return start + b"PE\0\0" + bytes(20) + bytes(optional) + signature


@pytest.mark.parametrize("is_64_bit", [True, False])
def test_a_signature_is_seen(is_64_bit: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.exe"
    path.write_bytes(program(is_64_bit=is_64_bit, signature=b"signed"))
    assert signing.is_signed(path)
    path.write_bytes(program(is_64_bit=is_64_bit, signature=b"signed")[:-1])  # cut short
    assert not signing.is_signed(path)
    path.write_bytes(program(is_64_bit=is_64_bit))
    assert not signing.is_signed(path)


@pytest.mark.parametrize("raw", [b"", b"MZ", b"MZ" + bytes(100), b"text" * 99])
def test_what_is_no_program_has_no_signature(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.exe"
    path.write_bytes(raw)
    assert not signing.is_signed(path)


def test_signing_does_nothing_without_command_or_certificate(tmp_path: Path) -> None:
    assert signing.prepare() is None
    assert signing.sign(tmp_path / "absent.exe") is False
    assert not signing.is_wanted()


def test_the_signing_command_gets_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, signed = tmp_path / "a program.exe", tmp_path / "signed"
    path.write_bytes(program())
    signed.write_bytes(program(signature=b"by a command"))
    monkeypatch.setenv(signing.COMMAND_VARIABLE, f"cp '{signed}' {{file}}")
    assert signing.is_wanted()
    assert signing.sign(path) is True
    assert path.read_bytes() == signed.read_bytes()


@pytest.mark.parametrize(
    ("command", "reason"),
    [("signtool sign", "names no"), ("true {file}", "has no signature"), ("rm {file}", "is gone")],
)
def test_a_signing_command_that_does_not_sign_is_refused(
    command: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.exe"
    path.write_bytes(program())
    monkeypatch.setenv(signing.COMMAND_VARIABLE, command)
    with pytest.raises(BuildError, match=reason):
        signing.sign(path)


def test_a_certificate_for_programs_is_taken_with_its_password(tmp_path: Path) -> None:
    path = write_certificate(tmp_path / "made.p12")
    found = signing.read_certificate(path, PASSWORD)
    assert "only for trying" in found.subject
    assert datetime.now(UTC) < found.ends
    with given(path, "wrong"), pytest.raises(BuildError, match="password is wrong"):
        signing.prepare()


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    path = tmp_path / "made.p12"
    with pytest.raises(BuildError, match="cannot be read"):
        signing.read_certificate(path, "")
    path.write_bytes(b"-----BEGIN CERTIFICATE-----")
    with pytest.raises(BuildError, match=r"no PKCS #12 file"):
        signing.read_certificate(path, "")


def test_a_certificate_that_has_ended_or_not_begun_is_refused(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ended = write_certificate(tmp_path / "ended.p12", begins=now - timedelta(days=9))
    with pytest.raises(BuildError, match="has ended on"):
        signing.read_certificate(ended, PASSWORD)
    later = write_certificate(tmp_path / "later.p12", begins=now + timedelta(days=9))
    with pytest.raises(BuildError, match="begins only on"):
        signing.read_certificate(later, PASSWORD)


def test_a_certificate_for_something_else_is_refused(tmp_path: Path) -> None:
    path = write_certificate(tmp_path / "server.p12", use=ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(BuildError, match="not one for signing programs"):
        signing.read_certificate(path, PASSWORD)


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    path = write_certificate(tmp_path / "made.p12")
    _, found, _ = pkcs12.load_key_and_certificates(path.read_bytes(), PASSWORD.encode())
    assert found is not None
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(None, None, None, [found], NoEncryption())
    )
    with pytest.raises(BuildError, match="private key"):
        signing.read_certificate(path, "")


def test_certificate_and_command_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given(write_certificate(tmp_path / "made.p12")):
        monkeypatch.setenv(signing.COMMAND_VARIABLE, "sign {file}")
        with pytest.raises(BuildError, match="name one"):
            signing.prepare()


def test_a_password_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given(write_certificate(tmp_path / "made.p12")):
        monkeypatch.setenv(signing.PASSWORD_VARIABLE, str(tmp_path / "nowhere"))
        with pytest.raises(BuildError, match=r"password .* cannot be read"):
            signing.prepare()

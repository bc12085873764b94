# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs finished programs with a certificate, or hands them to whoever signs; else does nothing.

    KEZHAN_CERTIFICATE                  a PKCS #12 file (.p12, .pfx) for osslsigncode
    KEZHAN_CERTIFICATE_PASSWORD_FILE    its password, first line; left out: none
    KEZHAN_TIMESTAMP                    address of a time-stamping authority (RFC 3161)
    KEZHAN_SIGN                         a command instead of these, `{file}` stands for the path

`python -m installer.signing FILE` signs one file: so the setup's script has its uninstaller signed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from installer.toolbox import BuildError, run, say

COMMAND_VARIABLE = "KEZHAN_SIGN"
CERTIFICATE_VARIABLE = "KEZHAN_CERTIFICATE"
PASSWORD_VARIABLE = "KEZHAN_CERTIFICATE_PASSWORD_FILE"  # noqa: S105 - where it lies
TIMESTAMP_VARIABLE = "KEZHAN_TIMESTAMP"
_TOOL = "osslsigncode"
_DIGEST = re.compile(r"^(Current|Calculated) message digest *: ([0-9A-F]{64})\s*$", re.MULTILINE)
# PE: where the header lies; its table of directories by its magic; the directory of signatures.
_HEADER_AT, _OPTIONAL_AT, _SIGNATURES = 0x3C, 24, 4
_DIRECTORIES_AT = {0x10B: 96, 0x20B: 112}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that may sign programs, with its key."""

    path: Path
    password: str
    subject: str
    ends: datetime


def prepare() -> Certificate | None:
    """Look at what is to sign, before hours are spent on building; None: no certificate.

    Raises:
        BuildError: what was given cannot sign; the sentence says why.
    """
    given = os.environ.get(CERTIFICATE_VARIABLE, "").strip()
    if not given:
        return None
    if os.environ.get(COMMAND_VARIABLE, "").strip():
        raise BuildError(f"both {CERTIFICATE_VARIABLE} and {COMMAND_VARIABLE} are set: name one")
    certificate = read_certificate(Path(given), _password())
    if shutil.which(_TOOL) is None:
        raise BuildError(
            f"{_TOOL} signs with a certificate and is missing: apt-get install {_TOOL}"
        )
    return certificate


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE, "").strip()
    if not given:
        return ""
    try:
        return Path(given).read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"the password of {PASSWORD_VARIABLE} cannot be read: {error}") from error


def read_certificate(path: Path, password: str) -> Certificate:
    """A PKCS #12 file, once everything about it fits.

    Raises:
        BuildError: it cannot be read or opened, or is not one that Windows takes for programs.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BuildError(f"the certificate {path} cannot be read: {error.strerror}") from error
    try:
        key, found, _ = pkcs12.load_key_and_certificates(raw, password.encode() or None)
    except ValueError as error:
        raise BuildError(
            f"{path} cannot be opened: the password is wrong, or it is no PKCS #12 file"
        ) from error
    if key is None or found is None:
        raise BuildError(f"{path} needs a certificate and its private key in one file")
    _require_use(path, found)
    ends = found.not_valid_after_utc
    return Certificate(path, password, found.subject.rfc4514_string(), ends)


def _require_use(path: Path, found: x509.Certificate) -> None:
    now = datetime.now(UTC)
    if now > found.not_valid_after_utc:
        raise BuildError(
            f"the certificate {path} has ended on {found.not_valid_after_utc:%Y-%m-%d}"
        )
    if now < found.not_valid_before_utc:
        begins = found.not_valid_before_utc
        raise BuildError(f"the certificate {path} begins only on {begins:%Y-%m-%d}")
    try:
        uses = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        uses = x509.ExtendedKeyUsage([])
    if ExtendedKeyUsageOID.CODE_SIGNING not in uses:
        raise BuildError(f"the certificate {path} is not one for signing programs")


def is_wanted() -> bool:
    """Whether anything is signed in this build."""
    names = (COMMAND_VARIABLE, CERTIFICATE_VARIABLE)
    return any(os.environ.get(name, "").strip() for name in names)


def sign(path: Path) -> bool:
    """Sign a file in its place; returns whether anything was to sign with.

    Raises:
        BuildError: it is not signed afterwards.
    """
    certificate = prepare()
    if certificate is not None:
        say(f"signing {path.name} as {certificate.subject}")
        _sign_with(certificate, path)
    elif not _sign_by_command(path):
        return False
    if not is_signed(path):
        raise BuildError(f"{path} has no signature after signing")
    return True


def _sign_by_command(path: Path) -> bool:
    command = os.environ.get(COMMAND_VARIABLE, "").strip()
    if not command:
        return False
    words = shlex.split(command, posix=os.name != "nt")
    if not any("{file}" in word for word in words):
        raise BuildError(f"{COMMAND_VARIABLE} names no {{file}}")
    say(f"signing {path.name}")
    run([word.replace("{file}", str(path)) for word in words])
    if not path.is_file():
        raise BuildError(f"{path} is gone after signing")
    return True


def _sign_with(certificate: Certificate, path: Path) -> None:
    with TemporaryDirectory() as folder:  # for this account alone
        secret, signed = Path(folder, "password"), Path(folder, path.name)
        secret.write_text(certificate.password, "utf-8")
        command: list[str | Path] = [_TOOL, "sign", "-pkcs12", certificate.path]
        command += ["-readpass", secret, "-h", "sha256", "-n", "Kezhan"]
        if stamped_by := os.environ.get(TIMESTAMP_VARIABLE, "").strip():
            command += ["-ts", stamped_by]
        run([*command, "-in", path, "-out", signed])
        require_signature(signed)
        shutil.copyfile(signed, path)


def require_signature(path: Path) -> None:
    """Refuse a file whose signature is not about its bytes; who trusts the signer is not asked."""
    answer = subprocess.run([_TOOL, "verify", "-in", path], capture_output=True, check=False)
    digests = dict(_DIGEST.findall(answer.stdout.decode("utf-8", "replace").replace("\r", "")))
    if len(digests) != 2 or len(set(digests.values())) != 1:
        raise BuildError(f"the signature of {path.name} does not fit it")


def is_signed(path: Path) -> bool:
    """Whether a Windows program carries a signature, whoever's it is."""
    raw = path.read_bytes()
    try:
        (header,) = struct.unpack_from("<I", raw, _HEADER_AT)
        if raw[:2] != b"MZ" or raw[header : header + 4] != b"PE\0\0":
            return False
        optional = header + _OPTIONAL_AT
        (magic,) = struct.unpack_from("<H", raw, optional)
        place = optional + _DIRECTORIES_AT[magic] + 8 * _SIGNATURES
        offset, size_bytes = struct.unpack_from("<II", raw, place)
    except (struct.error, KeyError):
        return False
    return bool(offset) and size_bytes > 0 and offset + size_bytes <= len(raw)


if __name__ == "__main__":
    try:
        sys.exit(0 if sign(Path(sys.argv[1])) else 1)
    except BuildError as error:
        say(str(error))
        sys.exit(1)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs with a certificate made for the occasion: what is signed verifies and still runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from installer import signing
from installer.journey import expect
from installer.toolbox import BuildError, say

if TYPE_CHECKING:
    from installer.check_windows import WindowsCheck

PASSWORD = "口令 for trying"  # noqa: S105 - of a certificate that lives a minute


def write_certificate(
    path: Path,
    *,
    use: ObjectIdentifier = ExtendedKeyUsageOID.CODE_SIGNING,
    begins: datetime | None = None,
    days: int = 2,
) -> Path:
    """A self-made certificate with its key as PKCS #12; Windows trusts none of these."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kezhan, only for trying")])
    begins = begins or datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .sign(key, hashes.SHA256())
    )
    lock = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"kezhan", key, made, None, lock))
    return path


@contextmanager
def given(certificate: Path, password: str = PASSWORD) -> Iterator[None]:
    """The builder names this certificate."""
    secret = certificate.with_suffix(".password")
    secret.write_text(password + "\n", "utf-8")
    names = (signing.CERTIFICATE_VARIABLE, signing.PASSWORD_VARIABLE, signing.COMMAND_VARIABLE)
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ |= {names[0]: str(certificate), names[1]: str(secret)}
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


def check_signing(check: WindowsCheck, program: Path) -> None:
    """Sign a copy of a program of ours and run it; a signature of other bytes is refused."""
    with TemporaryDirectory() as folder:
        signed = Path(shutil.copy(program, check.prefix.drive_d / "签名.exe"))
        with given(write_certificate(Path(folder, "made.p12"))):
            expect(signing.sign(signed), "was not signed")
        raw = bytearray(signed.read_bytes())
    check.prefix.call(signed, "/S", display=check.display)
    raw[len(raw) // 3] ^= 1
    changed = signed.with_name("改过.exe")
    changed.write_bytes(raw)
    try:
        signing.require_signature(changed)
    except BuildError:
        say("signed with a self-made certificate; it verifies, runs, and a changed byte shows")
    else:
        raise BuildError("the packed program: a changed byte does not break its signature")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Who this machine is: a random device id, bound to the machine to notice a cloned disk."""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import BugError, KnownError, known_os_error
from app.base.paths import DataPaths

_FORMAT = "kezhan-device"
_MAX_BYTES = 4096
_RSMB = 0x52534D42
_LOCK_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Device:
    """The device's id; `was_cloned` says that this start found another machine's id."""

    device_id: str
    was_cloned: bool


def device(paths: DataPaths, machine: str | None = None) -> Device:
    """Read this machine's device id, making a new one at first start and after cloning.

    Window and agent start together; a lock lets one of them make the id and the other read it.
    """
    binding = _binding(machine if machine is not None else machine_name())
    known = _read(paths)
    if known is not None and known.get("binding") == binding:
        return Device(str(known["device_id"]), was_cloned=False)
    lock = FileLock(paths.device_file.with_name(paths.device_file.name + ".lock"))
    try:
        with lock.acquire(timeout=_LOCK_PATIENCE_S):
            return _renew(paths, binding)
    except Timeout as error:
        raise BugError("somebody holds the lock of the device id for ever") from error
    except OSError as error:
        raise known_os_error(error, paths.device_file) from error


def _renew(paths: DataPaths, binding: str) -> Device:
    known = _read(paths)
    if known is not None and known.get("binding") == binding:
        return Device(str(known["device_id"]), was_cloned=False)
    fresh = str(uuid.uuid4())
    document = {**document_header(_FORMAT, 1, 0), "device_id": fresh, "binding": binding}
    files.keep_previous_and_replace(paths.device_file, json.dumps(document).encode())
    return Device(fresh, was_cloned=known is not None)


def _read(paths: DataPaths) -> dict[str, object] | None:
    raw = files.read_with_previous(paths.device_file, _is_device)
    return None if raw is None else parse_document(raw, _FORMAT, 1, max_bytes=_MAX_BYTES)


def _is_device(raw: bytes) -> bool:
    try:
        document = parse_document(raw, _FORMAT, 1, max_bytes=_MAX_BYTES)
        uuid.UUID(str(document.get("device_id")))
    except (KnownError, ValueError):
        return False
    return True


def _binding(machine: str) -> str:
    """A hash, so that the machine's own id never lies in our files."""
    return hashlib.sha256(f"kezhan-device:{machine}".encode()).hexdigest()


def machine_name() -> str:
    """The machine's own ids, hardware first: a cloned disk carries the system's id along."""
    parts = [_smbios_uuid(), _system_id()]
    return "|".join(part for part in parts if part) or f"node-{uuid.getnode():012x}"


def _system_id() -> str:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography"
            ) as handle:
                return str(winreg.QueryValueEx(handle, "MachineGuid")[0])
        except OSError:
            return ""
    # The firmware UUID is readable by root only, and the id must not depend on who looks.
    return _read_line(Path("/etc/machine-id"))


def _read_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _smbios_uuid() -> str:
    """The system UUID of the SMBIOS type 1 structure (SMBIOS 3.7 §7.2)."""
    if sys.platform != "win32":
        return ""
    import ctypes

    read = ctypes.WinDLL("kernel32").GetSystemFirmwareTable
    size = read(_RSMB, 0, None, 0)
    buffer = ctypes.create_string_buffer(size)
    if not size or read(_RSMB, 0, buffer, size) != size:
        return ""
    return find_smbios_uuid(buffer.raw[8:])


def find_smbios_uuid(table: bytes) -> str:
    """The UUID in a raw SMBIOS table as hex, or an empty string."""
    position = 0
    while position + 4 <= len(table):
        kind, length = table[position], table[position + 1]
        if kind == 1 and length >= 24:
            return table[position + 8 : position + 24].hex()
        end = table.find(b"\0\0", position + max(length, 4))
        if end < 0:
            return ""
        position = end + 2
    return ""

# SPDX-License-Identifier: GPL-3.0-or-later
"""A teacher's PIN: it keeps pupils from teaching under another name, and secures nothing else."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_PIN = re.compile(r"[0-9]{4,8}")
_ROUNDS = 200_000  # 0.1 s on a classroom machine


def is_pin(text: str) -> bool:
    """Whether a text can be a PIN: four to eight digits."""
    return _PIN.fullmatch(text) is not None


def sealed_pin(pin: str) -> str:
    """The PIN as it is kept; takes a tenth of a second, so not on the GUI thread."""
    salt = secrets.token_hex(16)
    return f"{salt}${_digest(pin, salt)}"


def fits_pin(pin: str, sealed: str) -> bool:
    """Whether this is the PIN that was sealed; everything fits where none was set."""
    if not sealed:
        return True
    salt, _, digest = sealed.partition("$")
    return hmac.compare_digest(_digest(pin, salt), digest)


def _digest(pin: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt.encode(), _ROUNDS).hex()

# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit hook that refuses connections and look-ups which would leave this machine.

It sees what libraries do, too. Attempts are noted in the file that an environment variable names.
Imports stay inside functions: child processes of tests load this before anything else.
"""

import os
import sys

REPORT_VARIABLE = "KEZHAN_TEST_NETWORK_REPORT"
# Reserved names that never exist (RFC 2606): a test uses them for "there is no such host".
NOWHERE = (".invalid", ".test", ".example")


def is_number(host: str) -> bool:
    """Whether a host is given as an address, which needs no look-up."""
    from ipaddress import ip_address

    try:
        ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    return host in {"", "localhost"} or (is_number(host) and ip_address(host).is_loopback)


def refuse_foreign(event: str, arguments: tuple[object, ...]) -> None:
    """Raise what a machine without a network would see."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        _refuse_connection(event, arguments[1])
    elif event == "socket.getaddrinfo":
        _refuse_lookup(arguments[0])


def _refuse_connection(event: str, address: object) -> None:
    if isinstance(address, tuple) and not is_loopback(str(address[0])):
        from errno import ENETUNREACH

        _note(f"{event} to {address[0]}")
        raise OSError(ENETUNREACH, "the tests have no network")


def _refuse_lookup(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not is_loopback(name) and not is_number(name):
        from socket import EAI_NONAME, gaierror

        if not name.endswith(NOWHERE):
            _note(f"look-up of {name}")
        raise gaierror(EAI_NONAME, "the tests have no network")


def _note(attempt: str) -> None:
    report = os.environ.get(REPORT_VARIABLE)
    if report:
        with open(report, "a", encoding="utf-8") as file:  # noqa: PTH123 - keeps children light
            file.write(f"{attempt}\n")


sys.addaudithook(refuse_foreign)

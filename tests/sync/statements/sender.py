# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that only collects and sends statements, to be killed: DATA_DIR URL USER PASSWORD.

Prints a line before each thing it does, and `done` at the end.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from app.sync.headers import basic_auth
from tests.sync.statements.rig import Rig


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def saying(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, said before it begins and after it ended."""

    def wrapped(*arguments: Any, **named: Any) -> Any:
        say(f"before {name}")
        found = work(*arguments, **named)
        say(f"after {name}")
        return found

    return wrapped


def main() -> None:
    data_dir, url, user, password = sys.argv[1:]
    rig = Rig(DataPaths(Path(data_dir)), url, basic_auth(user, password))
    rig.store.collect = saying("collect", rig.store.collect)  # type: ignore[method-assign]
    rig.store.freeze = saying("freeze", rig.store.freeze)  # type: ignore[method-assign]
    rig.store.delivered = saying("delivered", rig.store.delivered)  # type: ignore[method-assign]
    rig.session.request = saying("request", rig.session.request)  # type: ignore[method-assign]
    rig.collect()
    rig.run()
    say("done")


if __name__ == "__main__":
    main()

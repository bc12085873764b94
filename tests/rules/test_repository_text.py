# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository speaks of the product alone, and every source says its licence."""

import re

from tests.rules.sources import REPOSITORY, repository_files

# In pieces, so that this file does not name what it looks for.
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js", "deb." + "debian.org"]
MACHINE_PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/opt/py" + "pi", "/opt/wh" + "eels", "/home/[a-z]"]
WRITERS = ["clau" + "de", "anthro" + "pic", "open" + "ai", "chat" + "gpt", "co" + "pilot"]
FORBIDDEN = re.compile(
    "|".join(
        [
            *(re.escape(host) for host in REGISTRIES),
            *(rf"(?<![\w.\}}\])~*-]){path}" for path in MACHINE_PATHS),
            *(rf"(?i:\b{name}\b)" for name in WRITERS),
        ]
    )
)
LICENCE_TEXTS = ("LICENSE", "docs/licences", "app/ui/assets/licences")
WITH_HEADER = (".py", ".mjs", ".sh", ".nsi")
HEADER = "SPDX-License-Identifier: "


def text_or_none(name: str) -> str | None:
    content = (REPOSITORY / name).read_bytes()
    if b"\0" in content[:8000]:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def test_names_no_registry_no_machine_and_no_writer() -> None:
    found: list[str] = []
    for name in repository_files():
        text = None if name.startswith(LICENCE_TEXTS) else text_or_none(name)
        if text is None or not FORBIDDEN.search(text):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = FORBIDDEN.search(line)
            if match:
                found.append(f"{name}:{number} {match[0]}")
    assert found == []


def test_every_source_says_its_licence() -> None:
    sources = [name for name in repository_files() if name.endswith(WITH_HEADER)]
    assert sources, "no sources found"
    silent = [
        name
        for name in sources
        if not any(HEADER in line for line in (text_or_none(name) or "").splitlines()[:3])
    ]
    assert silent == [], f"begin with: # {HEADER}GPL-3.0-or-later"


def test_text_files_end_lines_like_everybody() -> None:
    found = [
        name
        for name in repository_files()
        if name.endswith((".py", ".md", ".toml", ".lock", ".ts"))
        and b"\r" in (REPOSITORY / name).read_bytes()
    ]
    assert found == []

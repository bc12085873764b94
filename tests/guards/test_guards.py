# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards around every test do catch what they are there for."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GUARDS = """
pytest_plugins = [
    "tests.guards.children", "tests.guards.logs", "tests.guards.network", "tests.guards.skips",
]
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own, in a process of its own, under the same guards."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(GUARDS)
    pytester.makeini("[pytest]\nmarkers =\n    allow_warnings(*loggers): announced\n")
    return pytester


def outcomes(inner: pytest.Pytester, source: str) -> tuple[dict[str, int], str]:
    inner.makepyfile(source)
    result = inner.runpytest_subprocess("-p", "no:cacheprovider")
    return result.parseoutcomes(), result.stdout.str()


def test_a_foreign_connection_fails_even_if_the_program_swallows_it(inner: pytest.Pytester) -> None:
    found, output = outcomes(
        inner,
        """
        import socket
        def test_it():
            try:
                socket.create_connection(("203.0.113.7", 80), 1)
            except OSError:
                pass
        """,
    )
    assert found == {"passed": 1, "errors": 1}
    assert "socket.connect to 203.0.113.7" in output


def test_a_foreign_look_up_in_a_child_process_fails(inner: pytest.Pytester) -> None:
    found, output = outcomes(
        inner,
        """
        import subprocess, sys
        PROGRAM = "import socket; socket.getaddrinfo('mirror.education', 80)"
        def test_it():
            subprocess.run([sys.executable, "-c", PROGRAM], stderr=subprocess.DEVNULL)
        """,
    )
    assert found == {"passed": 1, "errors": 1}
    assert "look-up of mirror.education" in output


def test_loopback_and_names_that_never_exist_are_fine(inner: pytest.Pytester) -> None:
    found, _ = outcomes(
        inner,
        """
        import socket
        import pytest
        def test_it():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname(), 1).close()
            with pytest.raises(socket.gaierror):
                socket.getaddrinfo("mirror.example", 80)
        """,
    )
    assert found == {"passed": 1}


def test_logged_warnings_must_be_announced(inner: pytest.Pytester) -> None:
    found, output = outcomes(
        inner,
        """
        import logging
        import pytest
        def warn():
            logging.getLogger("app.sync.http").warning("slow %s", "line")
        def test_surprise():
            warn()
        @pytest.mark.allow_warnings("app.sync")
        def test_announced():
            warn()
        @pytest.mark.allow_warnings("app.syn")
        def test_announced_for_another():
            warn()
        """,
    )
    assert found == {"passed": 3, "errors": 2}
    assert "WARNING app.sync.http: slow line" in output


def test_a_child_process_left_behind_is_ended_and_fails(inner: pytest.Pytester) -> None:
    found, output = outcomes(
        inner,
        """
        import subprocess, sys
        KEPT = []
        def test_it():
            KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        def test_it_is_gone():
            assert KEPT[0].wait(5) != 0
        """,
    )
    assert found == {"passed": 2, "errors": 1}
    assert "left child processes behind" in output


def test_skips_and_expected_failures_fail(inner: pytest.Pytester) -> None:
    found, _ = outcomes(
        inner,
        """
        import pytest
        @pytest.mark.skip(reason="no server here")
        def test_skipped():
            pass
        @pytest.mark.xfail
        def test_expected():
            assert False
        def test_missing():
            pytest.importorskip("no_such_module")
        """,
    )
    assert found == {"failed": 2, "errors": 1}


def test_a_skipped_module_fails(inner: pytest.Pytester) -> None:
    found, _ = outcomes(inner, "import pytest\npytest.importorskip('no_such_module')\n")
    assert found == {"errors": 1}


def test_each_test_has_a_data_directory_with_an_awkward_name(data_dir: Path) -> None:
    assert data_dir.is_dir()
    assert list(data_dir.iterdir()) == []
    assert " " in data_dir.name
    assert not data_dir.name.isascii()


def test_child_processes_find_the_program(data_dir: Path) -> None:
    code = "import app; print(app.__name__)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=data_dir, capture_output=True, text=True, check=True
    )
    assert run.stdout == "app\n"

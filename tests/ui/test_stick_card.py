# SPDX-License-Identifier: GPL-3.0-or-later
"""The card about a stick: real counting, real requests, the real agent; only the disks are told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.base.clock import SystemClock
from app.base.settings import Settings
from app.publish import commands, inbound, outbound
from app.sync.inbox import Kind
from app.ui.agent_link import Progress
from app.ui.desk import Desk
from app.ui.look.theme import Theme, theme_for
from app.ui.pages.stick_desk import Phase, StickDesk
from app.wiring.stick_window import StickAsk
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome
from tests.sync.stick_disk import county_stick, region_id_of
from tests.sync.stick_point import EVENTS, export, statements, teach
from tests.ui.fixture_library import MemoryLocator
from tests.ui.fixture_services import Bench


class Shell:
    """The part of the window that the card needs."""

    def __init__(self, qtbot: QtBot) -> None:
        self.theme: Theme = theme_for("light", 100)
        self.shell = QWidget()
        self.shell.resize(1280, 720)
        self.is_in_lesson = False
        qtbot.addWidget(self.shell)
        self.shell.show()


class Sticks:
    """What is plugged in."""

    def __init__(self, county: Path) -> None:
        self.county = county  # the one that the county made
        self.roots: list[Path] = []

    def __call__(self) -> tuple[Path, ...]:
        return tuple(self.roots)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> RegionHome:
    home = RegionHome.create(tmp_path_factory.mktemp("region") / "测试 县")
    home.publish_first()
    return home


@pytest.fixture
def stick(county: RegionHome, tmp_path: Path) -> Path:
    return county_stick(county, tmp_path / "U盘")


@pytest.fixture
def machine(data_dir: Path, county: RegionHome) -> Machine:
    """Joined, with an empty catalogue and no line."""
    made = Machine(data_dir)
    source = county.enrolment("http://127.0.0.1:9/")
    made.run_requests(made.enrol(str(source)))
    return made


@pytest.fixture
def bench(machine: Machine, qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(machine.paths.root, [], MemoryLocator(), Settings(language="en", theme="light"))
    # Until desk.db is set up nobody else may write to it, as `teach` does.
    with qtbot.waitSignal(made.desk.submit(lambda _: None).succeeded, timeout=30_000):
        pass
    yield made
    made.close()


@pytest.fixture
def sticks(stick: Path) -> Sticks:
    return Sticks(stick)


@pytest.fixture
def shell(qtbot: QtBot) -> Shell:
    return Shell(qtbot)


@pytest.fixture
def desk(bench: Bench, shell: Shell, sticks: Sticks, qtbot: QtBot) -> Iterator[StickDesk]:
    made = StickDesk(shell, bench.services, StickAsk(bench.paths), sticks)
    yield made
    made.close()
    qtbot.waitUntil(lambda: bench.runner.is_idle, timeout=30_000)


See = Callable[[Phase], None]


@pytest.fixture
def see(desk: StickDesk, bench: Bench, qtbot: QtBot) -> See:
    """Look for sticks until the card is where it should be."""

    def until(phase: Phase) -> None:
        desk.look()
        qtbot.waitUntil(lambda: desk.phase is phase and bench.runner.is_idle, timeout=30_000)

    return until


def work(machine: Machine, kind: Kind) -> str:
    """The agent does what was asked last."""
    (path,) = machine.paths.inbox_dir.glob("*.json")
    assert f'"{kind.value}"' in path.read_text(encoding="utf-8")
    machine.run_requests(path.stem)
    return path.stem


def tap_both_ways(qtbot: QtBot, desk: StickDesk, machine: Machine) -> None:
    """One tap: the agent takes in what the stick brings, then puts on it what waits."""
    desk.card.main_button.click()
    work(machine, Kind.STICK_IMPORT)
    qtbot.waitUntil(lambda: desk.phase is Phase.EXPORTING, timeout=30_000)
    work(machine, Kind.STICK_EXPORT)
    qtbot.waitUntil(lambda: desk.phase is Phase.OVER, timeout=30_000)


def test_one_tap_brings_everything_and_says_when_to_pull(
    desk: StickDesk, sticks: Sticks, stick: Path, machine: Machine, see: See, qtbot: QtBot
) -> None:
    sticks.roots = [stick]
    see(Phase.OFFERED)
    assert desk.card.isVisible()
    assert desk.card.title.text() == "2 new resources on the stick, done in a moment"

    desk.card.main_button.click()

    assert desk.phase is Phase.IMPORTING
    work(machine, Kind.STICK_IMPORT)
    qtbot.waitUntil(lambda: desk.phase is Phase.OVER, timeout=30_000)
    assert desk.card.title.text() == "You can pull the stick out"
    assert desk.card.words.text().startswith("4 files came")
    assert machine.is_offline("video-1")
    desk.card.main_button.click()
    assert not desk.card.isVisible()
    see(Phase.IDLE)


def test_what_waits_goes_along_in_the_same_tap(
    desk: StickDesk,
    sticks: Sticks,
    machine: Machine,
    county: RegionHome,
    see: See,
    qtbot: QtBot,
) -> None:
    stick = sticks.county
    bare = Path(shutil.copytree(stick, stick.with_name("bare")))
    shutil.rmtree(next(bare.rglob("blobs")))
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(bare)))
    teach(machine, region_id_of(county))
    machine.run(only=frozenset({"statements"}))
    sticks.roots = [stick]
    see(Phase.OFFERED)
    assert f"{EVENTS} records" in desk.card.more.text()
    assert desk.card.main_button.text() == "Import and take along"

    tap_both_ways(qtbot, desk, machine)

    assert f"{EVENTS} records and 0 files are sealed" in desk.card.words.text()
    assert list((stick / "kezhan" / "out").rglob("*.part"))


def test_never_during_a_lesson_and_again_when_it_is_over(
    desk: StickDesk, sticks: Sticks, bench: Bench, shell: Shell, see: See, qtbot: QtBot
) -> None:
    clock = SystemClock()

    def write(work: Callable[[Desk], object]) -> None:
        """By the one hand that writes desk.db."""
        with qtbot.waitSignal(bench.desk.submit(work).succeeded, timeout=30_000):
            pass

    shell.is_in_lesson = True
    sticks.roots = [sticks.county]
    see(Phase.IDLE)
    assert not desk.card.isVisible()
    shell.is_in_lesson = False
    # Another window teaches.
    write(lambda there: there.lessons.hold_lease(clock.boot_id(), clock.boot_s()))
    see(Phase.IDLE)
    assert not desk.card.isVisible()
    write(lambda there: there.lessons.end_lease())
    see(Phase.OFFERED)


def test_a_stick_that_is_pulled_takes_its_card_along(
    desk: StickDesk, sticks: Sticks, stick: Path, see: See
) -> None:
    sticks.roots = [stick]
    see(Phase.OFFERED)
    sticks.roots = []
    see(Phase.IDLE)
    assert not desk.card.isVisible()


def test_pulled_while_it_works_one_sentence_says_so(
    desk: StickDesk, sticks: Sticks, stick: Path, machine: Machine, see: See, qtbot: QtBot
) -> None:
    sticks.roots = [stick]
    see(Phase.OFFERED)
    desk.card.main_button.click()
    shutil.rmtree(stick)
    work(machine, Kind.STICK_IMPORT)
    qtbot.waitUntil(lambda: desk.phase is Phase.OVER, timeout=30_000)
    assert desk.card.title.text() == "The stick did not get through"
    assert "is not there any more" in desk.card.words.text()


def test_suspicious_files_are_named(desk: StickDesk, sticks: Sticks, stick: Path, see: See) -> None:
    (stick / "autorun.inf").touch()
    (stick / "图片.exe").touch()
    sticks.roots = [stick]
    see(Phase.OFFERED)
    assert desk.card.suspects.isVisible()
    assert "autorun.inf, 图片.exe" in desk.card.suspects.words.text()


def test_a_private_stick_shows_nothing(
    desk: StickDesk, sticks: Sticks, tmp_path: Path, see: See
) -> None:
    private = tmp_path / "照片"
    private.mkdir()
    sticks.roots = [private]
    see(Phase.IDLE)
    assert not desk.card.isVisible()


def test_two_sticks_come_one_after_the_other(
    desk: StickDesk, sticks: Sticks, stick: Path, tmp_path: Path, see: See
) -> None:
    other = Path(shutil.copytree(stick, tmp_path / "Z盘"))
    sticks.roots = [stick, other]
    see(Phase.OFFERED)
    assert "Another stick is plugged in" in desk.card.more.text()
    first = desk.card.words.text()
    desk.card.quiet_button.click()
    see(Phase.OFFERED)
    assert desk.card.words.text() != first


def test_stop_is_asked_once_and_said(
    desk: StickDesk, sticks: Sticks, stick: Path, machine: Machine, see: See, bench: Bench
) -> None:
    sticks.roots = [stick]
    see(Phase.OFFERED)
    desk.card.main_button.click()
    desk.card.quiet_button.click()
    assert not desk.card.quiet_button.isEnabled()
    asked = [path.read_text(encoding="utf-8") for path in machine.paths.inbox_dir.glob("*.json")]
    assert sum('"stick_stop"' in text for text in asked) == 1
    machine.run_requests(*(path.stem for path in machine.paths.inbox_dir.glob("*.json")))
    see(Phase.OVER)
    assert desk.card.title.text() == "You can pull the stick out"


def test_progress_moves_the_bar(
    desk: StickDesk, sticks: Sticks, stick: Path, machine: Machine, see: See, bench: Bench
) -> None:
    sticks.roots = [stick]
    see(Phase.OFFERED)
    desk.card.main_button.click()
    (path,) = machine.paths.inbox_dir.glob("*.json")
    bench.agent.progressed.emit(Progress(f"stick-{path.stem}", "stick", "分数", 500, 1000))
    assert desk.card.bar.value() == 500
    assert "分数" in desk.card.words.text()
    bench.agent.progressed.emit(Progress("another", "stick", "x", 900, 1000))
    assert desk.card.bar.value() == 500


def test_another_look_keeps_the_card(
    desk: StickDesk, sticks: Sticks, shell: Shell, bench: Bench, see: See, qtbot: QtBot
) -> None:
    sticks.roots = [sticks.county]
    see(Phase.OFFERED)
    before = desk.card
    shell.theme = theme_for("dark", 150)
    shell.shell = QWidget()
    shell.shell.resize(1280, 720)
    qtbot.addWidget(shell.shell)
    shell.shell.show()
    bench.services.settings.put(replace(bench.services.settings.current, scale_percent=150))
    qtbot.waitUntil(lambda: desk.card is not before and desk.card.isVisible(), timeout=30_000)
    assert desk.card.title.text().startswith("2 new resources")


@pytest.fixture
def travelling(county: RegionHome, stick: Path, tmp_path: Path) -> Path:
    """What a point without a line has put on a stick for the county."""
    point = Machine(tmp_path / "point")
    point.run_requests(point.enrol(str(county.enrolment("http://127.0.0.1:9/"))))
    point.run_requests(point.leave(Kind.STICK_IMPORT, dir=str(stick)))
    teach(point, region_id_of(county))
    place = tmp_path / "教学点 U盘"
    place.mkdir()
    export(point, place)
    return place


def test_a_tap_for_parcels_takes_them_in_and_fills_the_stick_for_its_school(
    desk: StickDesk, sticks: Sticks, machine: Machine, travelling: Path, see: See, qtbot: QtBot
) -> None:
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(sticks.county)))
    sticks.roots = [travelling]
    see(Phase.OFFERED)
    assert desk.card.title.text() == "The stick carries parcels for the county"

    tap_both_ways(qtbot, desk, machine)

    assert desk.card.title.text() == "You can pull the stick out"
    assert desk.card.words.text().splitlines()[-2:] == [
        "1 parcels of other schools were taken in.",
        "4 lesson files were put on the stick for its school.",
    ]
    blobs = [path for path in travelling.rglob("blobs/*/*") if path.is_file()]
    assert len(blobs) == 4
    assert list(travelling.glob("kezhan/*/metadata/timestamp.json"))


def test_parcels_that_wait_for_the_next_stick_are_offered_and_go_along(
    desk: StickDesk, sticks: Sticks, machine: Machine, travelling: Path, see: See, qtbot: QtBot
) -> None:
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(sticks.county)))
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(travelling), relay=True))
    sticks.roots = [sticks.county]
    see(Phase.OFFERED)
    assert "1 sealed parcels of other schools wait here" in desk.card.more.text()

    desk.card.main_button.click()
    work(machine, Kind.STICK_EXPORT)
    qtbot.waitUntil(lambda: desk.phase is Phase.OVER, timeout=30_000)

    assert desk.card.words.text() == "1 parcels of other schools were put on the stick."
    assert list((sticks.county / "kezhan" / "out").rglob("*.part"))
    desk.card.main_button.click()
    sticks.roots = []
    see(Phase.IDLE)
    sticks.roots = [sticks.county]  # what it carries is not offered again
    see(Phase.OVER)
    assert desk.card.words.text() == "There was nothing new on it."


@pytest.fixture
def answered(county: RegionHome, machine: Machine, stick: Path, tmp_path: Path) -> Path:
    """The county's answer to what the machine has sent, and nothing else that is new."""
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(stick)))
    teach(machine, region_id_of(county))
    export(machine, stick)
    office = county.copy_to(tmp_path / "office" / "县")
    inbound.receive(office.root, stick, LATER)
    commands.build(office.root, LATER)
    outbound.make_stick(office.root, stick)
    return stick


def test_receipts_alone_are_offered_and_come_home(
    desk: StickDesk, sticks: Sticks, machine: Machine, answered: Path, see: See, qtbot: QtBot
) -> None:
    sticks.roots = [answered]
    see(Phase.OFFERED)
    assert desk.card.title.text() == "The stick brings news from the county"

    tap_both_ways(qtbot, desk, machine)

    assert desk.card.words.text() == "The county's catalogue and receipts are here."
    assert statements(machine) == {"delivered": EVENTS}

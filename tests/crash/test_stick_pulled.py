# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick is pulled, or the power goes, anywhere in an import or an export: nothing is lost."""

from pathlib import Path

import pytest

from app.sync.inbox import Kind
from tests.crash.agents import Agents
from tests.crash.stick_rounds import World, pull_ext4
from tests.sync.stick_disk import DiskImage

KILLS = 5
PULLS = 3
WITHIN_S = 0.6


class Killer:
    """Kills at random moments; earlier ones, where this machine is so quick that it was done."""

    def __init__(self, world: World, agents: Agents) -> None:
        self._world, self._agents = world, agents
        self._within_s = WITHIN_S

    def kill(self) -> None:
        if not self._world.kill(self._agents, self._within_s):
            self._within_s /= 3


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.create(tmp_path, seed=6)


@pytest.fixture
def disk(tmp_path: Path) -> DiskImage:
    return DiskImage(tmp_path / "stick.img", tmp_path / "U盘", size_mib=96)


def test_an_import_killed_and_pulled(world: World, disk: DiskImage, agents: Agents) -> None:
    killer = Killer(world, agents)
    with disk:
        world.fill_stick(disk.place)
        for _ in range(KILLS):
            world.ask(Kind.STICK_IMPORT, disk.place)
            killer.kill()
            world.check_machine()
        for _ in range(PULLS):
            world.ask(Kind.STICK_IMPORT, disk.place)
            world.pull(agents, WITHIN_S, pull_ext4(disk.place))
            world.check_machine()
            disk.unmount()
            disk.mount()
        world.finish_import(disk.place)
    assert world.killed


def test_an_export_killed_and_pulled(world: World, disk: DiskImage, agents: Agents) -> None:
    world.fill_outbox()
    killer = Killer(world, agents)
    with disk:
        for _ in range(KILLS):
            world.ask(Kind.STICK_EXPORT, disk.place)
            killer.kill()
            world.check_outgoing(disk.place)
        for _ in range(PULLS):
            world.ask(Kind.STICK_EXPORT, disk.place)
            world.pull(agents, WITHIN_S, pull_ext4(disk.place))
            disk.unmount()
            disk.mount()
            world.check_outgoing(disk.place)
        world.finish_export(disk.place)
    assert world.killed

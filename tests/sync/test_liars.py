# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors that lie: never a wrong byte, the right ones beside an honest one, one true code.

Every misbehaviour is met alone and beside an honest mirror, with nothing here yet and with a half
that came earlier, by a file in pieces and by one without.
"""

import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.base.clock import SystemClock
from app.base.db import open_writer
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.cache.store import MIGRATIONS, BlobStore
from app.region.pieces import PieceList
from app.sync.carriers import open_carrier
from app.sync.health import CarrierHealth
from app.sync.http import HttpSession
from app.sync.streams import Streams
from app.sync.transfer import BlobTransfer, WantedBlob
from tests.servers.faulty import FaultyServer
from tests.servers.fixtures import StartFaulty, StartNginx
from tests.servers.nginx import Nginx
from tests.servers.portal import Portal
from tests.sync.machine import QUICK
from tests.sync.region_home import SMALL, KnownFile

FIFTH_FROM_END = -5
IN_PIECES, AS_A_WHOLE = "in pieces", "as a whole"
PIECE_BYTES = 64 * 1024
LARGE = KnownFile(random.Random(9).randbytes(10 * PIECE_BYTES + 777))


@dataclass(frozen=True)
class Lie:
    """A fault, and the code that the user reads when the liar is alone (None: it completes)."""

    kind: str
    code: str | None
    options: dict[str, Any] = field(default_factory=dict)
    code_fresh_whole: str | None = "same"  # what has no effect without a Range header


LIES = [
    Lie("truncated", "connection_lost", {"after_bytes": 900}),
    Lie("short", "mirror_broken", {"after_bytes": 900}),
    Lie("no_length", "connection_lost", {"after_bytes": 900}),
    Lie("flipped", "mirror_broken", {"after_bytes": FIFTH_FROM_END}),
    Lie("wrong_range", "mirror_broken"),
    Lie("lying_range", "mirror_broken"),
    Lie("ignored_range", None),
    Lie("no_content_range", "mirror_broken", code_fresh_whole=None),
    Lie("status", "mirror_missing", {"status": 404}),
    Lie("status", "mirror_missing", {"status": 410}),
    Lie("status", "mirror_broken", {"status": 416}),
    Lie("status", "mirror_busy", {"status": 429, "retry_after_s": 30}),
    Lie("status", "mirror_busy", {"status": 503, "retry_after_s": 30}),
    Lie("status", "auth_refused", {"status": 403}),
    Lie("redirect", "portal"),
    Lie("html", "portal"),
    Lie("gzip", "mirror_broken"),
    Lie("hang", "mirror_silent"),
    Lie("stall", "mirror_silent", {"after_bytes": 900}),
    Lie("drip", "mirror_silent"),
    Lie("endless", "mirror_broken"),
    Lie("reset", "connection_lost"),
]


def lie_name(lie: Lie) -> str:
    return "-".join([lie.kind, *(str(value) for value in lie.options.values())])


class Receiver:
    """What a machine needs to bring one blob, with an empty cache."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root)
        self.paths.ensure()
        self.database = open_writer(self.paths.state_db, [MIGRATIONS])
        self.store = BlobStore(self.database, self.paths, (), SystemClock())
        self.session = HttpSession(timeouts=QUICK)
        self.streams = Streams()

    def bring(self, wanted: WantedBlob, addresses: Sequence[str]) -> Path:
        transfer = BlobTransfer(
            self.store,
            self.streams,
            [open_carrier(address, self.session) for address in addresses],
            CarrierHealth(time.monotonic),
            between=lambda: None,
        )
        return transfer.run(wanted)

    def put_half(self, file: KnownFile, wanted: WantedBlob) -> None:
        """A half that came earlier, from whoever; nobody says which pieces of it are right."""
        piece_bytes = PIECE_BYTES if wanted.pieces_sha256 else 0
        partial = self.store.begin(wanted.sha256, wanted.size_bytes, piece_bytes)
        partial.write_at(0, file.content[: wanted.size_bytes // 2])

    def close(self) -> None:
        self.session.abort()
        assert self.streams.close(within_s=10)
        self.database.conn.close()


@pytest.fixture
def receiver(data_dir: Path) -> Iterator[Receiver]:
    receiver = Receiver(data_dir)
    yield receiver
    receiver.close()


def list_of(content: bytes) -> PieceList:
    parts = [content[at : at + PIECE_BYTES] for at in range(0, len(content), PIECE_BYTES)]
    hashes = tuple(hashlib.sha256(part).digest() for part in parts)
    return PieceList(hashlib.sha256(content).hexdigest(), len(content), PIECE_BYTES, hashes)


def put(tree: Path, path: str, content: bytes) -> None:
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_bytes(content)


def put_list(tree: Path, raw: bytes) -> str:
    name = hashlib.sha256(raw).hexdigest()
    put(tree, f"pieces/{name[:2]}/{name}", raw)
    return name


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files and a piece list, as every region's tree has them."""
    tree = tmp_path_factory.mktemp("tree")
    put(tree, LARGE.path, LARGE.content)
    put(tree, SMALL.path, SMALL.content)
    put_list(tree, list_of(LARGE.content).to_bytes())
    return tree


@pytest.fixture(scope="module")
def honest(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    server = Nginx(tmp_path_factory.mktemp("honest"), tree)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def liar(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyServer]:
    server = FaultyServer(tmp_path_factory.mktemp("liar"), tree)
    server.start()
    yield server
    server.stop()


def wanted_of(file: KnownFile, how: str) -> WantedBlob:
    name = hashlib.sha256(list_of(file.content).to_bytes()).hexdigest()
    return WantedBlob(file.sha256, len(file.content), name if how == IN_PIECES else None)


def order(liar: FaultyServer, lie: Lie, file: KnownFile) -> None:
    options = dict(lie.options)
    if options.get("after_bytes") == FIFTH_FROM_END:
        options["after_bytes"] = len(file.content) + FIFTH_FROM_END
    liar.reset()
    liar.fault("/blobs/*", lie.kind, **options)  # type: ignore[arg-type]


def file_for(how: str) -> KnownFile:
    return LARGE if how == IN_PIECES else SMALL


@pytest.mark.parametrize("how", [IN_PIECES, AS_A_WHOLE])
@pytest.mark.parametrize("is_resuming", [False, True], ids=["fresh", "resuming"])
@pytest.mark.parametrize("lie", LIES, ids=lie_name)
def test_a_liar_alone_brings_no_wrong_byte_and_one_true_code(
    receiver: Receiver, liar: FaultyServer, lie: Lie, *, is_resuming: bool, how: str
) -> None:
    file = file_for(how)
    wanted = wanted_of(file, how)
    order(liar, lie, file)
    if is_resuming:
        receiver.put_half(file, wanted)
    is_fresh_whole = how == AS_A_WHOLE and not is_resuming
    code = lie.code
    if is_fresh_whole and lie.code_fresh_whole != "same":
        code = lie.code_fresh_whole

    if code is None:
        assert receiver.bring(wanted, [liar.url]).read_bytes() == file.content
        return
    with pytest.raises(KnownError) as caught:
        receiver.bring(wanted, [liar.url])
    assert caught.value.code == code
    assert receiver.store.locate(file.sha256, len(file.content)) is None


@pytest.mark.parametrize("how", [IN_PIECES, AS_A_WHOLE])
@pytest.mark.parametrize("is_resuming", [False, True], ids=["fresh", "resuming"])
@pytest.mark.parametrize("lie", LIES, ids=lie_name)
def test_beside_an_honest_mirror_a_liar_only_costs_time(
    receiver: Receiver, liar: FaultyServer, honest: Nginx, lie: Lie, *, is_resuming: bool, how: str
) -> None:
    file = file_for(how)
    wanted = wanted_of(file, how)
    order(liar, lie, file)
    if is_resuming:
        receiver.put_half(file, wanted)

    path = receiver.bring(wanted, [liar.url, honest.url])

    assert path.read_bytes() == file.content


@pytest.mark.parametrize("mode", ["page", "redirect", "status_511", "partial"])
@pytest.mark.parametrize("how", [IN_PIECES, AS_A_WHOLE])
def test_a_portal_is_called_a_portal(
    receiver: Receiver, portal: Portal, mode: Any, how: str
) -> None:
    portal.set_mode(mode)

    with pytest.raises(KnownError) as caught:
        receiver.bring(wanted_of(file_for(how), how), [portal.url])

    assert caught.value.code == "portal"


def test_verified_pieces_are_never_fetched_again(
    receiver: Receiver, tree: Path, nginx: StartNginx
) -> None:
    server = nginx(tree)
    wanted = wanted_of(LARGE, IN_PIECES)
    receiver.put_half(LARGE, wanted)

    receiver.bring(wanted, [server.url])

    whole_pieces_here = len(LARGE.content) // 2 // PIECE_BYTES
    ranges = [seen.range for seen in server.requests() if "blobs" in seen.path]
    assert min(int(one.partition("=")[2].partition("-")[0]) for one in ranges) == (
        whole_pieces_here * PIECE_BYTES
    )
    received = sum(seen.body_bytes for seen in server.requests() if "blobs" in seen.path)
    assert received == len(LARGE.content) - whole_pieces_here * PIECE_BYTES


def test_a_rotten_half_is_fetched_again_where_it_is_rotten(
    receiver: Receiver, tree: Path, nginx: StartNginx
) -> None:
    server = nginx(tree)
    wanted = wanted_of(LARGE, IN_PIECES)
    receiver.put_half(LARGE, wanted)
    partial = receiver.store.begin(wanted.sha256, wanted.size_bytes, PIECE_BYTES)
    partial.done.add(1)
    partial.write_at(PIECE_BYTES + 5, b"rot")
    receiver.store.record(partial)

    path = receiver.bring(wanted, [server.url])

    assert path.read_bytes() == LARGE.content


@pytest.mark.allow_warnings("app.sync.transfer")
def test_a_wrong_piece_list_blames_nobody(
    receiver: Receiver, tmp_path: Path, nginx: StartNginx
) -> None:
    wrong = list_of(bytes(len(LARGE.content)))
    raw = wrong.to_bytes().replace(wrong.sha256.encode(), LARGE.sha256.encode())
    put(tmp_path, LARGE.path, LARGE.content)
    wanted = WantedBlob(LARGE.sha256, len(LARGE.content), put_list(tmp_path, raw))

    path = receiver.bring(wanted, [nginx(tmp_path).url])

    assert path.read_bytes() == LARGE.content


def test_one_bad_piece_of_a_mirror_costs_one_piece(
    receiver: Receiver, tree: Path, faulty: StartFaulty, nginx: StartNginx
) -> None:
    """The mirror's other pieces are used: only the wrong one comes from elsewhere."""
    bad = faulty(tree)
    bad.fault("/blobs/*", "flipped", after_bytes=3 * PIECE_BYTES)
    wanted = wanted_of(LARGE, IN_PIECES)
    with pytest.raises(KnownError):
        receiver.bring(wanted, [bad.url])
    server = nginx(tree)

    receiver.bring(wanted, [server.url])

    assert sum(seen.body_bytes for seen in server.requests() if "blobs" in seen.path) == PIECE_BYTES

# SPDX-License-Identifier: GPL-3.0-or-later
"""What schools send, made as their machines and servers make it, and what became of it."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.publish import commands, inbound
from app.publish.home import RegionHome
from app.publish.keys import KeyFolder
from app.publish.metadata import MetadataWriter
from app.publish.receiving.receiver import ReceiveReport
from app.region.bundle import BundledUpload, BundleHeader
from app.region.bundle_writer import BundleWriter
from app.region.enrolment import Credentials
from app.region.layout import RECEIPTS_TARGET
from tests.unit.region.samples import REGION_ID, Region, at

VIDEO = bytes(range(256)) * 3000


def statement(number: int) -> tuple[str, bytes]:
    statement_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"s-{number}"))
    told = {"id": statement_id, "actor": {}, "verb": {"id": "读"}, "object": {}}
    return statement_id, json.dumps(told).encode()


def described(
    content: bytes, upload_id: str = "u-1", *, offset_bytes: int = 0, size_bytes: int | None = None
) -> BundledUpload:
    return BundledUpload(
        upload_id=upload_id,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content) if size_bytes is None else size_bytes,
        name="分数.mp4",
        school_code="S1",
        details={"title": "分数的认识", "subject": "数学", "author": "王老师"},
        offset_bytes=offset_bytes,
    )


class Stick:
    """What machines of one school put on a stick."""

    def __init__(self, region: Region, root: Path) -> None:
        self.root = root
        self._region = region
        self._count = 0

    def bundle(
        self,
        statements: Sequence[tuple[str, bytes]] = (),
        uploads: Sequence[tuple[BundledUpload, bytes]] = (),
        *,
        region_id: str = REGION_ID,
        account: Credentials | None = None,
        key: bytes | None = None,
        part_bytes: int = 100_000,
    ) -> Path:
        self._count += 1
        bundle_id = str(uuid.uuid4())
        folder = self.root / "kezhan" / "out" / region_id / bundle_id
        header = BundleHeader(bundle_id, region_id, "device-1", "S1", self._count)
        public = key or RegionHome(self._region.root).load_settings().bundle_key
        assert public is not None
        with BundleWriter(folder, header, public, account=account, part_bytes=part_bytes) as writer:
            for statement_id, raw in statements:
                writer.add_statement(statement_id, raw)
            for upload, content in uploads:
                writer.add_upload_start(upload)
                writer.add_upload_bytes(content)
                writer.add_upload_end()
        return folder


def receive(region: Region, folder: Path) -> ReceiveReport:
    return inbound.receive(region.root, folder, at(5))


def codes(report: ReceiveReport) -> list[str]:
    return [error.code for error in report.problems]


def statements_at(region: Region) -> list[str]:
    """Ids in all files of statements, in order, repeats included."""
    lines: list[str] = []
    for path in sorted((region.root / "statements").glob("*.ndjson")):
        lines += [json.loads(line)["id"] for line in path.read_bytes().splitlines()]
    return lines


def receipts_of(region: Region, day: int = 6) -> list[dict[str, Any]]:
    commands.build(region.root, at(day))
    home = RegionHome(region.root)
    raw = MetadataWriter(home.tree, KeyFolder(home.keys_dir)).target_bytes(RECEIPTS_TARGET)
    assert raw is not None
    return [json.loads(line) for line in raw.splitlines()[1:]]


def review_file(region: Region) -> bytes:
    (row,) = inbound.waiting(region.root)
    return Path(row.path).read_bytes()


def tus(
    folder: Path, name: str, payload: bytes, metadata: dict[str, str], *, is_tusd: bool
) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(payload)
    if is_tusd:
        info = {"ID": name, "Size": len(payload), "Offset": 0, "MetaData": metadata}
        (folder / f"{name}.info").write_text(json.dumps(info))
    else:
        info = {"id": name, "size": len(payload), "offset": 0, "metadata": metadata}
        (folder / f"{name}.json").write_text(json.dumps(info))

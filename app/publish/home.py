# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a region keeps its things: what to serve, what stays at home, and its settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError, known_os_error
from app.publish.errors import RegionHomeMissingError, SettingInvalidError
from app.publish.tree import PublicTree
from app.region.fields import Fields, Reason
from app.region.layout import ENROLMENT_NAME
from app.region.region_document import (
    MAX_REGION_NAME_CHARS,
    key_to_text,
    parse_bundle_key,
    parse_mirrors,
    parse_region_id,
)

SETTINGS_FORMAT = "kezhan-region-settings"
_MAX_SETTINGS_BYTES = 256 * 1024


# An upload passes them in this order; who submits it is the first.
DEFAULT_REVIEW_LEVELS: Final = ("教师", "教导主任", "县教研室")
_MAX_LEVELS: Final = 10


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """What `init` was told; the file may be edited, the next build publishes it."""

    region_id: str
    name: str
    mirrors: tuple[str, ...] = ()
    uploads_url: str | None = None
    statements_url: str | None = None
    bundle_key: bytes | None = None
    review_levels: tuple[str, ...] = DEFAULT_REVIEW_LEVELS


class RegionHome:
    """The folder REGION; `public` is the tree to serve and may lie elsewhere."""

    def __init__(self, root: Path, public: Path | None = None) -> None:
        self.root = root
        self.tree = PublicTree(public or root / "public")

    @property
    def keys_dir(self) -> Path:
        return self.root / "keys"

    @property
    def settings_file(self) -> Path:
        return self.root / "region.json"

    @property
    def entries_db(self) -> Path:
        return self.root / "entries" / "entries.db"

    @property
    def lock_file(self) -> Path:
        return self.root / "publish.lock"

    @property
    def enrolment_file(self) -> Path:
        return self.root / ENROLMENT_NAME

    @property
    def enrolments_dir(self) -> Path:
        return self.root / "enrolments"

    @property
    def credentials_file(self) -> Path:
        return self.keys_dir / "credentials.csv"

    @property
    def received_db(self) -> Path:
        """What schools have sent: bundles, statements, uploads, decisions."""
        return self.root / "received" / "received.db"

    @property
    def arriving_dir(self) -> Path:
        """Pieces of uploads that are not whole yet."""
        return self.root / "received" / "arriving"

    @property
    def review_dir(self) -> Path:
        """Uploads to look at, a folder for each."""
        return self.root / "review"

    @property
    def statements_dir(self) -> Path:
        """Statements as files, each in exactly one of them."""
        return self.root / "statements"

    def make_dirs(self) -> None:
        for folder in (self.root, self.tree.root, self.entries_db.parent):
            make_dir(folder)

    def save_settings(self, settings: RegionSettings) -> None:
        document = document_header(SETTINGS_FORMAT, 1, 0) | {
            "region_id": settings.region_id,
            "name": settings.name,
            "mirrors": list(settings.mirrors),
            "uploads_url": settings.uploads_url,
            "statements_url": settings.statements_url,
            "review_levels": list(settings.review_levels),
        }
        if settings.bundle_key is not None:
            document["bundle_key"] = key_to_text(settings.bundle_key)
        files.replace_json(self.settings_file, document)

    def load_settings(self) -> RegionSettings:
        """Raises RegionHomeMissingError without a region, SettingInvalidError for a bad one."""
        try:
            raw = self.settings_file.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RegionHomeMissingError(path=str(self.root)) from error
        except OSError as error:
            raise known_os_error(error, self.settings_file) from error
        return checked_settings(
            parse_document(raw, SETTINGS_FORMAT, 1, max_bytes=_MAX_SETTINGS_BYTES)
        )


def checked_settings(raw: dict[str, Any]) -> RegionSettings:
    """Check settings by the rules of the documents they end up in."""

    def fail(name: str, reason: Reason) -> KnownError:
        return SettingInvalidError(field=name, reason=reason.value)

    fields = Fields(raw, fail)
    return RegionSettings(
        region_id=parse_region_id(fields),
        name=fields.text("name", MAX_REGION_NAME_CHARS, required=True),
        mirrors=parse_mirrors(fields),
        uploads_url=fields.web_address("uploads_url"),
        statements_url=fields.web_address("statements_url"),
        bundle_key=parse_bundle_key(fields),
        review_levels=fields.texts("review_levels", _MAX_LEVELS, 40) or DEFAULT_REVIEW_LEVELS,
    )


def make_dir(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise known_os_error(error, path) from error

# SPDX-License-Identifier: GPL-3.0-or-later
"""`update`: which versions of the program the region offers; published by the next build."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.base import files
from app.base.errors import known_os_error
from app.publish.blobs import BlobKeeper
from app.publish.errors import SettingInvalidError
from app.publish.home import RegionHome, RegionSettings
from app.publish.metadata import MetadataWriter
from app.publish.progress import OnProgress, Progress, quiet
from app.publish.store import PublishStore
from app.publish.update_errors import UpdateUnknownError
from app.region.fields import Reason
from app.region.layout import UPDATES_TARGET
from app.region.update import (
    DEBIAN,
    MAX_PACKAGE_BYTES,
    VERSION,
    WINDOWS,
    Package,
    Updates,
    parse_updates,
    updates_to_bytes,
)

_FILE_NAME: Final = "updates.json"
_NEVER: Final = "1970-01-01T00:00:00Z"
_PLATFORM_OF_SUFFIX: Final = {".exe": WINDOWS, ".deb": DEBIAN}


@dataclass(frozen=True, slots=True)
class Change:
    """What the publisher says of one version; None leaves it as it is."""

    version: str
    pilots: tuple[str, ...] | None = None
    is_paused: bool | None = None


def read_offer(home: RegionHome) -> Updates:
    """What was offered so far; nothing before the first time."""
    path = home.root / _FILE_NAME
    try:
        return parse_updates(path.read_bytes())
    except FileNotFoundError:
        return Updates(home.load_settings().region_id, _NEVER, ())
    except OSError as error:
        raise known_os_error(error, path) from error


def change_offer(
    home: RegionHome,
    store: PublishStore,
    setup: Path | None,
    change: Change,
    on_progress: OnProgress = quiet,
) -> list[Package]:
    """Offer a setup under a version, or change who gets a version; returns what is offered of it.

    Raises:
        SettingInvalidError: the version or the file is none.
        UpdateUnknownError: a version without a file that was never offered.
    """
    if not VERSION.fullmatch(change.version):
        raise SettingInvalidError(field="version", reason=Reason.NOT_AN_ID.value)
    offer = read_offer(home)
    packages = list(offer.packages)
    if setup is not None:
        made = _package(home, store, setup, change.version, on_progress)
        same = (made.platform, made.version)
        packages = [each for each in packages if (each.platform, each.version) != same]
        packages.append(made)
    changed = [_changed(each, change) for each in packages if each.version == change.version]
    if not changed:
        raise UpdateUnknownError(version=change.version)
    rest = [each for each in packages if each.version != change.version]
    raw = updates_to_bytes(replace(offer, packages=(*rest, *changed)))
    parse_updates(raw)  # what the program itself would refuse is never published
    files.replace_bytes(home.root / _FILE_NAME, raw)
    return changed


def _package(
    home: RegionHome, store: PublishStore, setup: Path, version: str, on_progress: OnProgress
) -> Package:
    platform = _PLATFORM_OF_SUFFIX.get(setup.suffix.lower())
    try:
        size_bytes = setup.stat().st_size
    except OSError as error:
        raise known_os_error(error, setup) from error
    if platform is None or not 0 < size_bytes <= MAX_PACKAGE_BYTES:
        raise SettingInvalidError(field=setup.name, reason=Reason.NOT_IN_LIST.value)
    done = 0

    def count(chunk_bytes: int) -> None:
        nonlocal done
        done += chunk_bytes
        on_progress(Progress("files", done, size_bytes))

    blob = BlobKeeper(home.tree, store).bring(setup, count)
    return Package(version, platform, blob.sha256, blob.size_bytes, blob.pieces_sha256)


def _changed(package: Package, change: Change) -> Package:
    return replace(
        package,
        pilots=package.pilots if change.pilots is None else change.pilots,
        is_paused=package.is_paused if change.is_paused is None else change.is_paused,
    )


def target_contents(
    home: RegionHome, settings: RegionSettings, metadata: MetadataWriter, issued: str
) -> dict[str, bytes]:
    """The target for a build; none for a region that never offered a version."""
    if not (home.root / _FILE_NAME).is_file():
        return {}
    offer = replace(read_offer(home), region_id=settings.region_id)
    old = metadata.target_bytes(UPDATES_TARGET)
    if old is not None:
        unchanged = updates_to_bytes(replace(offer, issued=parse_updates(old).issued))
        if unchanged == old:
            return {UPDATES_TARGET: old}
    return {UPDATES_TARGET: updates_to_bytes(replace(offer, issued=issued))}


def pilots_of(codes: Sequence[str] | None, *, is_for_all: bool) -> tuple[str, ...] | None:
    """What `--pilot …` and `--all` mean for a version."""
    if is_for_all:
        return ()
    return tuple(dict.fromkeys(codes)) if codes else None

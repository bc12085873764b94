# SPDX-License-Identifier: GPL-3.0-or-later
"""From a resource of the catalogue to the local file that the player shows."""

from __future__ import annotations

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.player.item import PlayItem
from app.region.entry import Entry, ResourceFile
from app.ui.models.card import Card
from app.ui.widgets.cover import FileLocator

_SUBTITLE_ENDS = (".srt", ".ass", ".ssa", ".vtt")


class NoFileForEntryError(KnownError):
    """The region lists the resource without a file."""

    code = "no_file_for_entry"


class NotOnThisMachineError(KnownError):
    """The resource's file has not been fetched."""

    code = "not_on_this_machine"


def subtitle_files(entry: Entry) -> list[ResourceFile]:
    """The files of an entry that are subtitles."""
    return [
        file
        for file in entry.files
        if file.role in ("subtitle", "subtitles") or file.name.lower().endswith(_SUBTITLE_ENDS)
    ]


def has_open_captions(entry: Entry) -> bool:
    """Whether captions are drawn into the picture (schema.org: accessibilityFeature)."""
    features = entry.extra.get("accessibility_features")
    return isinstance(features, list | tuple) and "openCaptions" in features


def play_item_of(card: Card, locator: FileLocator, paths: DataPaths) -> PlayItem:
    """The main file of a resource, with the subtitles that are here.

    Raises:
        NoFileForEntryError, NotOnThisMachineError: there is nothing to show.
    """
    entry = card.entry
    main = entry.main_file
    if main is None:
        raise NoFileForEntryError(title=entry.title)
    path = locator.locate(main.sha256, main.size_bytes)
    if path is None:
        raise NotOnThisMachineError(title=entry.title)
    found = [
        (file, where)
        for file in subtitle_files(entry)
        if file is not main and (where := locator.locate(file.sha256, file.size_bytes)) is not None
    ]
    return PlayItem(
        region_id=card.key.region_id,
        entry_id=entry.id,
        title=entry.title,
        path=path,
        media_type=main.media_type,
        name=main.name,
        sha256=main.sha256,
        converted_dir=paths.converted_dir,
        subtitles=tuple(where for _, where in found),
        subtitle_names=tuple(file.name for file, _ in found),
        has_open_captions=has_open_captions(entry),
    )

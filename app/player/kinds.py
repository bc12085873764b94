# SPDX-License-Identifier: GPL-3.0-or-later
"""Which view a file needs, decided from its media type and, where that says little, its name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

WEB_PACKAGE_TYPE = "application/vnd.kezhan.web+zip"


class Kind(StrEnum):
    """What a file is to the player; the values are those of `app.region.entry.Format`."""

    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    SLIDES = "slides"
    DOCUMENT = "document"
    IMAGE = "image"
    TEXT = "text"
    WEB = "web"
    OTHER = "other"


_BY_TYPE = {
    "application/pdf": Kind.PDF,
    "application/x-pdf": Kind.PDF,
    "application/vnd.ms-powerpoint": Kind.SLIDES,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": Kind.SLIDES,
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow": Kind.SLIDES,
    "application/vnd.oasis.opendocument.presentation": Kind.SLIDES,
    "application/msword": Kind.DOCUMENT,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCUMENT,
    "application/vnd.oasis.opendocument.text": Kind.DOCUMENT,
    "application/rtf": Kind.DOCUMENT,
    "text/rtf": Kind.DOCUMENT,
    "application/vnd.rn-realmedia": Kind.VIDEO,
    "application/vnd.rn-realmedia-vbr": Kind.VIDEO,
    "application/vnd.ms-asf": Kind.VIDEO,
    "application/ogg": Kind.AUDIO,
    "text/plain": Kind.TEXT,
    "text/markdown": Kind.TEXT,
    "text/x-markdown": Kind.TEXT,
    WEB_PACKAGE_TYPE: Kind.WEB,
}
_BY_SUFFIX = {
    Kind.VIDEO: "mp4 m4v mov mkv webm avi wmv asf flv f4v mpg mpeg mpe vob dat ts m2ts mts rm rmvb"
    " 3gp 3g2 ogv divx",
    Kind.AUDIO: "mp3 wma ogg oga opus flac wav m4a aac ra amr aif aiff",
    Kind.PDF: "pdf",
    Kind.SLIDES: "ppt pptx pps ppsx odp dps",
    Kind.DOCUMENT: "doc docx odt rtf wps",
    Kind.IMAGE: "bmp gif ico jpg jpeg png svg tif tiff webp",
    Kind.TEXT: "txt md markdown",
}
_SUFFIX_KINDS = {f".{word}": kind for kind, words in _BY_SUFFIX.items() for word in words.split()}
# Media types that say nothing: archives of unknown content, "some bytes".
_VAGUE_TYPES = {"", "application/octet-stream", "binary/octet-stream", "application/unknown"}


def suffix_of(name: str) -> str:
    """The lower-case suffix with its dot, "" without one."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def kind_of(media_type: str, name: str) -> Kind:
    """The kind of a published file; `OTHER` when no view shows it."""
    plain = media_type.split(";", 1)[0].strip().lower()
    if plain in _BY_TYPE:
        return _BY_TYPE[plain]
    family = plain.partition("/")[0]
    if family in ("video", "audio"):
        return Kind(family)
    by_name = _SUFFIX_KINDS.get(suffix_of(name), Kind.OTHER)
    if family == "image":
        return Kind.IMAGE
    return by_name if plain in _VAGUE_TYPES else Kind.OTHER

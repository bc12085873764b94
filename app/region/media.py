# SPDX-License-Identifier: GPL-3.0-or-later
"""Media types and the formats a teacher tells apart: one table for all rooms."""

from enum import StrEnum
from typing import Final

WEB_PACKAGE: Final = "application/vnd.kezhan.web+zip"  # a zip with index.html at its root
H5P_PACKAGE: Final = "application/x-h5p"
FLASH: Final = "application/vnd.adobe.flash.movie"
UNKNOWN: Final = "application/octet-stream"


class Format(StrEnum):
    """What a resource is to a teacher; `none` is an entry without a file (仅目录)."""

    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    SLIDES = "slides"
    DOCUMENT = "document"
    IMAGE = "image"
    TEXT = "text"
    WEB = "web"
    FLASH = "flash"
    ARCHIVE = "archive"
    OTHER = "other"
    NONE = "none"


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."

# The system's own table differs between Windows and Debian, so ours is fixed and complete.
_TYPES: Final[dict[str, tuple[str, Format]]] = {
    "mp4": ("video/mp4", Format.VIDEO),
    "m4v": ("video/mp4", Format.VIDEO),
    "mov": ("video/quicktime", Format.VIDEO),
    "avi": ("video/x-msvideo", Format.VIDEO),
    "wmv": ("video/x-ms-wmv", Format.VIDEO),
    "asf": ("video/x-ms-asf", Format.VIDEO),
    "flv": ("video/x-flv", Format.VIDEO),
    "mkv": ("video/x-matroska", Format.VIDEO),
    "webm": ("video/webm", Format.VIDEO),
    "mpg": ("video/mpeg", Format.VIDEO),
    "mpeg": ("video/mpeg", Format.VIDEO),
    "vob": ("video/mpeg", Format.VIDEO),
    "ts": ("video/mp2t", Format.VIDEO),
    "3gp": ("video/3gpp", Format.VIDEO),
    "rm": ("application/vnd.rn-realmedia", Format.VIDEO),
    "rmvb": ("application/vnd.rn-realmedia-vbr", Format.VIDEO),
    "mp3": ("audio/mpeg", Format.AUDIO),
    "m4a": ("audio/mp4", Format.AUDIO),
    "aac": ("audio/aac", Format.AUDIO),
    "wav": ("audio/wav", Format.AUDIO),
    "wma": ("audio/x-ms-wma", Format.AUDIO),
    "ogg": ("audio/ogg", Format.AUDIO),
    "oga": ("audio/ogg", Format.AUDIO),
    "opus": ("audio/ogg", Format.AUDIO),
    "flac": ("audio/flac", Format.AUDIO),
    "amr": ("audio/amr", Format.AUDIO),
    "ra": ("audio/vnd.rn-realaudio", Format.AUDIO),
    "mid": ("audio/midi", Format.AUDIO),
    "pdf": ("application/pdf", Format.PDF),
    "ppt": ("application/vnd.ms-powerpoint", Format.SLIDES),
    "pps": ("application/vnd.ms-powerpoint", Format.SLIDES),
    "pptx": (_OFFICE + "presentationml.presentation", Format.SLIDES),
    "ppsx": (_OFFICE + "presentationml.slideshow", Format.SLIDES),
    "pptm": ("application/vnd.ms-powerpoint.presentation.macroenabled.12", Format.SLIDES),
    "odp": ("application/vnd.oasis.opendocument.presentation", Format.SLIDES),
    "dps": ("application/vnd.wps-office.dps", Format.SLIDES),
    "doc": ("application/msword", Format.DOCUMENT),
    "docx": (_OFFICE + "wordprocessingml.document", Format.DOCUMENT),
    "odt": ("application/vnd.oasis.opendocument.text", Format.DOCUMENT),
    "wps": ("application/vnd.wps-office.wps", Format.DOCUMENT),
    "rtf": ("application/rtf", Format.DOCUMENT),
    "xls": ("application/vnd.ms-excel", Format.DOCUMENT),
    "xlsx": (_OFFICE + "spreadsheetml.sheet", Format.DOCUMENT),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", Format.DOCUMENT),
    "et": ("application/vnd.wps-office.et", Format.DOCUMENT),
    "jpg": ("image/jpeg", Format.IMAGE),
    "jpeg": ("image/jpeg", Format.IMAGE),
    "png": ("image/png", Format.IMAGE),
    "gif": ("image/gif", Format.IMAGE),
    "bmp": ("image/bmp", Format.IMAGE),
    "webp": ("image/webp", Format.IMAGE),
    "svg": ("image/svg+xml", Format.IMAGE),
    "tif": ("image/tiff", Format.IMAGE),
    "tiff": ("image/tiff", Format.IMAGE),
    "txt": ("text/plain", Format.TEXT),
    "md": ("text/markdown", Format.TEXT),
    "csv": ("text/csv", Format.TEXT),
    "lrc": ("text/plain", Format.TEXT),
    "srt": ("application/x-subrip", Format.TEXT),
    "vtt": ("text/vtt", Format.TEXT),
    "htm": ("text/html", Format.WEB),
    "html": ("text/html", Format.WEB),
    "webzip": (WEB_PACKAGE, Format.WEB),
    "h5p": (H5P_PACKAGE, Format.WEB),
    "swf": (FLASH, Format.FLASH),
    "zip": ("application/zip", Format.ARCHIVE),
    "rar": ("application/vnd.rar", Format.ARCHIVE),
    "7z": ("application/x-7z-compressed", Format.ARCHIVE),
    "tar": ("application/x-tar", Format.ARCHIVE),
    "gz": ("application/gzip", Format.ARCHIVE),
    "epub": ("application/epub+zip", Format.DOCUMENT),
}
_FORMAT_OF_TYPE: Final = dict(_TYPES.values())
_FORMAT_OF_GROUP: Final = {
    "video": Format.VIDEO,
    "audio": Format.AUDIO,
    "image": Format.IMAGE,
    "text": Format.TEXT,
}


def guess_media_type(name: str) -> str:
    """The media type a file's name promises, else `application/octet-stream`."""
    lowered = name.lower()
    if lowered.endswith((".web.zip", ".h5.zip")):
        return WEB_PACKAGE
    known = _TYPES.get(_suffix(lowered))
    return known[0] if known else UNKNOWN


def format_of(media_type: str, name: str) -> Format:
    """What kind of resource this is; the name decides only where the media type says nothing."""
    plain = media_type.partition(";")[0].strip().lower()
    known = _FORMAT_OF_TYPE.get(plain) or _FORMAT_OF_GROUP.get(plain.partition("/")[0])
    if known:
        return known
    by_name = _TYPES.get(_suffix(name.lower()))
    return by_name[1] if by_name else Format.OTHER


def _suffix(name: str) -> str:
    return name.rpartition(".")[2]

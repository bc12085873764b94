# SPDX-License-Identifier: GPL-3.0-or-later
"""What can keep a lesson off the screen; the words are in `app/base/messages/player.toml`."""

from __future__ import annotations

from typing import ClassVar

from app.base.errors import KnownError, Scope


class UnplayableError(KnownError):
    """This machine has nothing that shows `media_type`; `reason` is a stable word."""

    code: ClassVar[str] = "unplayable"
    scope = Scope.ITEM


class NoOfficeError(UnplayableError):
    """Slides and documents need PowerPoint, WPS or LibreOffice; none is installed."""

    code = "no_office"


class NoWebEngineError(UnplayableError):
    """Web courseware needs the component Qt WebEngine, which this installation lacks."""

    code = "no_web_engine"


class NoMediaBackendError(UnplayableError):
    """Neither VLC nor Qt Multimedia can be loaded."""

    code = "no_media_backend"


class DamagedMediaError(KnownError):
    """The file `name` is there, but no player can read it."""

    code = "media_damaged"
    scope = Scope.ITEM


class LockedPdfError(KnownError):
    """The PDF `name` asks for a password."""

    code = "pdf_locked"
    scope = Scope.ITEM


class ImageTooLargeError(KnownError):
    """The picture `name` would need more memory than a classroom machine has."""

    code = "image_too_large"
    scope = Scope.ITEM


class ConversionFailedError(KnownError):
    """The office program did not turn `name` into pages (`reason`: timeout, crashed, no_output)."""

    code = "conversion_failed"
    scope = Scope.ITEM


class WebPackageRefusedError(KnownError):
    """The courseware package `name` is damaged or not safe to open (`reason` is a stable word)."""

    code = "web_package_refused"
    scope = Scope.ITEM


class WebPackageVideoNotice(KnownError):  # noqa: N818 - shown beside a lesson that goes on
    """The courseware holds MP4 video, which the sandboxed browser cannot play."""

    code = "web_package_video"
    scope = Scope.ITEM


class CodecMissingError(KnownError):
    """No player here decodes the pictures of `name`, which are in `codec`."""

    code = "codec_missing"
    scope = Scope.ITEM


class CostlyCodecNotice(KnownError):  # noqa: N818 - shown beside a lesson that goes on
    """The film `name` is in `codec`, which this machine may not decode quickly enough."""

    code = "codec_costly"
    scope = Scope.ITEM


class SoundLostNotice(KnownError):  # noqa: N818 - shown beside a lesson that goes on
    """The loudspeaker went away while `name` played."""

    code = "sound_lost"
    scope = Scope.ITEM


class TextShortenedNotice(KnownError):  # noqa: N818 - shown beside a lesson that goes on
    """The text `name` is longer than a screen can be laid out for; its beginning is shown."""

    code = "text_shortened"
    scope = Scope.ITEM


class ViewCrashedError(KnownError):
    """The separate process that showed `name` ended by itself."""

    code = "view_crashed"
    scope = Scope.ITEM


class OutsideRefusedError(KnownError):
    """`name` is, or may be, a program or a script; no other program is asked to open it."""

    code = "outside_refused"
    scope = Scope.ITEM


class NoProgramError(KnownError):
    """The system has no program for `name`, or none that starts."""

    code = "no_program"
    scope = Scope.ITEM

# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that statements use: xAPI 1.0.3, its Video Profile 1.0.3, and three of our own.

Names of ours begin with `urn:x-kezhan:`; docs/adr/0005-events-and-statements.md says why.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.usage.events import Kind

VIDEO = "https://w3id.org/xapi/video"
VIDEO_ACTIVITY = f"{VIDEO}/activity-type/video"
PROFILE_ACTIVITY = "http://adlnet.gov/expapi/activities/profile"

TIME = f"{VIDEO}/extensions/time"
TIME_FROM = f"{VIDEO}/extensions/time-from"
TIME_TO = f"{VIDEO}/extensions/time-to"
PROGRESS = f"{VIDEO}/extensions/progress"
PLAYED_SEGMENTS = f"{VIDEO}/extensions/played-segments"
LENGTH = f"{VIDEO}/extensions/length"
SESSION_ID = f"{VIDEO}/extensions/session-id"

CLOCK = "urn:x-kezhan:clock"  # the raw clock and how far the timestamp can be believed
PAGE = "urn:x-kezhan:page"  # page and number of pages
WHAT = "urn:x-kezhan:what"  # what was done in an interaction

_ADL = "http://adlnet.gov/expapi/verbs"
ACCESSED = "https://w3id.org/xapi/netc/verbs/accessed"
VIEWED = "http://id.tincanapi.com/verb/viewed"
INTERACTED = f"{_ADL}/interacted"

# Video and audio: the Video Profile, all but `accessed`, which stands before its pattern.
TIMED_VERBS: Mapping[Kind, str] = {
    Kind.OPENED: ACCESSED,
    Kind.INITIALIZED: f"{_ADL}/initialized",
    Kind.PLAYED: f"{VIDEO}/verbs/played",
    Kind.PAUSED: f"{VIDEO}/verbs/paused",
    Kind.SEEKED: f"{VIDEO}/verbs/seeked",
    Kind.COMPLETED: f"{_ADL}/completed",
    Kind.TERMINATED: f"{_ADL}/terminated",
    Kind.PAGE_SHOWN: INTERACTED,
    Kind.INTERACTED: INTERACTED,
}

DOCUMENT_VERBS: Mapping[Kind, str] = {
    Kind.OPENED: ACCESSED,
    Kind.INITIALIZED: f"{_ADL}/initialized",
    Kind.PLAYED: INTERACTED,
    Kind.PAUSED: INTERACTED,
    Kind.SEEKED: INTERACTED,
    Kind.COMPLETED: f"{_ADL}/completed",
    Kind.TERMINATED: f"{_ADL}/terminated",
    Kind.PAGE_SHOWN: VIEWED,
    Kind.INTERACTED: INTERACTED,
}

TIMED_MEDIA = frozenset({"video", "audio"})
_DOCUMENT = "http://id.tincanapi.com/activitytype/document"
ACTIVITY_TYPES: Mapping[str, str] = {
    "video": VIDEO_ACTIVITY,
    "audio": VIDEO_ACTIVITY,  # the profile's events fit sound as they are; `media` is in the entry
    "pdf": _DOCUMENT,
    "document": _DOCUMENT,
    "text": _DOCUMENT,
    "slides": "http://id.tincanapi.com/activitytype/slide-deck",
    "image": "http://adlnet.gov/expapi/activities/media",
    "web": "http://adlnet.gov/expapi/activities/interaction",
}
OTHER_ACTIVITY = "http://adlnet.gov/expapi/activities/file"

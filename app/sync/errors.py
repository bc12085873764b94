# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between this machine and a carrier, each with one true code."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class PortalError(KnownError):
    """Something between us and `host` answers in its place and wants a login (captive portal)."""

    code = "portal"
    scope = Scope.CARRIER


class ConnectionLostError(KnownError):
    """`host` answered and then the connection broke or its answer was cut short."""

    code = "connection_lost"
    scope = Scope.CARRIER


class MirrorSilentError(KnownError):
    """`host` took the request and then sent nothing, or next to nothing, for too long."""

    code = "mirror_silent"
    scope = Scope.CARRIER


class MirrorMissingError(KnownError):
    """`host` does not have `path` (404, 410, or no such file on the stick)."""

    code = "mirror_missing"
    scope = Scope.CARRIER


class MirrorBusyError(KnownError):
    """`host` asks to come back later (429, 5xx); `retry_after_s` is its own wish or None."""

    code = "mirror_busy"
    scope = Scope.CARRIER

    @property
    def retry_after_s(self) -> float | None:
        """How long the server asked us to wait."""
        value = self.data.get("retry_after_s")
        return float(value) if isinstance(value, (int, float)) else None


class MirrorBrokenError(KnownError):
    """`host` serves something else than the object asked for; `reason` says how it was noticed."""

    code = "mirror_broken"
    scope = Scope.CARRIER

    @property
    def wrong_piece(self) -> int | None:
        """The piece with wrong bytes, when only one is known to be wrong."""
        value = self.data.get("piece")
        return value if isinstance(value, int) else None


class CarrierGoneError(KnownError):
    """The stick or folder `host` was there and is not any more."""

    code = "carrier_gone"
    scope = Scope.CARRIER


class AuthRefusedError(KnownError):
    """`host` refuses our credentials (401, 403)."""

    code = "auth_refused"
    scope = Scope.CARRIER


class CertificateError(KnownError):
    """The identity of `host` cannot be verified; `reason` comes from the TLS library."""

    code = "certificate_refused"
    scope = Scope.CARRIER


class ClockWrongError(KnownError):
    """The certificate of `host` is not valid at this machine's time: its clock is wrong."""

    code = "clock_wrong"
    scope = Scope.CARRIER


class ProxyRefusedError(KnownError):
    """The network's proxy refuses to let us through to `host`."""

    code = "proxy_refused"
    scope = Scope.CARRIER


class FirewallBlockedError(KnownError):
    """Something refuses or swallows our connections to `host`: a firewall here or on the way."""

    code = "firewall_blocked"
    scope = Scope.CARRIER


class AddressInvalidError(KnownError):
    """`address` is none that a carrier understands."""

    code = "address_invalid"
    scope = Scope.ITEM


class TransferPausedError(KnownError):
    """Transfers are paused by the user or by a lesson; the item goes on later."""

    code = "transfer_paused"
    scope = Scope.RUN


class RegionOlderError(KnownError):
    """`host` carries an older state (`issued`) of the region than this machine already has."""

    code = "region_older"
    scope = Scope.CARRIER


class RegionExpiredError(KnownError):
    """The region's signatures on `host` have run out; the region must publish again."""

    code = "region_expired"
    scope = Scope.CARRIER


class CarrierIncompleteError(KnownError):
    """`host` has only a part of the region's signed documents, or damaged ones (`reason`)."""

    code = "carrier_incomplete"
    scope = Scope.CARRIER


class RegionStaleError(KnownError):
    """The newest catalogue of `region` that anybody brought is `days` days old."""

    code = "region_stale"
    scope = Scope.ITEM


class NotEnrolledError(KnownError):
    """This machine has joined no region yet."""

    code = "not_enrolled"
    scope = Scope.RUN


class DeviceClonedError(KnownError):
    """The data on this machine was another machine's: it has a device id of its own now."""

    code = "device_cloned"
    scope = Scope.ITEM


class DataSetBackError(KnownError):
    """The data here went back to an earlier state; `how` says what did, or who noticed."""

    code = "data_set_back"
    scope = Scope.ITEM


class EntryUnknownError(KnownError):
    """No region here has an entry `entry_id`."""

    code = "entry_unknown"
    scope = Scope.ITEM


class EntryWithoutFilesError(KnownError):
    """The entry `entry_id` is a catalogue record only: there is nothing to download."""

    code = "entry_without_files"
    scope = Scope.ITEM


class NothingToImportError(KnownError):
    """`path` holds nothing of a region that this machine has joined."""

    code = "nothing_to_import"
    scope = Scope.ITEM
